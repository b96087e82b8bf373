"""Uniform quantisation of tensors, simulated in float: rounding to a grid on torch's own fake-quantise operators.

Both operators pass gradients straight through where a value lies inside the grid, and stop them where it was clipped. Weights use
a symmetric grid that has as many steps below zero as above, activations an affine one; zero is a point of either.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.compression.bits import check_bits


@dataclass(frozen=True)
class ActivationGrid:
    """The 2^bits points from ``low`` to ``high`` at which activations may lie.

    Attributes:
        low: Smallest value wanted, at most 0.
        high: Largest value wanted, at least 0.
        bits: Width of a code.
    """

    low: float
    high: float
    bits: int

    @property
    def scale(self) -> float:
        """Distance of two points."""
        return max(self.high - self.low, torch.finfo(torch.float32).tiny * 2**self.bits) / (2**self.bits - 1)

    @property
    def zero_point(self) -> int:
        """Code of the value 0: low and high move by less than half a step so that it is a whole number."""
        return min(max(round(-self.low / self.scale), 0), 2**self.bits - 1)


def activation_grid(low: float, high: float, bits: int) -> ActivationGrid:
    """Return the grid that covers ``low`` to ``high`` and 0."""
    check_bits(bits)
    return ActivationGrid(min(low, 0.0), max(high, 0.0), bits)


def round_activations(x: Tensor, grid: ActivationGrid) -> Tensor:
    """Return ``x`` moved to the nearest points of the grid, clipped at its ends; any shape."""
    return torch.fake_quantize_per_tensor_affine(x, grid.scale, grid.zero_point, 0, 2**grid.bits - 1)


def largest_code(bits: int) -> int:
    """Return the largest code of a symmetric grid: 2^(bits - 1) - 1, the smallest being its negative."""
    return 2 ** (bits - 1) - 1


def largest_weight_scale(weight: Tensor, bits: int, *, per_channel: bool) -> Tensor:
    """Return the step that reaches the largest weight: max|W| / (2^(bits - 1) - 1), one per output channel or a single one.

    A channel of zeros gets the step 1.

    Args:
        weight: (C, ...) weights.
        bits: Width of a code.
        per_channel: Whether each of the C output channels has a step of its own.

    Returns:
        Float32 steps, (C,) or (1,).
    """
    check_bits(bits)
    flat = weight.detach().reshape(len(weight), -1) if per_channel else weight.detach().reshape(1, -1)
    largest = flat.abs().amax(1).float()
    return torch.where(largest > 0, largest / largest_code(bits), torch.ones_like(largest))


def round_weights(weight: Tensor, scale: Tensor, bits: int) -> Tensor:
    """Return weights (C, ...) moved to the nearest multiples of ``scale``, (C,) or (1,), at most 2^(bits - 1) - 1 of them."""
    top = largest_code(bits)
    if len(scale) == 1:
        return torch.fake_quantize_per_tensor_affine(weight, float(scale), 0, -top, top)
    zeros = torch.zeros(len(scale), dtype=torch.int32, device=weight.device)
    return torch.fake_quantize_per_channel_affine(weight, scale, zeros, 0, -top, top)
