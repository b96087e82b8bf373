"""Which layer gets how many bits: the exact optimum under a size budget, for the worst group or on average. Imports no torch.

Harms of layers are taken to add up, which holds for mild rounding only: measured together, two layers at 2 or 3 bits cost more.

Source of the integer programme: Hubara et al. 2021, "Accurate Post Training Quantization With Small Calibration Sets", section 4;
the largest group's harm as its objective is this project's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from core.lab.errors import InputError, RunFailed

Objective = Literal["worst", "average"]
SLACK = 1e-9  # of the first optimum in the second programme, relative


@dataclass(frozen=True)
class Allocation:
    """Bits by layer.

    Attributes:
        bits: One width per layer.
        worst: Largest group's sum of harms.
        average: Mean over groups of the sum of harms.
        size_bytes: Of the codes of all weights.
    """

    bits: tuple[int, ...]
    worst: float
    average: float
    size_bytes: float


def allocate(
    excess: np.ndarray, counts: np.ndarray, bits: Sequence[int], budget_bytes: float, objective: Objective
) -> Allocation:
    """Return the widths with the smallest harm that fit the budget.

    Harm is ``excess`` where that is positive: a loss that rounding happens to lower is chance and buys nothing. Among allocations
    with the same largest harm the one with the smallest mean harm is taken, so that no part of the budget is left idle.

    Args:
        excess: Excess loss of each group with one layer at one width, (L, B, G).
        counts: Number of weights of each layer, (L,).
        bits: The B widths.
        budget_bytes: What the codes of all weights may take together.
        objective: ``worst`` minimises the largest group's harm, ``average`` the mean over groups.

    Raises:
        InputError: If even the fewest bits everywhere do not fit.
    """
    sizes = np.outer(counts, bits) / 8.0
    smallest = float(sizes.min(1).sum())
    if budget_bytes < smallest * (1 - SLACK):
        raise InputError(f"the size budget must be at least {smallest:,.0f} bytes, all layers at {min(bits)} bits, "
                         f"got {budget_bytes:,.0f}: raise it.")
    harm = np.maximum(excess, 0.0)
    programme = _Programme(harm, sizes, max(budget_bytes, smallest))
    if objective == "average":
        chosen = programme.solve(harm.mean(2), most=None)
    else:
        largest = programme.worst_of(programme.solve(None, most=None))
        chosen = programme.solve(harm.mean(2), most=largest)
    sums = harm[np.arange(len(harm)), chosen].sum(0)
    size = sizes[np.arange(len(harm)), chosen].sum()
    return Allocation(tuple(int(bits[place]) for place in chosen), float(sums.max()), float(sums.mean()), float(size))


@dataclass(frozen=True, eq=False)
class _Programme:
    """Choices x[l, b] in {0, 1}, one per layer, and the largest group's harm t."""

    harm: np.ndarray
    sizes: np.ndarray
    budget: float

    def worst_of(self, chosen: np.ndarray) -> float:
        return float(self.harm[np.arange(len(chosen)), chosen].sum(0).max())

    def solve(self, costs: np.ndarray | None, most: float | None) -> np.ndarray:
        """Return the width of each layer as its place, (L,), with the smallest sum of ``costs`` (L, B) or, without, smallest t.

        ``most`` bounds t from above.
        """
        n_layers, n_widths, n_groups = self.harm.shape
        n = n_layers * n_widths
        # in units of the largest harm and the budget: the solver's tolerances are absolute
        unit = max(float(self.harm.max()), 1e-300)
        one_each = np.hstack([np.kron(np.eye(n_layers), np.ones((1, n_widths))), np.zeros((n_layers, 1))])
        fits = np.hstack([self.sizes.reshape(1, n) / self.budget, np.zeros((1, 1))])
        below_worst = np.hstack([self.harm.reshape(n, n_groups).T / unit, -np.ones((n_groups, 1))])
        top = np.inf if most is None else most / unit * (1 + SLACK) + SLACK
        aim = np.append(np.zeros(n), 1.0) if costs is None else np.append(costs.reshape(n) / unit, 0.0)
        found = milp(
            aim, integrality=np.append(np.ones(n), 0), bounds=Bounds(np.zeros(n + 1), np.append(np.ones(n), top)),
            constraints=[LinearConstraint(one_each, 1, 1), LinearConstraint(fits, -np.inf, 1 + SLACK),
                         LinearConstraint(below_worst, -np.inf, 0)],
            options={"mip_rel_gap": 0.0})
        if found.x is None:
            raise RunFailed(f"the solver must find an allocation of bits, but stopped with: {found.message}.")
        return found.x[:n].reshape(n_layers, n_widths).argmax(1)
