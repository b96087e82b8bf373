"""Whole-number arithmetic against the simulation in float and against integers by hand."""

import pytest
import torch

from core.compression.calibration import calibrate
from core.compression.compressed_model import QuantPlan
from core.compression.int8 import int8_check, int8_missing, weight_codes
from core.compression.quantise import quantise
from core.compression.quantiser import round_weight, weight_scale
from tests.compression.networks import float_model, images

needs_int8 = pytest.mark.xfail(bool(int8_missing("cpu")), reason="this build of torch multiplies no int8 matrices", run=False)


@needs_int8
@pytest.mark.parametrize("name", ["cnn", "resnet20", "mlp"])
@pytest.mark.parametrize("bits, granularity", [(8, "channel"), (4, "tensor")])
def test_the_simulation_computes_what_whole_numbers_compute(name, bits, granularity):
    model = float_model(name, width=2)
    plan = QuantPlan(weight_bits=bits, activation_bits=8, granularity=granularity)
    check = int8_check(quantise(model, plan, calibrate(model, images(), folded=True)), images(64, seed=3))
    assert check.is_available
    assert check.reason == ""
    assert check.n_layers == {"cnn": 5, "resnet20": 22, "mlp": 3}[name]
    # an input half-way between two codes may go either way, by one step of its grid
    assert check.same_predictions >= 0.95
    assert check.largest_difference < 0.05


@needs_int8
def test_layers_that_cannot_are_named():
    model = float_model("mlp")
    plan = QuantPlan(weight_bits=8, activation_bits=8, bits_by_layer={"second": 9})
    check = int8_check(quantise(model, plan, calibrate(model, images(), folded=True)), images())
    assert (check.n_layers, check.reason) == (2, "left in float: second")
    weights_only = int8_check(quantise(model, QuantPlan(weight_bits=8), calibrate(model, images(), folded=True)), images())
    assert not weights_only.is_available
    assert "no layer has both weights and inputs of at most 8 bits" in weights_only.reason


def test_a_build_that_cannot_says_so(monkeypatch):
    model = float_model("mlp")
    quantised = quantise(model, QuantPlan(weight_bits=8, activation_bits=8), calibrate(model, images(), folded=True))

    def refuse(one, other):
        raise RuntimeError("not compiled in\nand more")

    monkeypatch.setattr(torch, "_int_mm", refuse)
    check = int8_check(quantised, images())
    assert (check.is_available, check.n_layers) == (False, 0)
    assert check.reason == "this build of torch multiplies no int8 matrices on cpu: not compiled in"
    monkeypatch.setattr(torch, "_int_mm", lambda one, other: torch.zeros(len(one), other.shape[1], dtype=torch.int32))
    assert int8_check(quantised, images()).reason == "this build of torch multiplies int8 matrices wrongly on cpu"


def test_codes_of_weights_give_the_weights_back():
    weight = torch.randn(6, 4, 3, 3, generator=torch.Generator().manual_seed(0))
    weight[3] = 0.0
    for bits in (2, 5, 8):
        rounded = round_weight(weight, weight_scale(weight, bits, per_channel=False), bits)  # most channels miss the last code
        codes, steps = weight_codes(rounded, bits)
        assert codes.abs().max() <= 2 ** (bits - 1) - 1
        torch.testing.assert_close(codes * steps.view(-1, 1, 1, 1), rounded, rtol=1e-5, atol=1e-6)
