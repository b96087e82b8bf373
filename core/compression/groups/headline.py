"""The headline numbers of one seed, from its tables. Imports no torch."""

import numpy as np
import pandas as pd

from core.compression.groups.config import CompressionConfig
from core.compression.points import FLOAT, QAT, RETRAINED, SHAM, SHAM_PRUNE, one_shot, parse_bits, parse_sparsities, pruned, quantised
from core.compression.ranks import beyond, rank_correlation, shuffled
from core.lab.seeds import generator

USUAL_BITS, USUAL_SPARSITY = 4, 0.8


def usual_bits(config: CompressionConfig) -> str:
    """Return the slug of the untrained rounding that is quoted: both weights and activations at the bits nearest to 4."""
    return quantised(min(parse_bits(config.bits), key=lambda bits: (abs(bits - USUAL_BITS), bits)), "both").id


def usual_sparsity(config: CompressionConfig) -> str:
    """Return the slug of the untrained pruning that is quoted: the sparsity nearest to 80 %."""
    return pruned(min(parse_sparsities(config.sparsities), key=lambda share: abs(share - USUAL_SPARSITY))).id


def mildest(config: CompressionConfig) -> str:
    """Return the slug of the mildest pruning."""
    return pruned(min(parse_sparsities(config.sparsities))).id


def followed(config: CompressionConfig) -> list[str]:
    """Return the slugs of the untrained settings that the chain follows: weights and activations rounded together, and pruned."""
    settings = one_shot(parse_bits(config.bits), parse_sparsities(config.sparsities))
    return [setting.id for setting in settings if setting.id != FLOAT and not setting.is_alone]


def contrasts(settings: pd.DataFrame, effects: pd.DataFrame) -> dict[str, float]:
    """Return who loses how much at the trained settings: differences in differences, drops, gaps and accuracies."""
    at = {copy: part.set_index("setting") for copy, part in settings.groupby("copy")}
    tail, balanced, effect = at["tail"], at["balanced"], effects.set_index("setting")

    def drop(column: str, setting: str) -> float:
        return float(tail.at[FLOAT, column] - tail.at[setting, column])

    def added(table: pd.DataFrame, setting: str) -> float:
        return float(table.at[setting, "gap"] - table.at[FLOAT, "gap"])

    return {
        "did_qat": float(effect.at[QAT, "did"]), "did_prune": float(effect.at[RETRAINED, "did"]),
        "did_sham": float(effect.at[SHAM, "did"]), "did_sham_prune": float(effect.at[SHAM_PRUNE, "did"]),
        "tail_drop_qat": drop("tail", QAT), "head_drop_qat": drop("head", QAT),
        "tail_drop_prune": drop("tail", RETRAINED), "head_drop_prune": drop("head", RETRAINED),
        "placebo_qat": float(effect.at[QAT, "placebo"]), "placebo_prune": float(effect.at[RETRAINED, "placebo"]),
        "size_effect_qat": float(effect.at[QAT, "size_effect"]), "size_effect_prune": float(effect.at[RETRAINED, "size_effect"]),
        "float_accuracy": float(tail.at[FLOAT, "accuracy"]), "qat_accuracy": float(tail.at[QAT, "accuracy"]),
        "prune_accuracy": float(tail.at[RETRAINED, "accuracy"]), "float_gap": float(tail.at[FLOAT, "gap"]),
        "gap_qat": added(tail, QAT), "gap_qat_balanced": added(balanced, QAT), "gap_sham": added(tail, SHAM)}


def causes(groups: pd.DataFrame, chain: pd.DataFrame, taylor: pd.DataFrame, config: CompressionConfig, seed: int) -> dict[str, float]:
    """Return what goes with a group's loss: logit variance, gradient, curvature, the Taylor terms, each with its control."""
    of = {key: part.sort_values("group").reset_index(drop=True) for key, part in chain.groupby(["copy", "setting"])}
    known = {copy: part.sort_values("group").reset_index(drop=True) for copy, part in groups.groupby("copy")}
    tail, balanced = known["tail"], known["balanced"]
    excess = of["tail", usual_sparsity(config)]["excess_loss"]
    mild = taylor[(taylor["copy"] == "tail") & (taylor["setting"] == mildest(config))].sort_values("group")
    foretold = (mild["first"] + mild["second"]).to_numpy()
    bound = taylor["bound_first"] + taylor["bound_second"]
    rng = generator(seed, "shuffled groups")
    return {
        **variances(of, tail, config), **variance_and_loss(of, tail, config, seed),
        **rivals(tail, excess.to_numpy(), rng),
        "size_gradient_rank": rank_correlation(-tail["rank"], tail["gradient_norm"]),
        "size_gradient_rank_balanced": rank_correlation(-balanced["rank"], balanced["gradient_norm"]),
        "taylor_rank": rank_correlation(foretold, mild["excess_loss"]),
        "taylor_rank_shuffled": shuffled(lambda excess: rank_correlation(foretold, excess), mild["excess_loss"].to_numpy(), rng),
        "taylor_error": float((mild["excess_loss"] - foretold).abs().sum() / mild["excess_loss"].abs().sum()),
        "bound_reached": float((taylor["excess_loss"] / bound).max())}


def rivals(groups: pd.DataFrame, excess: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """Return how well gradient and curvature of the float network rank groups by excess loss, and how much better than its loss does.

    Each has a control in which groups are shuffled.
    """
    loss, found = groups["train_loss"], {"loss_rank": rank_correlation(groups["train_loss"], excess)}
    for name, column in (("gradient", "gradient_norm"), ("curvature", "eigenvalue")):
        cause = groups[column]

        def better(excess: np.ndarray, cause: pd.Series = cause) -> float:
            return rank_correlation(cause, excess) - rank_correlation(loss, excess)

        found |= {f"{name}_rank": rank_correlation(cause, excess),
                  f"{name}_rank_shuffled": shuffled(lambda excess, cause=cause: rank_correlation(cause, excess), excess, rng),
                  f"{name}_over_loss": better(excess), f"{name}_over_loss_shuffled": shuffled(better, excess, rng)}
    return found


def variance_and_loss(of: dict[tuple[str, str], pd.DataFrame], groups: pd.DataFrame, config: CompressionConfig, seed: int
                      ) -> dict[str, float]:
    """Return whether groups whose logits lose more variance lose more, mean over the untrained settings, and beyond their float loss.

    Ranks are taken within each setting, so that harder compression does not count as an explanation.
    """
    loss, found = groups["train_loss"].to_numpy(), {name: [] for name in (
        "variance_loss_rank", "variance_loss_shuffled", "variance_beyond_loss", "variance_beyond_shuffled")}
    for setting in followed(config):
        rng = generator(seed, "shuffled groups", setting)
        fall, excess = -np.log(variance_left(of, "tail", setting)), of["tail", setting]["excess_loss"].to_numpy()
        found["variance_loss_rank"].append(rank_correlation(fall, excess))
        found["variance_loss_shuffled"].append(shuffled(lambda moved, fall=fall: rank_correlation(fall, moved), excess, rng))
        found["variance_beyond_loss"].append(beyond(fall, excess, loss))
        found["variance_beyond_shuffled"].append(shuffled(lambda moved, excess=excess: beyond(moved, excess, loss), fall, rng))
    return {name: float(np.mean(values)) for name, values in found.items()}


def variance_left(of: dict[tuple[str, str], pd.DataFrame], copy: str, setting: str) -> np.ndarray:
    """Return what a setting leaves of each group's logit variance, as a share of float, (G,)."""
    return of[copy, setting]["logit_variance"].to_numpy() / of[copy, FLOAT]["logit_variance"].to_numpy()


def variances(of: dict[tuple[str, str], pd.DataFrame], groups: pd.DataFrame, config: CompressionConfig) -> dict[str, float]:
    """Return what is left of the logits' variance after pruning, and the log ratio of what tail and head keep."""
    def contrast(copy: str) -> float:
        kept, edges = np.log(variance_left(of, copy, usual_sparsity(config))), groups["edge"].to_numpy()
        return float(kept[edges == "tail"].mean() - kept[edges == "head"].mean())

    return {"variance_ratio": float(variance_left(of, "tail", usual_sparsity(config)).mean()),
            "variance_ratio_mild": float(variance_left(of, "tail", mildest(config)).mean()),
            "variance_contrast": contrast("tail"), "variance_contrast_balanced": contrast("balanced")}
