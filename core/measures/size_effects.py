"""What a group's size does to its loss of accuracy over several seeds, with the difficulty of the group taken out.

Some groups are harder than others whatever their size. Where the order of sizes changes from seed to seed, group and size can be told
apart without a balanced copy. Drops are accuracy before minus after: positive is harm.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.lab.errors import InputError
from core.lab.estimate import Estimate


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
    from scipy.special import stdtrit  # here, since pages that import this file must open fast

    span = float(np.ptp(logs, axis=1).mean())
    half = float(stdtrit(n_seeds - 1, 0.975)) * clustered * span
    value = -slope * span
    return SizeEffect(Estimate(value, value - half, value + half, n_seeds), clustered * span, plain * span)
