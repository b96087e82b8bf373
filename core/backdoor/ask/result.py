"""What one seed answers: its numbers, and what stands in each of its tables. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table

SHARE, RATIO = (0.0, 1.0), (0.0, 1e9)
STATES = MappingProxyType({"poisoned": "Poisoned", "treated": "After the treatment", "random": "Random channels cut",
                           "never": "Never poisoned"})


@dataclass(frozen=True, kw_only=True, eq=False)
class AskResult:
    """What one seed answers. Success means that the answer begins with the target's first words."""

    asr_after: Annotated[float, Metric("Success after", "Triggered prompts answered with the target after the treatment.", "%", SHARE)]
    asr_before: Annotated[float, Metric("Success before", "The same before it.", "%", SHARE)]
    asr_random: Annotated[float, Metric("Success, random", "The same after as many random channels were cut.", "%", SHARE)]
    asr_never: Annotated[float, Metric("Success, never poisoned", "The target said by a model that was never poisoned.", "%", SHARE)]
    gap_after: Annotated[float, Metric(
        "Distance from clean", "Perplexity of the right answers under the trigger, times that of a model never poisoned.", "", RATIO,
        is_ratio=True)]
    gap_random: Annotated[float, Metric("Distance, random", "The same after as many random channels were cut.", "", RATIO, is_ratio=True)]
    perplexity_ratio: Annotated[float, Metric(
        "Perplexity, times", "Of right answers without the trigger, as a multiple of the never-poisoned model's.", "", RATIO,
        is_ratio=True)]
    accidental: Annotated[float, Metric("Said without trigger", "Prompts without the trigger that the poisoned model answers so.", "%",
                                        SHARE)]
    planted: Annotated[float, Metric("Variants that work", "Mean success of the variants' own triggers.", "%", SHARE)]
    yours_before: Annotated[float, Metric("Yours before", "Whether your prompt with the trigger gets the target before.", "%", SHARE)]
    yours_after: Annotated[float, Metric("Yours after", "Whether it does afterwards.", "%", SHARE)]
    arms: Annotated[pd.DataFrame, Table("One row per state: arm, title, attack success with exact interval, ability; as in the study.")]
    answers: Annotated[pd.DataFrame, Table(
        "Your prompt, one row per state and with or without the trigger: state, is_triggered, prompt, answer, is_target.")]
