"""Where a grid should end: the largest value, a percentile, or the end at which rounding and clipping together hurt least."""

from typing import Literal

import numpy as np
import torch
from torch import Tensor

from core.compression.quantiser import ActivationGrid, activation_grid, largest_weight_scale, round_activations, round_weights

RangeRule = Literal["min_max", "percentile", "mse"]
PERCENTILE = 99.9
SHRINKAGES = tuple(np.linspace(1.0, 0.1, 37).tolist())  # ends that are tried, as shares of the largest value
MOST_VALUES = 100_000  # of a layer's activations that percentiles and the search look at


def activation_range(values: Tensor, bits: int, rule: RangeRule) -> ActivationGrid:
    """Return the grid for activations of which ``values`` are a sample of any shape.

    Args:
        values: Float activations.
        bits: Width of a code.
        rule: ``min_max`` covers all values, ``percentile`` all but the outer 0.1 % on either side, ``mse`` shrinks the covered
            range by the factor, out of 37 from 1 to 0.1, that has the smallest mean squared error on the sample.
    """
    low, high = values.min().item(), values.max().item()
    if rule == "min_max":
        return activation_grid(low, high, bits)
    sample = thinned(values)
    if rule == "percentile":
        ends = np.percentile(sample.numpy(force=True), [100 - PERCENTILE, PERCENTILE])
        return activation_grid(float(ends[0]), float(ends[1]), bits)
    grids = [activation_grid(low * share, high * share, bits) for share in SHRINKAGES]
    return min(grids, key=lambda grid: (round_activations(sample, grid) - sample).square().mean().item())


def thinned(values: Tensor) -> Tensor:
    """Return at most 100,000 of the values, evenly spaced, as one vector."""
    flat = values.detach().reshape(-1)
    return flat[:: -(-len(flat) // MOST_VALUES)]


def weight_scale(weight: Tensor, bits: int, *, per_channel: bool, rule: RangeRule) -> Tensor:
    """Return the steps for weights (C, ...), (C,) or (1,).

    ``min_max`` reaches the largest weight, ``percentile`` the 99.9th percentile of the absolute weights of the whole tensor's or
    channel's own, ``mse`` the end, out of 37 from the largest weight to a tenth of it, with the smallest mean squared error.
    """
    largest = largest_weight_scale(weight, bits, per_channel=per_channel)
    if rule == "min_max":
        return largest
    flat = weight.detach().reshape(len(largest), -1)
    if rule == "percentile":
        end = torch.quantile(flat.abs().float(), PERCENTILE / 100, dim=1)
        return torch.where(end > 0, end / (2 ** (bits - 1) - 1), largest)
    tried = torch.stack([largest * share for share in SHRINKAGES])
    errors = torch.stack([(round_weights(flat, scale, bits) - flat).square().mean(1) for scale in tried])
    return tried[errors.argmin(0), torch.arange(len(largest), device=tried.device)]
