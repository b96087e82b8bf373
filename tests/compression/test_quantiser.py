"""The algebra of rounding: by hand, against a slow float64 reference, and as properties."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compression.quantiser import activation_grid, round_activation, round_weight, step_of, weight_scale, zero_point
from core.compression.ranges import activation_range, seen
from core.lab.errors import InputError

BITS = st.integers(2, 16)
VALUES = st.lists(st.floats(-100, 100, width=32), min_size=4, max_size=24)


def as_weight(values):
    return torch.tensor(values[: len(values) // 2 * 2], dtype=torch.float32).view(2, -1)


def test_weights_by_hand():
    weight = torch.tensor([[3.0, -1.4, 0.6], [0.0, 0.0, 0.0]])
    scale = weight_scale(weight, 3, per_channel=True)
    assert scale.tolist() == [1.0, 1.0]  # codes -3 to 3; a channel of zeros has the step 1
    assert round_weight(weight, scale, 3).tolist() == [[3.0, -1.0, 1.0], [0.0, 0.0, 0.0]]
    assert weight_scale(weight, 2, per_channel=False).tolist() == [3.0]
    assert round_weight(weight, torch.tensor([3.0]), 2).tolist() == [[3.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_one_bit_keeps_signs_and_the_mean_size():
    weight = torch.tensor([[3.0, -1.0, 0.5, -1.5], [0.0, 0.0, 0.0, 0.0]], requires_grad=True)
    scale = weight_scale(weight, 1, per_channel=True)
    assert scale.tolist() == [1.5, 1.0]
    rounded = round_weight(weight, scale, 1)
    assert rounded.tolist() == [[1.5, -1.5, 1.5, -1.5], [-1.0] * 4]  # zero has no code of its own
    rounded.sum().backward()
    assert weight.grad[0].tolist() == [0.0, 1.0, 1.0, 1.0]  # clipped from 3 on
    errors = [float((weight[0] - size * weight[0].sign()).square().sum()) for size in (1.4, 1.5, 1.6)]
    assert errors[1] == min(errors), "no other size is nearer in squares"
    assert weight_scale(weight, 1, per_channel=False).tolist() == [0.75]
    assert round_weight(weight, torch.tensor([0.75]), 1)[0].tolist() == [0.75, -0.75, 0.75, -0.75]


def test_activations_by_hand():
    grid = activation_grid(-1.0, 2.0, 2)  # steps of 1, code 1 is zero
    assert (step_of(grid), zero_point(grid)) == (1.0, 1)
    assert round_activation(torch.tensor([-5.0, -0.6, 0.4, 1.6, 9.0]), grid).tolist() == [-1.0, -1.0, 0.0, 2.0, 2.0]
    positive = activation_grid(0.5, 3.0, 2)
    assert (positive.low, zero_point(positive)) == (0.0, 0)


@settings(max_examples=40)
@given(VALUES, BITS, st.booleans())
def test_rounded_weights_are_the_nearest_points(values, bits, per_channel):
    weight = as_weight(values)
    scale = weight_scale(weight, bits, per_channel=per_channel)
    rounded = round_weight(weight, scale, bits)
    wide, steps = weight.double(), scale.double().view(-1, 1)
    top = 2 ** (bits - 1) - 1
    reference = (wide / steps).round().clamp(-top, top) * steps
    assert ((rounded - reference).abs() <= steps * (1e-3 + (bits > 10) * 0.51)).all()  # float32 may break ties the other way
    assert ((rounded - wide).abs() <= steps * 0.5001 + 1e-30).all()
    torch.testing.assert_close(round_weight(rounded, scale, bits), rounded, rtol=1e-6, atol=0.0)
    torch.testing.assert_close(round_weight(rounded, weight_scale(rounded, bits, per_channel=per_channel), bits), rounded)
    torch.testing.assert_close(round_weight(-weight, scale, bits), -rounded)  # symmetric
    assert (rounded[weight == 0] == 0).all()


@settings(max_examples=40)
@given(VALUES, BITS)
def test_rounded_activations_stay_within_half_a_step_of_what_the_grid_covers(values, bits):
    x = torch.tensor(values, dtype=torch.float32)
    grid = activation_range(seen(x), bits, "minmax")
    rounded = round_activation(x, grid)
    slack = 0.5001 * step_of(grid) + 1e-5 * max(map(abs, values))
    assert ((rounded - x).abs() <= slack).all()
    torch.testing.assert_close(round_activation(rounded, grid), rounded)
    assert round_activation(torch.zeros(1), grid).item() == 0.0
    assert len(rounded.unique()) <= 2**bits


def test_sixteen_bits_are_nearly_float():
    x = torch.randn(1000, generator=torch.Generator().manual_seed(0))
    error = (round_activation(x, activation_range(seen(x), 16, "minmax")) - x).abs().max()
    assert error <= 1e-4
    weight = x.view(10, 100)
    assert (round_weight(weight, weight_scale(weight, 16, per_channel=True), 16) - weight).abs().max() <= 1e-4


def test_gradients_pass_inside_the_grid_and_stop_outside():
    x = torch.tensor([-3.0, -0.4, 0.7, 5.0], requires_grad=True)
    round_activation(x, activation_grid(-1.0, 2.0, 4)).sum().backward()
    assert x.grad.tolist() == [0.0, 1.0, 1.0, 0.0]
    w = torch.tensor([[4.0, 0.3], [-0.2, 0.1]], requires_grad=True)
    round_weight(w, torch.tensor([1.0, 0.1]), 3).sum().backward()
    assert w.grad.tolist() == [[0.0, 1.0], [1.0, 1.0]]


def test_percentile_and_least_error_ranges_leave_outliers_out():
    x = torch.randn(5000, generator=torch.Generator().manual_seed(1))
    x[0] = 60.0
    widest, percentile, least = (activation_range(seen(x), 4, method) for method in ("minmax", "percentile", "mse"))
    assert widest.high == 60.0
    np.testing.assert_allclose(
        [percentile.low, percentile.high], np.percentile(x.numpy(), [0.1, 99.9]), rtol=1e-6)
    errors = [(round_activation(x, grid) - x).square().mean() for grid in (widest, least)]
    assert errors[1] < 0.7 * errors[0]


@pytest.mark.parametrize("bits", [1, 0, -3, 17, 32, 4.0, True])
def test_widths_outside_the_range_are_refused(bits):
    if bits is True or bits != 1:  # weights alone may have one bit
        with pytest.raises(InputError, match=r"bits must be a whole number from 2 to 16"):
            weight_scale(torch.ones(2, 2), bits, per_channel=True)
    with pytest.raises(InputError, match=r"bits must be a whole number from 2 to 16"):
        activation_grid(0.0, 1.0, bits)
