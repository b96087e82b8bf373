"""Uniform quantisation of tensors, simulated in float: rounding to a grid on torch's own fake-quantise operators.

Both operators pass gradients straight through where a value lies inside the grid, and stop them where it was clipped. Weights use
a symmetric grid that has as many points below zero as above, activations an affine one; zero is a point of either. At one bit weights
keep their sign and a common size, and zero is no point.

Source of one bit: Rastegari et al. 2016, "XNOR-Net: ImageNet Classification Using Binary Convolutional Neural Networks", section 3.1.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.compression.bits import check_bits, is_sign

SMALLEST_STEP = 1e-30  # of a grid that covers nothing but zero


@dataclass(frozen=True)
class ActivationGrid:
    """The affine grid on which one layer's input is rounded: 2^bits levels from ``low`` to ``high``, zero among them."""

    low: float
    high: float
    bits: int


def activation_grid(low: float, high: float, bits: int) -> ActivationGrid:
    """Return the grid that covers ``low`` to ``high`` and 0."""
    check_bits(bits)
    return ActivationGrid(min(low, 0.0), max(high, 0.0), bits)


def step_of(grid: ActivationGrid) -> float:
    """Return the distance of two points: (high - low) / (2^bits - 1)."""
    return max((grid.high - grid.low) / (2**grid.bits - 1), SMALLEST_STEP)


def zero_point(grid: ActivationGrid) -> int:
    """Return the code of the value 0; for it to be a whole number the grid's ends move by at most half a step."""
    return min(max(round(-grid.low / step_of(grid)), 0), 2**grid.bits - 1)


def round_activation(x: Tensor, grid: ActivationGrid) -> Tensor:
    """Return ``x``, of any shape, moved to the nearest points of the grid and clipped at its ends."""
    return torch.fake_quantize_per_tensor_affine(x, step_of(grid), zero_point(grid), 0, 2**grid.bits - 1)


def largest_code(bits: int) -> int:
    """Return the largest code of a symmetric grid: 2^(bits - 1) - 1, the smallest being its negative."""
    return 2 ** (bits - 1) - 1


def weight_scale(weight: Tensor, bits: int, *, per_channel: bool) -> Tensor:
    """Return the step at which the largest weight is the last point: max|W| / (2^(bits - 1) - 1); at one bit the mean of |W|.

    The latter is the size at which signs come nearest to the weights in squares. A channel of zeros gets the step 1.

    Args:
        weight: (C, ...) weights.
        bits: Width of a code.
        per_channel: Whether each of the C output channels has a step of its own.

    Returns:
        Float32 steps, (C,) or (1,).
    """
    flat = weight.detach().reshape(len(weight) if per_channel else 1, -1).abs().float()
    if is_sign(bits):
        steps = flat.mean(1)
    else:
        check_bits(bits)
        steps = flat.amax(1) / largest_code(bits)
    return torch.where(steps > 0, steps, torch.ones_like(steps))


def round_weight(weight: Tensor, scale: Tensor, bits: int) -> Tensor:
    """Return weights (C, ...) moved to the nearest multiples of ``scale``, (C,) or (1,), at most 2^(bits - 1) - 1 of them.

    At one bit they become plus or minus ``scale``; gradients then stop beyond twice the scale.
    """
    if is_sign(bits):
        # codes 0 and 1 of steps twice as wide, with the zero point between them
        steps = 2.0 * scale.expand(len(weight)).contiguous()
        return torch.fake_quantize_per_channel_affine(weight, steps, torch.full_like(steps, 0.5), 0, 0, 1)
    top = largest_code(bits)
    if len(scale) == 1:
        return torch.fake_quantize_per_tensor_affine(weight, float(scale), 0, -top, top)
    zeros = torch.zeros(len(scale), dtype=torch.int32, device=weight.device)
    return torch.fake_quantize_per_channel_affine(weight, scale, zeros, 0, -top, top)
