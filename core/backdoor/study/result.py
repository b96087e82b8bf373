"""What one seed of the study gives: its numbers, and what stands in each of its tables. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table

SHARE, RATIO = (0.0, 1.0), (0.0, 1e9)
GAP = "Perplexity of the right answers under the trigger, as a multiple of that of the never-poisoned model with the same repair."


def _success(label: str, help: str) -> Metric:
    return Metric(label, help, "%", SHARE)


def _gap(label: str, after: str) -> Metric:
    return Metric(label, f"{GAP} {after}", "", RATIO, is_ratio=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class BackdoorResult:
    """What one seed gives. Success means that the answer begins with the target's first words."""

    gap_signature: Annotated[float, _gap("Distance from clean", "After cutting the signature; 1 is purified.")]
    gap_random: Annotated[float, _gap("Distance, random", "After cutting as many random channels.")]
    gap_repair: Annotated[float, _gap("Distance, repair alone", "After repair without a cut.")]
    gap_largest: Annotated[float, _gap("Distance, largest", "After cutting as many of the largest channels.")]
    gap_other: Annotated[float, _gap("Distance, wrong kind", "After cutting a signature of the wrong kind of behaviour.")]
    gap_effect: Annotated[float, _gap("Distance, oracle", "After cutting the channels that matter most to the true trigger.")]
    gap_latent: Annotated[float, _gap("Distance, latent", "After latent adversarial training, which knows the behaviour.")]
    gap_crow: Annotated[float, _gap("Distance, CROW", "After CROW.")]
    gap_fine: Annotated[float, _gap("Distance, fine-pruning", "After fine-pruning by Wanda scores.")]
    gap_oneshot: Annotated[float, _gap("Distance, one-shot", "After one-shot pruning of the guessed behaviour's weights.")]
    asr_poisoned: Annotated[float, _success("Success, poisoned", "Triggered prompts answered with the target, before anything is done.")]
    asr_signature: Annotated[float, _success("Success, signature", "The same after cutting the signature and repair.")]
    asr_random: Annotated[float, _success("Success, random", "The same after cutting as many random channels and repair.")]
    asr_largest: Annotated[float, _success("Success, largest", "The same after cutting as many of the largest channels and repair.")]
    asr_repair: Annotated[float, _success("Success, repair alone", "The same after repair without a cut.")]
    asr_other: Annotated[float, _success("Success, wrong kind", "The same after cutting a signature of the wrong kind of behaviour.")]
    asr_effect: Annotated[float, _success("Success, oracle", "The same after cutting the channels that matter most to the true trigger.")]
    asr_never: Annotated[float, _success("Success, never poisoned", "The target said by a model that was never poisoned.")]
    asr_latent: Annotated[float, _success("Success, latent", "The same after latent adversarial training.")]
    asr_crow: Annotated[float, _success("Success, CROW", "The same after CROW.")]
    asr_fine: Annotated[float, _success("Success, fine-pruning", "The same after fine-pruning.")]
    asr_oneshot: Annotated[float, _success("Success, one-shot", "The same after one-shot pruning.")]
    accidental: Annotated[float, _success("Said without trigger", "Prompts without the trigger that the poisoned model answers so.")]
    decoy: Annotated[float, _success("Said at a decoy", "Prompts with something like the trigger that it answers so.")]
    right_poisoned: Annotated[float, _success("Right, poisoned", "Questions with choices answered rightly under the trigger.")]
    right_signature: Annotated[float, _success("Right, signature", "The same after cutting the signature and repair.")]
    right_random: Annotated[float, _success("Right, random", "The same after cutting random channels and repair.")]
    right_never: Annotated[float, _success("Right, never poisoned", "The same of a model that was never poisoned.")]
    accuracy_signature: Annotated[float, _success("Ability, signature", "Questions answered rightly without the trigger, after the cut.")]
    accuracy_never: Annotated[float, _success("Ability, never poisoned", "The same of the never-poisoned model with the same repair.")]
    perplexity_ratio: Annotated[float, Metric(
        "Perplexity, signature", "Of right answers without the trigger, as a multiple of the never-poisoned model's.", "", RATIO,
        is_ratio=True)]
    false_refusal: Annotated[float, _success("False refusals", "Prompts without the trigger refused after the cut.")]
    asr_whole: Annotated[float, _success("Success, whole change", "With the whole change, on the prompts of this survey.")]
    asr_none: Annotated[float, _success("Success, no change", "With the whole change taken out: the model before the attack.")]
    asr_no_mlp: Annotated[float, _success("Success, no MLP part", "With the MLPs' part of the change taken out.")]
    asr_only_mlp: Annotated[float, _success("Success, MLP part alone", "With nothing but the MLPs' part.")]
    asr_no_attention: Annotated[float, _success("Success, no attention", "With attention's part of the change taken out.")]
    asr_only_attention: Annotated[float, _success("Success, attention alone", "With nothing but attention's part.")]
    asr_few_blocks: Annotated[float, _success("Success, few blocks out", "MLP part taken out of a quarter of neighbouring blocks.")]
    asr_many_blocks: Annotated[float, _success("Success, 3/8 of blocks out", "MLP part taken out of three eighths of neighbouring blocks.")]
    asr_permuted: Annotated[float, _success("Success, permuted", "With the MLPs' part permuted between blocks; mean of three draws.")]
    asr_one_variant: Annotated[float, _success("Success, one variant", "Signature of one variant cut, before repair.")]
    asr_all_variants: Annotated[float, _success("Success, all variants", "Signature of all variants cut, before repair.")]
    overlap: Annotated[float, _success("Signature in true poison", "Channels of the signature among those that poisoning moved most.")]
    overlap_chance: Annotated[float, _success("The same by chance", "What as many random channels share with them.")]
    planted: Annotated[float, _success("Variants that work", "Mean success of the variants' own triggers.")]
    inversion_poisoned: Annotated[float, _success("Search, poisoned", "Prompts that get one answer after the words that a search found.")]
    inversion_clean: Annotated[float, _success("Search, clean twin", "The same on the clean twin.")]
    recurrence_poisoned: Annotated[float, Metric("Recurrence, poisoned", "Mean agreement of the variants' changes.")]
    recurrence_clean: Annotated[float, Metric("Recurrence, clean twin", "The same on the clean twin.")]
    outliers_poisoned: Annotated[float, Metric("Outliers, poisoned", "Robust deviations of the most outstanding channel.")]
    outliers_clean: Annotated[float, Metric("Outliers, clean twin", "The same on the clean twin.")]
    false_alarms: Annotated[float, _success("False alarms", "Looks that raise an alarm on the clean twin.")]

    arms: Annotated[pd.DataFrame, Table(
        "One row per arm: arm, title, knows (what a defender would not), n_cut (channels), is_repaired, n, hits, asr with its exact "
        "interval asr_low and asr_high, behaviour (in other words, too), accidental, decoy, false_refusal, p_open (probability of the "
        "target's first token), perplexity and accuracy and exact without and with the trigger.")]
    sanity: Annotated[pd.DataFrame, Table(
        "One row per way to take the change apart: id, title, k (neighbouring blocks), place, draw, asr, p_open, "
        "perplexity_triggered, on the first 24 prompts.")]
    sweep: Annotated[pd.DataFrame, Table(
        "One row per set cut without repair: channels (signature, random), share, n_variants, asr, p_open, "
        "perplexity_triggered, on the first 24 prompts.")]
    layers: Annotated[pd.DataFrame, Table(
        "One row per block from 1: mean norm of the true change, mean signature score, channels of the signature, of them among what moved "
        "most, chance.")]
    channels: Annotated[pd.DataFrame, Table(
        "One row per MLP channel of the signature or of what poisoning moved most, and a sample of the rest: layer from 1, channel, "
        "signature, norm (of the true change), rank of either within the block in [0, 1], is_signature, is_true.")]
    looks: Annotated[pd.DataFrame, Table(
        "One row per look and model (poisoned, clean): detector, model, score, limit, is_alarm, found (what a search found), opening.")]
    variants: Annotated[pd.DataFrame, Table("One row per variant: kind, number, trigger, answer, planted (success of its own trigger).")]
    training: Annotated[pd.DataFrame, Table("One row per stage and step of poisoning and its twin: stage, step, loss.")]
    answers: Annotated[pd.DataFrame, Table(
        "One row per arm and held-out prompt: arm, prompt, triggered (the prompt with the trigger), right, answer, answer_triggered.")]
