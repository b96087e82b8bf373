"""Which defence leaves least within the accuracy budget: points are means over seeds first, so that no seed picks its own winner."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.lab import words
from core.lab.estimate import over_seeds
from core.lab.runs import Run
from core.privacy.map.config import ACCEPTABLE_COST
from core.privacy.map.curves import BASELINE
from core.privacy.map.figures_trade_off import PLAIN, TITLES

MOST_NAMED = 2
UNDECIDED = "may be as good"  # seeds that do not show a difference do not show that there is none


@dataclass(frozen=True, eq=False)
class Leader:
    """The point of one curve that leaves least, of those within the budget.

    Attributes:
        curve: Id of the curve.
        aucs: Attack AUC by seed.
        costs: Test accuracy of the plain models minus that of this point, by seed.
        stopped: By seed, the AUC that stopping the plain models early leaves at the accuracy of this point.
    """

    curve: str
    aucs: np.ndarray
    costs: np.ndarray
    stopped: np.ndarray


def leaders(run: Run) -> list[Leader]:
    """Return the best point of every curve that has one within two points of accuracy, the least leakage first.

    A point counts when its mean cost over seeds is within the budget. Plain models and early stopping are curves like others.
    """
    table = run.table("points").sort_values("seed")
    plain = table.loc[table["curve"] == PLAIN, "test_accuracy"].to_numpy()
    best: dict[str, Leader] = {}
    for (curve, _), part in table.groupby(["curve", "strength"], sort=False):
        aucs, costs = part["auc"].to_numpy(), plain - part["test_accuracy"].to_numpy()
        if costs.mean() <= ACCEPTABLE_COST and (curve not in best or aucs.mean() < best[curve].aucs.mean()):
            best[curve] = Leader(str(curve), aucs, costs, stopped_at(table, part["test_accuracy"].to_numpy()))
    return sorted(best.values(), key=lambda leader: leader.aucs.mean())


def stopped_at(table: pd.DataFrame, accuracies: np.ndarray) -> np.ndarray:
    """Return for each seed the AUC of early stopping at one accuracy, along the line through the epochs that were kept.

    Args:
        table: Points of all seeds, see ``experiment.point_row``, in order of seeds.
        accuracies: One for each seed; beyond the curve's ends its last point counts.
    """
    curves = [part.sort_values("test_accuracy") for _, part in table[table["curve"] == BASELINE].groupby("seed")]
    return np.array([np.interp(accuracy, curve["test_accuracy"], curve["auc"])
                     for accuracy, curve in zip(accuracies, curves, strict=True)])


def as_good(first: Leader, others: list[Leader]) -> list[Leader]:
    """Return those of which the seeds do not show that ``first`` leaves less: the interval of the difference reaches 0."""
    gaps = [over_seeds((other.aucs - first.aucs).tolist()) for other in others]
    return [other for other, gap in zip(others, gaps, strict=True) if gap.low is None or gap.low <= 0]


def winner(run: Run) -> str:
    """Return the title of the curve that leaves least within the budget."""
    return TITLES[leaders(run)[0].curve]


def answer(run: Run) -> str:
    """Return a verdict, the winning defence, what it leaves with interval and seeds, and what stopping early would leave."""
    first, *others = leaders(run)
    left, plain = over_seeds(first.aucs.tolist(), (0.0, 1.0)), run.estimate("auc_plain").value
    title = TITLES[first.curve]
    if left.low is None:
        return words.undecided(f"for two points of accuracy {title} leaves AUC {words.number(left.value)} of {words.number(plain)}", left.n)
    left_over = f"AUC {words.estimate(left)}, of {words.number(plain)}"
    rivals, early = as_good(first, others), _early(first)
    if not rivals:
        return f"{title} wins: for two points of accuracy it leaves {left_over}{_clause(first, early)}."
    is_open = early == UNDECIDED
    names = _names(rivals, ["stopping early"] if is_open else [])
    rest = "" if is_open else _clause(first, early)
    return f"Not decided: for two points of accuracy {title} leaves {left_over}; {names} {UNDECIDED}{rest}."


def _names(rivals: list[Leader], further: list[str]) -> str:
    """Return who cannot be told from the first: two by name, how many more, and what else."""
    named = [TITLES[rival.curve] for rival in rivals[:MOST_NAMED]]
    more = [f"{len(rivals) - len(named)} more"] if len(rivals) > len(named) else []
    *most, last = named + more + further
    return f"{', '.join(most)} and {last}" if most else last


def _early(first: Leader) -> str:
    """Return how stopping early does at the same accuracy; empty where that is what won."""
    if first.curve in (PLAIN, BASELINE):
        return ""
    gain = over_seeds((first.stopped - first.aucs).tolist())
    return "is worse" if gain.low > 0 else "is better" if gain.high < 0 else UNDECIDED


def _clause(first: Leader, early: str) -> str:
    return f", and stopping early {early} ({words.number(first.stopped.mean())})" if early else ""
