"""Calibrated rounding: never worse layer by layer, better for the whole network, and still on the grid."""

import torch

from core.compression.adaquant import fitted_layer, quantise_calibrated
from core.compression.calibration import calibrate
from core.compression.compressed_model import QuantPlan, float_network, network_of
from core.compression.layers import widths
from core.compression.quantise import quantise
from core.training.loop import evaluate
from tests.compression.networks import float_model, images


def error(model, wanted):
    return float((evaluate(network_of(model), images(48, side=8, seed=9))[0] - wanted).square().mean())


def test_calibrated_rounding_answers_more_like_the_float_network():
    model = float_model(width=2, side=8)
    calibration = calibrate(model, images(50, side=8), folded=True)
    wanted = evaluate(float_network(model), images(48, side=8, seed=9))[0]  # images that calibrated nothing
    plan = QuantPlan(weight_bits=3, activation_bits=4)
    nearest, calibrated = quantise(model, plan, calibration), quantise_calibrated(model, plan, calibration)
    assert error(calibrated, wanted) < 0.8 * error(nearest, wanted)
    for layer in ("hidden", "head"):
        assert all(len(channel.unique()) <= 7 for channel in calibrated.state[f"{layer}.weight"])
    assert [report.weight_bits for report in calibrated.layers] == [report.weight_bits for report in nearest.layers]


def test_one_layer_never_gets_worse_on_its_calibration_images():
    module = torch.nn.Linear(6, 4)
    x = torch.randn(60, 6, generator=torch.Generator().manual_seed(0))
    for bits in (2, 4, 16):
        layer = widths(["only"], QuantPlan(weight_bits=bits))["only"]
        fit = fitted_layer(module, layer, x, x, shifts=False)
        assert fit.error <= fit.error_nearest
        with torch.no_grad():
            module.weight.copy_(fit.weight)
        assert fit.layer.weight_scale.shape == (4,)


def test_float_layers_are_left_alone():
    model = float_model("mlp", width=1)
    calibration = calibrate(model, images(20), folded=True)
    untouched = quantise_calibrated(model, QuantPlan(), calibration)
    torch.testing.assert_close(untouched.state, calibration.reference, rtol=0.0, atol=0.0)
    inputs_only = quantise_calibrated(model, QuantPlan(activation_bits=3), calibration)
    assert inputs_only.state["head.weight"].equal(calibration.reference["head.weight"])
    assert len(inputs_only.activations) == 3
