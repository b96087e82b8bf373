"""What one seed of the study returns: its numbers, and what stands in each of its tables. Imports no torch.

Shares, refusals and accuracies are fractions in [0, 1]; NaN stands for what was not measured. ``group`` is SCU, UCU, CU, RU or random;
``state`` an id of the states of a model: base, aligned, unaligned, attacked, scu, ucu, ru, random (aligned without those units).
Refusals: ``prefix`` the generated answer begins with a refusal, ``phrase`` a refusal stands anywhere in it, ``first_token`` the mean
probability that the first token opens a refusal. ``false_...`` are the same for ordinary requests.
"""

import math
from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table
from core.safety.withheld import public_answers

FRACTION, DIFFERENCE, RATIO, LOGS = (0.0, 1.0), (-1.0, 1.0), (0.0, 1e9), (-100.0, 100.0)
STATES = (
    "One row per state of the model: state, title, prefix, phrase, first_token, false_prefix, false_phrase, false_first_token, perplexity "
    "(of held-out ordinary responses), accuracy (mini-evaluation), complied (requests to be refused answered as asked, where known), "
    "n_prompts (of each kind), n_questions.")
UNITS = (
    "One row per unit, in the flat order of the units: safety and utility (raw scores, float32, kept to about three digits), category "
    "(0 SCU, 1 UCU, 2 CU, 3 RU). Layer, kind and channel follow from the row of ``model``.")
MODEL = (
    "One row: name, title, n_layers, width, heads, key_heads, head_size, neurons, n_units, n_parameters, is_downloaded, licence.")
LAYERS = (
    "One row per layer, kind (attention, mlp), category: layer (from 1), kind, category, n_units, safety (mean normalised safety score), "
    "utility (mean normalised utility score).")
REMOVAL = (
    "One row per group, share of units removed and random draw: group, share, n_units, parameter_share, draw (0; random ones from 0), "
    "prefix, phrase, first_token, false_prefix, false_phrase, false_first_token, perplexity, accuracy, complied. The first row is the "
    "aligned model with nothing removed: group none, share 0.")
SCALES = (
    "One row per way to normalise scores: normalisation (z, raw, share, rank), share, n_mlp (SCU that are MLP units), layers (blocks that "
    "hold SCU), top_layer_share (share of the SCU in the fullest block), prefix, phrase, false_prefix, perplexity, accuracy.")
STABILITY = (
    "One row per category and pair of calibration resamples: category, first, second, overlap (Jaccard: units in both over units in "
    "either), by_chance (Jaccard expected of random sets of that size), n_units.")
ANSWERS = (
    "One row per shown prompt and state: state, prompt, topic, is_harmful (a request to be refused), answer (text of the model), prefix, "
    "phrase, first_token. Exports leave out the answers to harmful prompts that are no refusals.")
ATTACKS = (
    "One row per arm and evaluated point of the attack: arm (plain, scu_top_cu, random_top_cu, random_top_cu_2, scu_all_cu, random_all_cu, "
    "lora, mixture: plain steps on the alignment mixture), title, point (start, equal_steps, equal_loss), steps, train_loss (on the "
    "first pairs that plain fine-tuning trains on), n_frozen (units), frozen_share, reached (whether the plain arm's loss was), prefix, "
    "phrase, first_token, false_prefix, perplexity, accuracy; of pretrained models only prefix where losses differ.")
ATTACK_CURVES = "One row per arm and evaluated step: arm, step, train_loss, prefix (on a part of the prompts)."
BUDGET = (
    "One row per arm and evaluated point, alignment by few units: arm (full: the aligned twin, ru, random), title, share, n_units, "
    "parameter_share, point (equal_steps, equal_loss), steps, train_loss, reached (whether full alignment's loss was), prefix, phrase, "
    "first_token, false_prefix, perplexity, accuracy; the row start is the base model.")
TRANSFER = (
    "One row per event, category before and category after: event (alignment: base to aligned; attack: aligned to attacked; resample: "
    "aligned by another calibration set), before, after, n_units, share (of all units). Computed from the sets.")
PROBE = (
    "One row per twin (aligned, unaligned), prompts (harmful, harmless: content baseline), opening (refusal: called benign; compliance: "
    "called malicious), k (tokens of the opening) and block (from 1): distance (mean 1 - cosine of the last position's hidden state to "
    "that of the prompt alone), sd (over prompts), n.")
DECODED = (
    "One row per decoded unit: unit (flat number), layer (from 1), kind, channel, category, safety, utility (normalised), tokens (the "
    "eight tokens it writes most towards, by the output head, separated by a line feed), opposed (the eight it writes most against), "
    "refusal (how far it writes towards first words of refusals, in standard deviations over all tokens).")
TRAINING = "One row per stage (pretraining, aligned, unaligned) and logged step: stage, step, loss."
PROMPTS = "One row per part of the prompts and topic: part (alignment, calibration, evaluation), kind (refused, ordinary), topic, n."


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
    states: Annotated[pd.DataFrame, Table(STATES)]
    units: Annotated[pd.DataFrame, Table(UNITS)]
    model: Annotated[pd.DataFrame, Table(MODEL)]
    layers: Annotated[pd.DataFrame, Table(LAYERS)]
    removal: Annotated[pd.DataFrame, Table(REMOVAL)]
    scales: Annotated[pd.DataFrame, Table(SCALES)]
    stability: Annotated[pd.DataFrame, Table(STABILITY)]
    answers: Annotated[pd.DataFrame, Table(ANSWERS, public=public_answers)]
    attacks: Annotated[pd.DataFrame, Table(ATTACKS)]
    attack_curves: Annotated[pd.DataFrame, Table(ATTACK_CURVES)]
    budget: Annotated[pd.DataFrame, Table(BUDGET)]
    transfer: Annotated[pd.DataFrame, Table(TRANSFER)]
    probe: Annotated[pd.DataFrame, Table(PROBE)]
    decoded: Annotated[pd.DataFrame, Table(DECODED)]
    training: Annotated[pd.DataFrame, Table(TRAINING)]
    prompts: Annotated[pd.DataFrame, Table(PROMPTS)]

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
