"""What a group's size does to its loss of accuracy, with the difficulty of the group taken out.

Some groups are harder than others whatever their size. Two ways to keep that apart: a copy of the data in which all groups are
equally large (one seed suffices), or a size order that changes from seed to seed (several seeds, no copy). Drops are accuracy before
minus after: positive is harm.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from core.lab.errors import InputError
from core.lab.estimate import Estimate


def edge_contrast(drop: np.ndarray, edges: np.ndarray) -> float:
    """Return the mean drop of the ``tail`` groups minus that of the ``head`` groups, from (G,) drops and (G,) words."""
    return float(drop[edges == "tail"].mean() - drop[edges == "head"].mean())


def difference_in_differences(drop: np.ndarray, placebo: np.ndarray, edges: np.ndarray) -> float:
    """Return the tail's extra drop minus the same contrast among the same groups at equal sizes.

    Args:
        drop: (G,) where sizes differ.
        placebo: (G,) where all groups are equally large.
        edges: (G,) ``head``, ``middle`` or ``tail``, by size in the first.
    """
    return edge_contrast(drop, edges) - edge_contrast(placebo, edges)


def paired_size_effect(drop: np.ndarray, placebo: np.ndarray, sizes: np.ndarray) -> float:
    """Return how much more a group loses at the smallest size than at the largest, from all groups of one seed.

    The least-squares slope of drop minus placebo over the logarithm of the size, times the logarithm of largest over smallest.

    Args:
        drop: (G,) where sizes differ.
        placebo: (G,) of the same groups where all are equally large.
        sizes: (G,) training samples of each group in the first, not all alike.
    """
    x = np.log(sizes.astype(np.float64))
    x = x - x.mean()
    return float(-(x @ (drop - placebo)) / (x @ x) * np.ptp(x))


@dataclass(frozen=True)
class SizeEffect:
    """The fixed effect of size over seeds.

    Attributes:
        estimate: Extra drop at the smallest size against the largest, with a 95 % interval that allows residuals of one seed to
            go together; n is the number of seeds.
        standard_error: That of the interval.
        plain_error: The standard error if all residuals were independent, as least squares usually states it.
    """

    estimate: Estimate
    standard_error: float
    plain_error: float


def fixed_size_effect(drop: np.ndarray, sizes: np.ndarray) -> SizeEffect:
    """Return the effect of size when every group has an effect of its own and so has every seed.

    Least squares on drop ~ group + seed + log size; the interval uses errors clustered by seed and Student's t with S - 1 degrees of
    freedom.

    Args:
        drop: (S, G), S at least 3.
        sizes: (S, G) training samples of each group in each seed; the order must not be the same in all seeds.

    Raises:
        InputError: If group and size cannot be told apart: fewer than 3 seeds, or one size order for all of them.

    Source:
        Cameron and Miller 2015, "A Practitioner's Guide to Cluster-Robust Inference", equations 6 and 12 (the correction CR1).
    """
    n_seeds, n_groups = drop.shape
    logs = np.log(sizes.astype(np.float64))
    # within-transformation: in a full table, group and seed effects leave by subtracting both means
    x, y = (table - table.mean(0) - table.mean(1, keepdims=True) + table.mean() for table in (logs, drop.astype(np.float64)))
    total = float((x * x).sum())
    if n_seeds < 3 or total <= 1e-12 * float((logs * logs).sum()):
        raise InputError(f"the effect of size needs at least 3 seeds with differing orders of groups, got {n_seeds}: add seeds.")
    slope = float((x * y).sum()) / total
    residuals = y - slope * x
    n_parameters = n_groups + n_seeds  # one effect each, less one, plus the slope
    plain = math.sqrt(float((residuals**2).sum()) / (drop.size - n_parameters) / total)
    correction = n_seeds / (n_seeds - 1) * (drop.size - 1) / (drop.size - n_parameters)
    clustered = math.sqrt(correction * float(((x * residuals).sum(axis=1) ** 2).sum())) / total
    span = float(np.ptp(logs, axis=1).mean())
    half = float(stdtrit(n_seeds - 1, 0.975)) * clustered * span
    value = -slope * span
    return SizeEffect(Estimate(value, value - half, value + half, n_seeds), clustered * span, plain * span)
