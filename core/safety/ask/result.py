"""What one seed answers: its numbers, and what stands in each of its tables. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table
from core.safety.withheld import public_answers

FRACTION, DIFFERENCE, RATIO = (0.0, 1.0), (-1.0, 1.0), (0.0, 1e9)
STATES = MappingProxyType({"aligned": "All units", "removed": "Without them", "random": "Without random units"})


@dataclass(frozen=True, kw_only=True, eq=False)
class AskResult:
    """What one seed answers. Refusals are judged by the prefix of the generated answer."""

    refusal_drop: Annotated[float, Metric(
        "Refusals lost", "Held-out requests refused before, minus after.", "pt", DIFFERENCE)]
    refusal_drop_random: Annotated[float, Metric(
        "Refusals lost, random", "The same with equally many random units removed.", "pt", DIFFERENCE)]
    refused_before: Annotated[float, Metric("Refused before", "Held-out requests that the aligned model refuses.", "%", FRACTION)]
    refused_after: Annotated[float, Metric("Refused after", "Held-out requests still refused without the units.", "%", FRACTION)]
    refused_random: Annotated[float, Metric(
        "Refused, random", "Held-out requests still refused without equally many random units.", "%", FRACTION)]
    broken_after: Annotated[float, Metric(
        "Broken answers", "Held-out requests answered with nothing or in circles without the units.", "%", FRACTION)]
    asked_before: Annotated[float, Metric("Yours refused before", "Whether your prompt is refused with all units.", "%", FRACTION)]
    asked_after: Annotated[float, Metric("Yours refused after", "Whether your prompt is refused without the units.", "%", FRACTION)]
    false_refusal_before: Annotated[float, Metric(
        "False refusals before", "Ordinary requests that the aligned model refuses.", "%", FRACTION)]
    false_refusal_after: Annotated[float, Metric(
        "False refusals after", "Ordinary requests refused without the units.", "%", FRACTION)]
    perplexity_ratio: Annotated[float, Metric(
        "Perplexity, times", "Of the ordinary requests' answers, as a multiple of the aligned model's.", "", RATIO)]
    perplexity_ratio_random: Annotated[float, Metric(
        "Perplexity, random", "The same with equally many random units removed.", "", RATIO)]
    share_removed: Annotated[float, Metric("Units removed", "As a share of all units.", "%", FRACTION)]
    answers: Annotated[pd.DataFrame, Table(
        "One row per state (aligned, removed, random) and prompt: state, prompt, topic, is_asked (yours), is_harmful (to be refused; yours "
        "counts as such where the aligned model refuses it), answer (text of the model), outcome (refused, answered, broken), prefix, "
        "phrase, first_token. Exports leave out the answers to harmful prompts that are no refusals.", public=public_answers)]
    removed: Annotated[pd.DataFrame, Table(
        "One row per category, layer (from 1) and kind with units removed: category, layer, kind, n_units.")]
