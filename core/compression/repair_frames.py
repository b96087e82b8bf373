"""What figures of the repairs read out of a finished run: arms with means and intervals over seeds."""

import numpy as np
import pandas as pd

from core.compression.settings import FLOAT, FLOAT_ARMS, PLAIN, PRUNE_ARMS, QAT_ARMS, SHAM, fine_tuned
from core.lab.estimate import over_seeds
from core.lab.runs import Run
from core.measures.pareto import on_front

FAMILIES = {"quantise": "Quantise", "prune": "Prune"}
NAMES = {
    "plain": "no repair", "balanced": "balanced sampling", "weighted": "weighted loss", "balanced-weighted": "balanced and weighted",
    "mixed": "mixed precision", "mixed-balanced": "mixed, balanced", "mixed-weighted": "mixed, weighted",
    "mixed-balanced-weighted": "mixed, balanced, weighted", "fair-after": "losses held after", "fair-before": "losses held before",
    "fair-both": "losses held both times"}
FLOAT_NAMES = {FLOAT: "float", SHAM: "float, trained further", fine_tuned(FLOAT_ARMS[1]).id: "float, balanced sampling"}
MEASURES = {"gap": "Gap", "worst": "Worst group", "tail": "Small groups", "head": "Large groups", "accuracy": "All groups"}
INGREDIENTS = {"is_balanced": "balanced sampling", "is_weighted": "weighted loss", "is_mixed": "mixed precision"}


def settings_of(family: str) -> list[str]:
    """Return the slugs of a family's arms, no repair first."""
    prefix, arms = ("qat", QAT_ARMS) if family == "quantise" else ("retrained", PRUNE_ARMS)
    return [f"{prefix}-{arm.id}" for arm in arms]


def plain_setting(family: str) -> str:
    """Return the slug of the arm without repair."""
    return f"{'qat' if family == 'quantise' else 'retrained'}-{PLAIN.id}"


def name_of(setting: str) -> str:
    """Return what an arm is called beside others of its family."""
    return FLOAT_NAMES.get(setting) or NAMES[setting.partition("-")[2]]


def arm_rows(run: Run, measure: str = "gap") -> pd.DataFrame:
    """Return one row per arm, in points or per cent: setting, family, name, value, low, high, size_kilobytes, weight_bits, is_front.

    Ends of intervals are NaN under three seeds. An arm is on the front where none other is as small and has as small a gap.
    """
    table, rows = run.table("arms"), []
    for setting, part in table.groupby("setting", sort=False):
        found = over_seeds(part[measure].tolist(), (0.0, 1.0))
        rows.append({
            "setting": setting, "family": part["family"].iloc[0], "name": name_of(setting), "value": 100 * found.value,
            "low": np.nan if found.low is None else 100 * found.low, "high": np.nan if found.high is None else 100 * found.high,
            "gap": part["gap"].mean(), "size_kilobytes": part["size_bytes"].mean() / 1000, "weight_bits": part["weight_bits"].mean()})
    whole = pd.DataFrame(rows)
    return whole.assign(is_front=on_front(-whole["size_kilobytes"].to_numpy(), whole["gap"].to_numpy()))


def ingredient_effects(run: Run, measure: str = "gap") -> pd.DataFrame:
    """Return the main effect of each ingredient of the grid: mean over the four arms with it minus over the four without, in points.

    Columns: ingredient, name, value, low, high over seeds.
    """
    table = run.table("arms")
    grid, rows = table[table["setting"].isin(settings_of("quantise"))], []
    for column, name in INGREDIENTS.items():
        effects = [100 * (part.loc[part[column], measure].mean() - part.loc[~part[column], measure].mean())
                   for _, part in grid.groupby("seed")]
        found = over_seeds(effects)
        rows.append({"ingredient": column, "name": name, "value": found.value, "low": np.nan if found.low is None else found.low,
                     "high": np.nan if found.high is None else found.high})
    return pd.DataFrame(rows)
