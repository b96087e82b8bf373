"""What stored retrainings say of an index: cost and band of those whose index was nearest. Imports no torch.

The band reaches from the smallest to the largest cost of the nearest nine cases, which holds a further one in eight of ten draws.
Whether it does is counted: every stored seed is predicted from the others.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.lab import gallery
from core.lab.runs import Run
from core.retraining.shifts.columns import COLUMNS
from core.retraining.shifts.spec import RETRAINING
from core.retraining.shifts.tables import costs_at

NEAREST = 9
COUNTED = tuple(column.name for column in COLUMNS)


@dataclass(frozen=True)
class Predicted:
    """Images that retraining will take, by one index: the median of the nearest cases and a band; infinite is never reached.

    Attributes:
        images: Median.
        low: Lower end of the band.
        high: Upper end.
        place: Share of stored cases whose index is smaller.
        coverage: Share of stored cases that such a band held when it was made from the other seeds.
    """

    images: float
    low: float
    high: float
    place: float
    coverage: float

    @property
    def is_outside(self) -> bool:
        """Whether no stored case has so small or so large an index: the band then says little."""
        return self.place in (0.0, 1.0)


def stored_run() -> Run | None:
    """Return the finished study of shifted data that ships with the house; None where there is none."""
    return next((run for one in gallery.wanted(RETRAINING) if (run := gallery.precomputed(one)) is not None), None)


def stored_cases(run: Run, margin: int, which: str | None) -> pd.DataFrame:
    """Return the stored cases with what each cost to ``margin`` points under clean; of one model, or of both plain ones."""
    found = []
    for seed, result in zip(run.request.seeds, run.results, strict=True):
        known = result.cases.drop(columns=["target", "images", "seconds", "change"])
        mine = known[known["model"] == which] if which else known[known["model"].isin(["half", "full"])]
        found.append(costs_at(mine, result.curves, result.models, margin / 100).assign(seed=seed))
    return pd.concat(found, ignore_index=True)


def band(index: np.ndarray, cost: np.ndarray, value: float) -> tuple[float, float, float]:
    """Return low end, median and high end of the costs of the nearest cases; infinite costs sort last.

    Example:
        >>> band(np.arange(40.0), np.arange(40.0), 20.0)
        (16.0, 20.0, 24.0)
    """
    near = np.sort(cost[np.argsort(np.abs(index - value), kind="stable")[:NEAREST]])
    return float(near[0]), float(near[(len(near) - 1) // 2]), float(near[-1])


def predict(cases: pd.DataFrame, name: str, value: float) -> Predicted:
    """Return what the stored cases say of an index ``name`` that came out as ``value``."""
    index, cost = cases[name].to_numpy(), cases["images"].to_numpy()
    low, images, high = band(index, cost, value)
    return Predicted(images, low, high, float((index < value).mean()), coverage(cases, name))


def coverage(cases: pd.DataFrame, name: str) -> float:
    """Return how often the band held the cost of a case when it was made from the other seeds; NaN with one seed."""
    held = []
    for seed in cases["seed"].unique():
        others, mine = cases[cases["seed"] != seed], cases[cases["seed"] == seed]
        if len(others):
            for value, cost in zip(mine[name], mine["images"], strict=True):
                low, _, high = band(others[name].to_numpy(), others["images"].to_numpy(), value)
                held.append(low <= cost <= high)
    return float(np.mean(held)) if held else float("nan")
