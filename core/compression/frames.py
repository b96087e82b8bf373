"""What figures read out of a finished run: group rows with their place in the tail, ladders of settings, means over seeds."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from core.compression.points import FLOAT, FLOAT_BITS, QAT, RETRAINED, SHAMS, one_shot, parse_bits, parse_sparsities
from core.lab.estimate import over_seeds
from core.lab.runs import Run

Family = Literal["quantise", "prune"]
Part = Literal["both", "weights", "activations"]
FAMILIES = {"quantise": "Quantise", "prune": "Prune"}
TRAINED = {"quantise": QAT, "prune": RETRAINED}


@dataclass(frozen=True)
class Rung:
    """One rung of a ladder of settings: its slug, what stands under it on an axis, and what a sentence calls it."""

    setting: str
    tick: str
    words: str


def ladder(run: Run, family: str, part: str = "both") -> list[Rung]:
    """Return the settings of one kind that need no training, from float to the smallest."""
    config = run.request.config
    rungs = [Rung(FLOAT, "float" if family == "quantise" else "0%", "float")]
    for setting in one_shot(parse_bits(config.bits), parse_sparsities(config.sparsities)):
        if setting.family != family:
            continue
        if family == "prune":
            rungs.append(Rung(setting.id, f"{100 * setting.sparsity:g}%", setting.title))
        elif part == _part(setting.weight_bits, setting.activation_bits):
            rungs.append(Rung(setting.id, str(min(setting.weight_bits, setting.activation_bits)), setting.title))
    return rungs


def _part(weight_bits: int, activation_bits: int) -> str:
    return "weights" if activation_bits == FLOAT_BITS else "activations" if weight_bits == FLOAT_BITS else "both"


def all_steps(run: Run, family: str) -> list[Rung]:
    """Return the ladder with the trained setting at its end: what the slider moves over."""
    return [*ladder(run, family), trained_step(run, family)]


def trained_step(run: Run, family: str) -> Rung:
    """Return the trained setting of a family."""
    config = run.request.config
    if family == "quantise":
        return Rung(QAT, f"{config.qat_bits}, trained", f"{config.qat_bits} bits, trained through the rounding")
    return Rung(RETRAINED, f"{config.prune_percent:g}%, retrained", f"{config.prune_percent:g}% pruned, then retrained")


def sham_step(family: str) -> Rung:
    """Return the setting that was trained further without compression, as long and at the same learning rate as a family's trained one."""
    return Rung(SHAMS[family], "sham", f"trained further, not {'rounded' if family == 'quantise' else 'pruned'}")


@lru_cache(maxsize=4)
def group_rows(run: Run) -> pd.DataFrame:
    """Return the chain of every seed, copy, setting and group, with columns of the groups (name, rank, edge, n_train)."""
    known = run.table("groups")[["seed", "copy", "group", "name", "rank", "edge", "n_train"]]
    return run.table("chain").merge(known, on=["seed", "copy", "group"])


def edge_means(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the mean of head, middle and tail in every seed, copy and setting: columns seed, copy, setting, edge, value."""
    return rows.groupby(["seed", "copy", "setting", "edge"], as_index=False, sort=False)[column].mean().rename(columns={column: "value"})


def over(rows: pd.DataFrame, by: str, values: list, column: str = "value") -> pd.DataFrame:
    """Return mean and 95 % interval over seeds for each of ``values`` of column ``by``, in that order.

    Columns: the key, value, low, high; the ends are NaN under three seeds, and values that do not occur are left out.
    """
    parts = dict(tuple(rows.groupby(by)[column]))
    found = [(value, over_seeds(parts[value].tolist())) for value in values if value in parts]
    return pd.DataFrame({
        by: [value for value, _ in found], "value": [estimate.value for _, estimate in found],
        "low": [np.nan if estimate.low is None else estimate.low for _, estimate in found],
        "high": [np.nan if estimate.high is None else estimate.high for _, estimate in found]})


def step_of(run: Run, family: str, setting: str) -> Rung:
    """Return the rung of a slug; the trained one where it is unknown."""
    return next((step for step in all_steps(run, family) if step.setting == setting), trained_step(run, family))
