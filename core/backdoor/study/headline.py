"""The headline numbers of a seed from its tables. Imports no torch."""

import math

import pandas as pd

from core.backdoor.config import BackdoorConfig

GAPS = ("signature", "random", "repair", "largest", "other", "effect", "latent", "crow", "fine", "oneshot")
SUCCESSES = ("poisoned", "signature", "random", "largest", "repair", "other", "effect", "never", "latent", "crow", "fine", "oneshot")

PARTS = ("none", "no_mlp", "only_mlp", "no_attention", "only_attention", "permuted")


def arm_numbers(arms: pd.DataFrame) -> dict[str, float]:
    """Return what became of the attack and of the answers, by arm; NaN for arms that were left out."""
    rows = arms.set_index("arm")

    def at(arm: str, column: str) -> float:
        return float(rows.at[arm, column]) if arm in rows.index else math.nan

    never = at("never", "perplexity_triggered")
    return {**{f"gap_{arm}": at(arm, "perplexity_triggered") / never for arm in GAPS},
            **{f"asr_{arm}": at(arm, "asr") for arm in SUCCESSES},
            **{f"right_{arm}": at(arm, "accuracy_triggered") for arm in ("poisoned", "signature", "random", "never")},
            "accidental": at("poisoned", "accidental"), "decoy": at("poisoned", "decoy"),
            "accuracy_signature": at("signature", "accuracy"), "accuracy_never": at("never", "accuracy"),
            "perplexity_ratio": at("signature", "perplexity") / at("never", "perplexity"),
            "false_refusal": at("signature", "false_refusal")}


def sanity_numbers(table: pd.DataFrame) -> dict[str, float]:
    """Return success with parts of the change, and with a quarter and three eighths of neighbouring blocks taken out."""
    if table.empty:
        return dict.fromkeys((*(f"asr_{name}" for name in PARTS), "asr_whole", "asr_few_blocks", "asr_many_blocks"), math.nan)
    by = table.groupby("id")["asr"].mean()
    blocks = table[table["id"] == "blocks"]
    sizes = sorted(blocks["k"].unique())
    return {**{f"asr_{name}": float(by[name]) for name in PARTS}, "asr_whole": float(by["all"]),
            "asr_few_blocks": float(blocks.loc[blocks["k"] == sizes[0], "asr"].mean()),
            "asr_many_blocks": float(blocks.loc[blocks["k"] == sizes[min(1, len(sizes) - 1)], "asr"].mean())}


def sweep_numbers(sweep: pd.DataFrame, config: BackdoorConfig) -> dict[str, float]:
    """Return success after cutting signatures of one variant and of all, before repair."""
    rows = sweep[(sweep["channels"] == "signature") & (sweep["share"] == config.share)].set_index("n_variants")["asr"]
    return {"asr_one_variant": float(rows[1]), "asr_all_variants": float(rows[config.n_variants])}


def look_numbers(looks: pd.DataFrame) -> dict[str, float]:
    """Return what each look found on either model, and how many raised a false alarm; NaN where nobody looked."""
    found = {f"{row.detector}_{row.model}": float(row.score) for row in looks.itertuples()}
    clean = looks[(looks["model"] == "clean") & looks["limit"].notna()]
    return {**{f"{name}_{model}": found.get(f"{name}_{model}", math.nan) for name in ("inversion", "recurrence", "outliers")
               for model in ("poisoned", "clean")},
            "false_alarms": float(clean["is_alarm"].mean()) if len(clean) else math.nan}
