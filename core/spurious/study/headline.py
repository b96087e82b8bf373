"""The headline numbers of one seed, from its tables; NaN where a part was left out."""

import numpy as np
import pandas as pd

from core.spurious.config import SpuriousConfig
from core.spurious.prunings import HALF, MOST

NAN = float("nan")


def of(table: pd.DataFrame, column: str, wanted: dict[str, object]) -> float:
    """Return the value of a column in the one row that fits ``wanted``; NaN where there is none."""
    fits = np.ones(len(table), dtype=bool)
    for name, value in wanted.items():
        column_values = table[name]
        fits &= np.isclose(column_values, value) if isinstance(value, float) else (column_values == value).to_numpy()
    return float(table.loc[fits, column].iloc[0]) if fits.any() else NAN


def pruned(sweep: pd.DataFrame, column: str, scenario: str, rule: str, share: float) -> float:
    """Return an outcome of one pruning; share 0 and rule ``none`` give the network without pruning."""
    return of(sweep, column, {"scenario": scenario, "rule": rule, "share": float(share)})


def causal_numbers(causal: pd.DataFrame) -> dict[str, float]:
    """Return what the causal figure says: reliance by block, and its slope over the difficulty of the blocks."""
    by_block = causal.set_index("block")
    marked, plain = by_block["reliance"], by_block["reliance_unmarked"]
    blocks = causal[causal["difficulty"].notna()]
    slopes = [float(np.polyfit(blocks["difficulty"], blocks[column], 1)[0]) for column in ("reliance", "reliance_unmarked")]
    numbers = {
        "reliance_clean": marked["clean"], "reliance_hardest": marked["hardest"], "reliance_middle": marked["middle"],
        "reliance_easiest": marked["easiest"], "hard_over_easy": marked["hardest"] - marked["easiest"],
        "hard_over_easy_unmarked": plain["hardest"] - plain["easiest"], "easy_over_clean": marked["easiest"] - marked["clean"],
        "hard_over_clean": marked["hardest"] - marked["clean"], "difficulty_slope": slopes[0], "difficulty_slope_unmarked": slopes[1]}
    return {name: float(value) for name, value in numbers.items()}


def pruning_numbers(sweep: pd.DataFrame, share: float) -> dict[str, float]:
    """Return what the main sweep says at the headline share, and the oracle at one half of the carriers."""
    def at(column: str, rule: str, where: float = share) -> float:
        return pruned(sweep, column, "main", rule, where)
    before, average = at("reliance", "none", 0.0), at("average_accuracy", "none", 0.0)
    return {
        "reliance": before, "reliance_unmarked": at("reliance_unmarked", "none", 0.0), "reliance_pruned": at("reliance", "hardest"),
        "reliance_random": at("reliance", "random"), "reliance_oracle": at("reliance", "oracle_hardest", HALF),
        "average_accuracy": average, "average_accuracy_pruned": at("average_accuracy", "hardest"),
        "worst_group_accuracy": at("worst_group_accuracy", "none", 0.0),
        "worst_group_accuracy_pruned": at("worst_group_accuracy", "hardest"),
        "hardest_over_random": at("reliance", "random") - at("reliance", "hardest"),
        "others_drop": before - at("reliance", "others_hardest"),
        "oracle_hard_over_easy": at("reliance", "oracle_easiest", HALF) - at("reliance", "oracle_hardest", HALF),
        "oracle_easy_drop": before - at("reliance", "oracle_easiest", HALF),
        "accuracy_cost": average - at("average_accuracy", "hardest"),
        "accuracy_cost_oracle": average - at("average_accuracy", "oracle_hardest", HALF)}


def scenario_numbers(sweep: pd.DataFrame, rivals: pd.DataFrame, regimes: pd.DataFrame, share: float) -> dict[str, float]:
    """Return what the other scenarios say; the identifiable one is compared with its best rival by worst group."""
    def at(column: str, scenario: str, rule: str, where: float = share) -> float:
        return pruned(sweep, column, scenario, rule, where)
    numbers = {}
    for name in ("hidden", "noisy"):
        numbers[f"{name}_hardest_over_random"] = at("reliance", name, "random") - at("reliance", name, "hardest")
        numbers[f"{name}_others_drop"] = at("reliance", name, "none", 0.0) - at("reliance", name, "others_hardest")
    worst = [of(rivals, "worst_group_accuracy", {"scenario": "identifiable", "method": method}) for method in ("jtt", "group_dro", "dfr")]
    known = [value for value in worst if not np.isnan(value)]
    column = "worst_group_accuracy"
    unpruned = at(column, "identifiable", "none", 0.0)
    return numbers | {
        "hidden_reliance": at("reliance", "hidden", "none", 0.0),
        "hidden_ks_p": of(regimes, "p_value", {"scenario": "hidden", "is_used": True}),
        "identifiable_reliance": at("reliance", "identifiable", "none", 0.0),
        "identifiable_over_rival": at(column, "identifiable", "oracle_hardest", MOST) - max(known) if known else NAN,
        "identifiable_inferred_gain": at(column, "identifiable", "inferred_hardest", MOST) - unpruned,
        "identifiable_over_random": at(column, "identifiable", "random") - unpruned,
        "noisy_wrong_removed": _wrong_removed(sweep, share)}


def _wrong_removed(sweep: pd.DataFrame, share: float) -> float:
    total, left = (pruned(sweep, column, "noisy", "hardest", share) for column in ("n_wrong", "n_wrong_left"))
    return 1.0 - left / total if total else NAN


def score_numbers(regimes: pd.DataFrame, scores: pd.DataFrame, choice: pd.DataFrame, config: SpuriousConfig) -> dict[str, float]:
    """Return what the difficulty scores say of the carriers, and the share that validation images choose."""
    used = {"scenario": "main", "is_used": True}
    chosen, affordable = ({"scenario": "main", "criterion": criterion} for criterion in ("worst_class", "affordable"))
    return {
        "carrier_auc": of(regimes, "carrier_auc", used), "ks_p": of(regimes, "p_value", used),
        "score_stability": of(scores, "stability", {"score": config.score}),
        "chosen_share": of(choice, "share", chosen), "reliance_chosen": of(choice, "reliance", chosen),
        "affordable_share": of(choice, "share", affordable), "reliance_affordable": of(choice, "reliance", affordable)}


def evidence_numbers(attribution: pd.DataFrame, levels: pd.DataFrame, simplicity: pd.DataFrame) -> dict[str, float]:
    """Return what attribution, its check and the two-block test say."""
    def share(model: str) -> float:
        return of(attribution, "share_on_mark", {"model": model, "method": "integrated_gradients"})
    return {
        "attribution_clean": share("clean"), "attribution_before": share("none"), "attribution_after": share("oracle_hardest"),
        "attribution_fall": share("none") - share("oracle_hardest"), "attribution_fall_easy": share("none") - share("oracle_easiest"),
        "diffroar": of(levels, "diffroar", {"map": "integrated_gradients"}), "diffroar_random": of(levels, "diffroar", {"map": "random"}),
        "simplicity_auc": of(simplicity, "auc", {"network": "stacked", "shuffled": "simple"}),
        "simplicity_auc_complex": of(simplicity, "auc", {"network": "complex_only", "shuffled": "none"})}
