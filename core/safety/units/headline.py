"""The headline numbers of a run from its tables."""

import numpy as np
import pandas as pd

from core.safety.config import SafetyConfig


def state_metrics(states: pd.DataFrame) -> dict[str, float]:
    """Return refusals of base, aligned and unaligned model, and what the aligned one is good for."""
    rows = states.set_index("state")
    return {
        "refusal_aligned": float(rows.at["aligned", "prefix"]), "refusal_base": float(rows.at["base", "prefix"]),
        "refusal_unaligned": float(rows.at["unaligned", "prefix"]), "false_refusal": float(rows.at["aligned", "false_prefix"]),
        "perplexity_aligned": float(rows.at["aligned", "perplexity"]), "accuracy_aligned": float(rows.at["aligned", "accuracy"])}


def removal_metrics(removal: pd.DataFrame, config: SafetyConfig) -> dict[str, float]:
    """Return what removing each category at its usual share does, beside random units: means over the draws."""
    whole, scu, ucu = _mean(removal, "none", 0.0), _at(removal, "SCU", config.scu_percent), _at(removal, "UCU", config.ucu_percent)
    random, random_ucu = _at(removal, "random", config.scu_percent), _at(removal, "random", config.ucu_percent)
    return {
        "refusal_scu": scu["prefix"], "refusal_random": random["prefix"],
        "refusal_ru": _at(removal, "RU", config.scu_percent)["prefix"], "refusal_drop_scu": whole["prefix"] - scu["prefix"],
        "refusal_drop_random": whole["prefix"] - random["prefix"],
        "perplexity_ratio_scu": scu["perplexity"] / whole["perplexity"],
        "perplexity_ratio_random": random["perplexity"] / whole["perplexity"],
        "perplexity_ratio_ucu": ucu["perplexity"] / whole["perplexity"],
        "perplexity_ratio_ucu_random": random_ucu["perplexity"] / whole["perplexity"],
        "accuracy_drop_scu": whole["accuracy"] - scu["accuracy"], "false_refusal_scu": scu["false_prefix"],
        "parameter_share_scu": scu["parameter_share"]}


def _at(removal: pd.DataFrame, group: str, percent: float) -> dict[str, float]:
    return _mean(removal, group, percent / 100)


def _mean(removal: pd.DataFrame, group: str, share: float) -> dict[str, float]:
    rows = removal[(removal["group"] == group) & np.isclose(removal["share"], share)]
    return {name: float(value) for name, value in rows.drop(columns="group").mean().items()}
