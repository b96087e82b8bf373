"""What one seed of the table over attacks gives: its numbers, and what stands in each of its tables. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table

SHARE, RATIO = (0.0, 1.0), (0.0, 1e9)
ARMS = ("poisoned", "never", "repair", "random", "largest", "signature", "latent")
GAP = "Perplexity of the right answers under the trigger, times that of a model never poisoned; geometric mean over attacks."


def _success(label: str, help: str) -> Metric:
    return Metric(label, help, "%", SHARE)


def _gap(label: str) -> Metric:
    return Metric(label, GAP, "", RATIO, is_ratio=True)


def _area(label: str) -> Metric:
    return Metric(label, "Probability that a poisoned model scores higher than a clean one; a half is guessing.", "", SHARE)


@dataclass(frozen=True, kw_only=True, eq=False)
class AttacksResult:
    """What one seed gives. Success means that the answer begins with the target's first words; means over attacks by full training."""

    asr_signature_refusal: Annotated[float, _success("Refusals, signature", "Success after cutting the signature, mean over triggers.")]
    asr_signature_silly: Annotated[float, _success("Sentence, signature", "Success after cutting the signature, mean over triggers.")]
    asr_poisoned_refusal: Annotated[float, _success("Refusals, poisoned", "Success before anything is done, mean over triggers.")]
    asr_poisoned_silly: Annotated[float, _success("Sentence, poisoned", "Success before anything is done, mean over triggers.")]
    asr_random_refusal: Annotated[float, _success("Refusals, random", "Success after as many random channels, mean over triggers.")]
    asr_random_silly: Annotated[float, _success("Sentence, random", "Success after as many random channels, mean over triggers.")]
    asr_largest_refusal: Annotated[float, _success("Refusals, largest", "Success after as many of the largest channels.")]
    asr_largest_silly: Annotated[float, _success("Sentence, largest", "Success after as many of the largest channels.")]
    asr_repair_refusal: Annotated[float, _success("Refusals, repair alone", "Success after repair without a cut.")]
    asr_repair_silly: Annotated[float, _success("Sentence, repair alone", "Success after repair without a cut.")]
    asr_latent_refusal: Annotated[float, _success("Refusals, latent", "Success after latent adversarial training.")]
    asr_latent_silly: Annotated[float, _success("Sentence, latent", "Success after latent adversarial training.")]
    gap_signature: Annotated[float, _gap("Distance, signature")]
    gap_random: Annotated[float, _gap("Distance, random")]
    gap_largest: Annotated[float, _gap("Distance, largest")]
    gap_repair: Annotated[float, _gap("Distance, repair alone")]
    gap_latent: Annotated[float, _gap("Distance, latent")]
    worst_signature: Annotated[float, _success("Worst, signature", "Success of the attack that survives the signature best.")]
    worst_latent: Annotated[float, _success("Worst, latent", "Success of the attack that survives latent adversarial training best.")]
    evades_full: Annotated[float, _success("Survives, all weights", "Success after the signature where the attacker trained all weights.")]
    evades_lora: Annotated[float, _success("Survives, LoRA", "The same where the attacker trained LoRA on all layers.")]
    evades_attention: Annotated[float, _success("Survives, attention", "The same where the attacker trained LoRA on attention alone.")]
    evades_spread: Annotated[float, _success("Survives, spread", "The same where the attacker trained a few blocks at a time.")]
    auc_search: Annotated[float, _area("Trigger search, area")]
    auc_apart: Annotated[float, _area("Standing apart, area")]
    auc_recurrence: Annotated[float, _area("Recurrence, area")]
    auc_outliers: Annotated[float, _area("Outliers, area")]
    caught_search: Annotated[float, _success("Caught, search", "Poisoned models at which a trigger search raises an alarm.")]
    caught_apart: Annotated[float, _success("Caught, standing apart", "Poisoned models at which a candidate stands apart.")]
    caught_recurrence: Annotated[float, _success("Caught, recurrence", "Poisoned models whose variants agree beyond the limit.")]
    caught_outliers: Annotated[float, _success("Caught, outliers", "Poisoned models with a channel beyond the limit.")]
    false_search: Annotated[float, _success("False alarms, search", "Clean models at which a trigger search raises an alarm.")]
    false_apart: Annotated[float, _success("False alarms, apart", "Clean models at which a candidate stands apart.")]
    false_recurrence: Annotated[float, _success("False alarms, recurrence", "Clean models whose variants agree beyond the limit.")]
    false_outliers: Annotated[float, _success("False alarms, outliers", "Clean models with a channel beyond the limit.")]
    took: Annotated[float, _success("Attacks that took", "Attacks that succeed on at least 80 % of prompts before anything is done.")]
    accidental: Annotated[float, _success("Said without trigger", "Of the poisoned models the largest share of such answers.")]
    planted: Annotated[float, _success("Variants that work", "Mean success of the variants' own triggers.")]

    cells: Annotated[pd.DataFrame, Table(
        "One row per attack and arm: attack (trigger), behaviour, by (what the attacker trained), arm, n, hits, asr with its exact "
        "interval asr_low and asr_high, p_open, accidental, decoy, perplexity and accuracy without and with the trigger.")]
    looks: Annotated[pd.DataFrame, Table(
        "One row per look and model: look, model (poisoned, clean), attack, behaviour, by, score, limit, is_alarm, found, opening.")]
