"""Where the grid of activations ends: at the largest value, at a percentile, or where rounding and clipping together hurt least."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from core.compression.compressed_model import RangeMethod
from core.compression.quantiser import ActivationGrid, activation_grid, round_activation

PERCENTILE = 99.9
SHRINKAGES = tuple(np.linspace(1.0, 0.1, 37).tolist())  # ends that are tried, as shares of the largest value
MOST_VALUES = 100_000  # of a layer's activations that percentiles and the search look at


@dataclass(frozen=True, eq=False)
class Seen:
    """Activations of one layer on calibration images: their ends, and at most 100,000 of them, evenly spaced, as one vector."""

    low: float
    high: float
    sample: Tensor


def seen(values: Tensor) -> Seen:
    """Return the summary of activations of any shape."""
    flat = values.detach().reshape(-1)
    return Seen(flat.min().item(), flat.max().item(), flat[:: -(-len(flat) // MOST_VALUES)].clone())


def activation_range(values: Seen, bits: int, method: RangeMethod) -> ActivationGrid:
    """Return the grid for a layer's activations.

    Args:
        values: What was seen of them.
        bits: Width of a code.
        method: ``minmax`` covers all values, ``percentile`` all but the outer 0.1 % on either side, ``mse`` shrinks the covered
            range by the factor, out of 37 from 1 to 0.1, that has the smallest mean squared error on the sample.
    """
    low, high, sample = values.low, values.high, values.sample
    if method == "minmax":
        return activation_grid(low, high, bits)
    if method == "percentile":
        ends = np.percentile(sample.numpy(force=True), [100 - PERCENTILE, PERCENTILE])
        return activation_grid(float(ends[0]), float(ends[1]), bits)
    grids = [activation_grid(low * share, high * share, bits) for share in SHRINKAGES]
    return min(grids, key=lambda grid: (round_activation(sample, grid) - sample).square().mean().item())
