"""The headline numbers of one seed, from its tables. Imports no torch."""

import numpy as np
import pandas as pd

from core.compression.settings import FLOAT, PLAIN, SHAM, parse_bits, parse_sparsities, pruned, quantised
from core.compression.spec import CompressionConfig
from core.lab.seeds import generator

QAT, RETRAINED = f"qat-{PLAIN.id}", f"retrained-{PLAIN.id}"
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


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Return Spearman's rank correlation, NaN where either is constant or not measured."""
    from scipy.stats import spearmanr  # here, since pages import this file and scipy.stats takes a second

    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if np.isnan(first).any() or np.isnan(second).any() or np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    return float(spearmanr(first, second).statistic)


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
        "did_sham": float(effect.at[SHAM, "did"]),
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
    shuffle = generator(seed, "shuffled groups").permutation(len(tail))
    mild = taylor[(taylor["copy"] == "tail") & (taylor["setting"] == mildest(config))].sort_values("group")
    foretold = (mild["first"] + mild["second"]).to_numpy()
    bound = taylor["bound_first"] + taylor["bound_second"]
    return {
        **variances(of, tail, config),
        "gradient_rank": rank_correlation(tail["gradient_norm"], excess),
        "gradient_rank_shuffled": rank_correlation(tail["gradient_norm"].to_numpy()[shuffle], excess),
        "curvature_rank": rank_correlation(tail["eigenvalue"], excess),
        "curvature_rank_shuffled": rank_correlation(tail["eigenvalue"].to_numpy()[shuffle], excess),
        "loss_rank": rank_correlation(tail["train_loss"], excess),
        "size_gradient_rank": rank_correlation(-tail["rank"], tail["gradient_norm"]),
        "size_gradient_rank_balanced": rank_correlation(-balanced["rank"], balanced["gradient_norm"]),
        "taylor_rank": rank_correlation(foretold, mild["excess_loss"]),
        "taylor_rank_shuffled": rank_correlation(foretold[shuffle], mild["excess_loss"]),
        "taylor_error": float((mild["excess_loss"] - foretold).abs().sum() / mild["excess_loss"].abs().sum()),
        "bound_reached": float((taylor["excess_loss"] / bound).max())}


def variances(of: dict[tuple[str, str], pd.DataFrame], groups: pd.DataFrame, config: CompressionConfig) -> dict[str, float]:
    """Return what is left of the logits' variance after pruning, and the log ratio of what tail and head keep."""
    def left(copy: str, setting: str) -> np.ndarray:
        return of[copy, setting]["logit_variance"].to_numpy() / of[copy, FLOAT]["logit_variance"].to_numpy()

    def contrast(copy: str) -> float:
        kept, edges = np.log(left(copy, usual_sparsity(config))), groups["edge"].to_numpy()
        return float(kept[edges == "tail"].mean() - kept[edges == "head"].mean())

    return {"variance_ratio": float(left("tail", usual_sparsity(config)).mean()),
            "variance_ratio_mild": float(left("tail", mildest(config)).mean()),
            "variance_contrast": contrast("tail"), "variance_contrast_balanced": contrast("balanced")}
