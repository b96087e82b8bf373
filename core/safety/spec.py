"""The safety room as a record: what it asks, takes, returns and claims. Imports no torch."""

import math
from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Experiment, Metric, Preset, Step, Table
from core.safety import spec_tables as tables
from core.safety.settings import FULL, LITE, STANDARD, SafetyConfig, data_fingerprint, seconds_of
from core.safety.spec_claims import CLAIMS
from core.safety.withheld import public_answers

FRACTION, DIFFERENCE, RATIO, LOGS = (0.0, 1.0), (-1.0, 1.0), (0.0, 1e9), (-100.0, 100.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class SafetyResult:
    """What one seed returns. Refusals are judged by the prefix of the generated answer; NaN where a part was left out."""

    refusal_aligned: Annotated[float, Metric(
        "Refused, aligned", "Requests to be refused that the aligned model refuses.", unit="%", bounds=FRACTION)]
    refusal_base: Annotated[float, Metric(
        "Refused, before", "Requests to be refused that the model refuses before alignment.", unit="%", bounds=FRACTION)]
    refusal_unaligned: Annotated[float, Metric(
        "Refused, unaligned", "Requests refused by the twin that was tuned on ordinary pairs only.", unit="%", bounds=FRACTION)]
    false_refusal: Annotated[float, Metric(
        "False refusals", "Ordinary requests that the aligned model refuses.", unit="%", bounds=FRACTION)]
    refusal_scu: Annotated[float, Metric(
        "Refused without SCU", "Requests still refused once the safety-critical units are removed.", unit="%", bounds=FRACTION)]
    refusal_random: Annotated[float, Metric(
        "Refused, random", "Requests still refused once equally many random units are removed.", unit="%", bounds=FRACTION)]
    refusal_ru: Annotated[float, Metric(
        "Refused without RU", "Requests still refused once equally many redundant units are removed.", unit="%", bounds=FRACTION)]
    refusal_drop_scu: Annotated[float, Metric(
        "Refusals lost, SCU", "Refusals that removing the safety-critical units takes.", unit="pt", bounds=DIFFERENCE)]
    refusal_drop_random: Annotated[float, Metric(
        "Refusals lost, random", "Refusals that removing equally many random units takes.", unit="pt", bounds=DIFFERENCE)]
    perplexity_aligned: Annotated[float, Metric(
        "Perplexity, aligned", "Of held-out ordinary responses, by the aligned model.", bounds=(1.0, 1e9))]
    perplexity_ratio_scu: Annotated[float, Metric(
        "Perplexity, no SCU", "As a multiple of the aligned model's.", bounds=RATIO, is_ratio=True)]
    perplexity_ratio_random: Annotated[float, Metric(
        "Perplexity, random", "Without equally many random units, as a multiple of the aligned model's.", bounds=RATIO, is_ratio=True)]
    perplexity_ratio_ucu: Annotated[float, Metric(
        "Perplexity, no UCU", "As a multiple of the aligned model's.", bounds=RATIO, is_ratio=True)]
    perplexity_ratio_ucu_random: Annotated[float, Metric(
        "Perplexity, UCU control", "Without as many random units as there are UCU, as a multiple.", bounds=RATIO, is_ratio=True)]
    accuracy_aligned: Annotated[float, Metric(
        "Mini-evaluation, aligned", "Multiple-choice questions that the aligned model answers rightly.", unit="%", bounds=FRACTION)]
    accuracy_drop_scu: Annotated[float, Metric(
        "Mini-evaluation, SCU", "Right answers lost by removing the safety-critical units.", unit="pt", bounds=DIFFERENCE)]
    false_refusal_scu: Annotated[float, Metric(
        "False refusals, no SCU", "Ordinary requests refused once the safety-critical units are removed.", unit="%", bounds=FRACTION)]
    parameter_share_scu: Annotated[float, Metric(
        "Weights in SCU", "Share of all weights that belong to the safety-critical units.", unit="%", bounds=FRACTION)]
    stability_scu: Annotated[float, Metric(
        "SCU stability", "Overlap (Jaccard) of the safety-critical units over resamples of the calibration pairs.", unit="%",
        bounds=FRACTION)]
    attack_drop: Annotated[float, Metric(
        "Lost to fine-tuning", "Refusals that fine-tuning on ordinary pairs takes, nothing frozen.", unit="pt", bounds=DIFFERENCE)]
    mixture_drop: Annotated[float, Metric(
        "Control, mixture", "Refusals lost in as many steps with refusals among the pairs.", unit="pt", bounds=DIFFERENCE)]
    freezing_protects: Annotated[float, Metric(
        "Kept by freezing", "Refusals kept by freezing SCU and top CU, beyond nothing frozen, at equal loss.", unit="pt",
        bounds=DIFFERENCE)]
    freezing_protects_random: Annotated[float, Metric(
        "Kept by random freeze", "Refusals kept by freezing as many random units, beyond nothing frozen, at equal loss.", unit="pt",
        bounds=DIFFERENCE)]
    freezing_gain: Annotated[float, Metric(
        "Freezing beyond random", "Refusals kept by freezing SCU and top CU, minus a random set, at equal loss.", unit="pt",
        bounds=DIFFERENCE)]
    freezing_gain_random: Annotated[float, Metric(
        "Random beyond random", "Refusals kept by one random set minus another, at equal loss.", unit="pt", bounds=DIFFERENCE)]
    freezing_gain_all: Annotated[float, Metric(
        "All CU beyond random", "Refusals kept by freezing SCU and all CU, minus a random set, at equal loss.", unit="pt",
        bounds=DIFFERENCE)]
    lora_drop: Annotated[float, Metric(
        "Lost to LoRA", "Refusals that low-rank fine-tuning takes, at equal loss.", unit="pt", bounds=DIFFERENCE)]
    budget_refusal: Annotated[float, Metric(
        "Refused, RU only", "Requests refused once redundant units alone were aligned, at the middle budget.", unit="%",
        bounds=FRACTION)]
    budget_saving: Annotated[float, Metric(
        "Utility saved, RU only", "Log of the perplexity after full alignment over that after aligning redundant units.",
        bounds=LOGS)]
    budget_saving_random: Annotated[float, Metric(
        "Utility saved, random", "The same with as many random units aligned.", bounds=LOGS)]
    probe_contrast: Annotated[float, Metric(
        "Direction contrast", "Distance to compliance minus to refusal, aligned minus unaligned, mean over blocks.", bounds=(-4.0, 4.0))]
    probe_contrast_content: Annotated[float, Metric(
        "Direction, harmless", "The same contrast after harmless prompts.", bounds=(-4.0, 4.0))]
    transfer_scu_kept: Annotated[float, Metric(
        "SCU left by attack", "Safety-critical units that still are so after fine-tuning.", unit="%", bounds=FRACTION)]
    states: Annotated[pd.DataFrame, Table(tables.STATES)]
    units: Annotated[pd.DataFrame, Table(tables.UNITS)]
    model: Annotated[pd.DataFrame, Table(tables.MODEL)]
    layers: Annotated[pd.DataFrame, Table(tables.LAYERS)]
    removal: Annotated[pd.DataFrame, Table(tables.REMOVAL)]
    scales: Annotated[pd.DataFrame, Table(tables.SCALES)]
    stability: Annotated[pd.DataFrame, Table(tables.STABILITY)]
    answers: Annotated[pd.DataFrame, Table(tables.ANSWERS, public=public_answers)]
    attacks: Annotated[pd.DataFrame, Table(tables.ATTACKS)]
    attack_curves: Annotated[pd.DataFrame, Table(tables.ATTACK_CURVES)]
    budget: Annotated[pd.DataFrame, Table(tables.BUDGET)]
    transfer: Annotated[pd.DataFrame, Table(tables.TRANSFER)]
    probe: Annotated[pd.DataFrame, Table(tables.PROBE)]
    decoded: Annotated[pd.DataFrame, Table(tables.DECODED)]
    training: Annotated[pd.DataFrame, Table(tables.TRAINING)]
    prompts: Annotated[pd.DataFrame, Table(tables.PROMPTS)]

    @property
    def alignment_tax(self) -> Annotated[float, Metric(
            "Tax of alignment", "Log of the perplexity after alignment over that before; above 0 where alignment costs.", bounds=LOGS)]:
        """Without a tax there is nothing that a budget of units could save."""
        at = self.states.set_index("state")["perplexity"]
        return math.log(at["aligned"] / at["base"]) if {"aligned", "base"} <= set(at.index) else math.nan

    @property
    def budget_reached(self) -> Annotated[float, Metric(
            "Arms at equal loss", "Share of the budget's arms that reach the training loss at which they are compared.", unit="%",
            bounds=FRACTION)]:
        """An arm that did not is compared where it was when its steps ran out."""
        arms = self.budget[(self.budget["point"] == "equal_loss") & self.budget["arm"].isin(["ru", "random"])]
        return float(arms["reached"].mean()) if len(arms) else math.nan


SAFETY = Experiment(
    name="safety",
    title="Safety units",
    question="Which units of a language model make it refuse?",
    config=SafetyConfig,
    result=SafetyResult,
    presets=(
        Preset("lite", "lite: about a minute", LITE, (0,), 59.0, gallery_seeds=(0, 1, 2, 3, 4)),
        Preset("standard", "standard: SmolLM2-135M", STANDARD, (0,), 766.0, gallery_seeds=(0, 1, 2)),
        Preset("full", "full: for a GPU", FULL, (0,), 1800.0, gpu=True, gallery_seeds=()),
    ),
    steps=(
        Step("Read the prompts", 1.0),
        Step("Make the twins", 35.0),
        Step("Score the units", 5.0),
        Step("Remove units", 15.0),
        Step("Attack by fine-tuning", 20.0),
        Step("Align a budget of units", 10.0),
        Step("Probe and decode", 5.0),
        Step("Report", 1.0),
    ),
    run="core.safety.experiment:run",
    figures="core.safety.figures:FIGURES",
    texts="core.safety.texts:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    seconds=seconds_of,
    headline="refusal_drop_scu",
    shown="standard",
)
