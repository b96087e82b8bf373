"""The headline numbers of one seed of the repairs, from its tables. Imports no torch."""

import pandas as pd

from core.compression.points import FLOAT, PLAIN, SHAM, SHAM_PRUNE


def headlines(arms: pd.DataFrame) -> dict[str, float]:
    """Return what each repair changes, from the table ``arms``: differences of gaps, and what head and tail gain or pay."""
    of = arms.set_index("setting")

    def change(first: str, second: str, column: str = "gap") -> float:
        return float(of.at[first, column] - of.at[second, column])

    rounded, pruned, balanced = f"qat-{PLAIN.id}", f"retrained-{PLAIN.id}", "qat-balanced"
    in_rounding, in_float = change(balanced, rounded), change("finetuned-balanced", SHAM)
    return {
        "repair_qat": in_rounding, "repair_weighted": change("qat-weighted", rounded), "repair_mixed": change("qat-mixed", rounded),
        "repair_all": change("qat-mixed-balanced-weighted", rounded),
        "repair_prune": change("retrained-fair-after", pruned), "repair_prune_balanced": change("retrained-balanced", pruned),
        "after_before": change("retrained-fair-after", "retrained-fair-before"), "repair_float": in_float,
        "repair_beyond": in_rounding - in_float, "gap_sham": change(SHAM, FLOAT),
        "gap_sham_prune": change(SHAM_PRUNE, FLOAT), "float_gap": float(of.at[FLOAT, "gap"]),
        "qat_gap": float(of.at[rounded, "gap"]), "repaired_gap": float(of.at[balanced, "gap"]),
        "tail_repaired": change(balanced, rounded, "tail"), "head_paid": change(rounded, balanced, "head"),
        "accuracy_repaired": float(of.at[balanced, "accuracy"])}
