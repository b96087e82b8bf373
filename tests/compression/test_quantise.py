"""Whole networks rounded: folding, coverage, settings of edges and calibration, BatchNorm measured anew."""

import numpy as np
import pytest
import torch
from torch import nn

from core.compression.calibration import calibrate
from core.compression.calibration_set import calibration_rows
from core.compression.compressed_model import FloatModel, QuantPlan, float_network, network_of
from core.compression.folding import norm_pairs
from core.compression.layers import dequantised_state, widths
from core.compression.quantise import plan_layers, quantise, reestimate
from core.compression.quantised_layers import install
from core.compression.size import size_bytes
from core.lab.errors import InputError
from core.training.images import to_input
from core.training.loop import evaluate
from tests.compression.networks import float_model, images

NAMES = ("cnn", "resnet20", "mlp", "cnn_groupnorm")


def logits(network):
    return evaluate(network, images())[0]


def relative(one, other):
    return float((one - other).abs().max() / other.abs().max())


@pytest.mark.parametrize("name, n_pairs", [("cnn", 3), ("resnet20", 21), ("mlp", 0), ("cnn_groupnorm", 0)])
def test_folding_changes_no_output(name, n_pairs):
    model = float_model(name)
    network = float_network(model)
    assert len(norm_pairs(network, model.architecture.image_shape)) == n_pairs
    folded = FloatModel(model.architecture, calibrate(model, images(8), folded=True).reference)
    assert list(folded.state) == list(model.state)
    with torch.no_grad():
        x = to_input(images(), torch.float64)
        before, after = (float_network(one).double()(x)[0] for one in (model, folded))
    assert relative(after, before) < 1e-6
    for module in float_network(folded).modules():
        if isinstance(module, nn.BatchNorm2d):
            torch.testing.assert_close(module.weight, (module.running_var + module.eps).sqrt())  # it multiplies by one


def test_rounding_per_channel_commutes_with_folding_and_per_layer_does_not():
    model = float_model()
    calibrations = {folded: calibrate(model, images(), folded=folded) for folded in (True, False)}
    for granularity, (low, high) in {"channel": (0.0, 1e-5), "tensor": (1e-3, 1.0)}.items():
        folded, plain = (
            logits(network_of(quantise(model, QuantPlan(weight_bits=4, granularity=granularity, folded=folded), one)))
            for folded, one in calibrations.items())
        assert low <= relative(folded, plain) <= high


@pytest.mark.parametrize("name", NAMES)
def test_eight_bits_change_little_and_fewer_bits_change_more(name):
    model = float_model(name)
    calibration, before = calibrate(model, images(), folded=True), logits(float_network(model))
    changes = [float((logits(network_of(quantise(model, QuantPlan(weight_bits=bits, activation_bits=bits), calibration)))
                      - before).norm() / before.norm()) for bits in (16, 8, 4, 2)]
    assert changes == sorted(changes)
    assert changes[0] < 1e-3
    assert changes[1] < 0.05


def test_layers_that_round_in_every_pass_agree_with_weights_rounded_once():
    model = float_model("resnet20", width=2)
    plan = QuantPlan(weight_bits=3, activation_bits=4, folded=False)
    calibration = calibrate(model, images(), folded=False)
    once = network_of(quantise(model, plan, calibration))
    live = float_network(model)
    names = list(live.state_dict())
    install(live, plan_layers(plan, calibration))
    assert list(live.state_dict()) == names
    torch.testing.assert_close(logits(live), logits(once))


def test_coverage_is_reported_module_by_module():
    model = float_model()
    plan = QuantPlan(weight_bits=4, activation_bits=6, edges_at_8_bits=True, bits_by_layer={"hidden": 3})
    quantised = quantise(model, plan, calibrate(model, images(8), folded=True))
    rows = {report.layer: report for report in quantised.layers}
    assert [(rows[layer].weight_bits, rows[layer].activation_bits) for layer in ("blocks.0.0", "blocks.1.0", "hidden", "head")] == [
        (8, 8), (4, 6), (3, 6), (8, 8)]
    assert rows["blocks.0.1"].reason == "only convolutions and linear layers are quantised"
    assert sum(report.n_weights for report in rows.values() if report.kind != "BatchNorm2d") == sum(
        value.numel() for value in model.state.values() if value.ndim > 1)
    for layer, report in rows.items():
        weight = quantised.state[f"{layer}.weight"]
        assert report.n_zero == int((weight == 0).sum())
        if report.weight_bits < 32:
            assert all(len(channel.unique()) <= 2**report.weight_bits - 1 for channel in weight)


def test_weights_only_activations_only_and_the_image():
    model = float_model()
    calibration = calibrate(model, images(8), folded=False)
    weights = quantise(model, QuantPlan(weight_bits=2, folded=False), calibration)
    assert not weights.activations
    activations = quantise(model, QuantPlan(activation_bits=2, folded=False), calibration)
    torch.testing.assert_close(activations.state, model.state, rtol=0.0, atol=0.0)
    assert [grid.bits for grid in activations.activations.values()] == [8, 2, 2, 2, 2]  # the image keeps 8 bits


def test_size_by_hand():
    model = float_model("mlp", width=1)  # 144 x 16, 16 x 16, 16 x 3 and 35 biases
    calibration = calibrate(model, images(8), folded=True)
    n_weights, n_channels, n_biases = 144 * 16 + 16 * 16 + 16 * 3, 35, 35
    assert size_bytes(quantise(model, QuantPlan(), calibration)) == 4 * (n_weights + n_biases)
    four = quantise(model, QuantPlan(weight_bits=4, activation_bits=8), calibration)
    assert size_bytes(four) == n_weights / 2 + 4 * (n_channels + n_biases) + 3 * 8
    one_step = quantise(model, QuantPlan(weight_bits=4, granularity="tensor"), calibration)
    assert size_bytes(one_step) == n_weights / 2 + 4 * (3 + n_biases)


def test_batch_norm_is_measured_anew_exactly():
    """One batch: the averages are the mean and the unbiased variance of what reaches each norm."""
    model = float_model()
    for folded in (True, False):
        calibration = calibrate(model, images(8), folded=folded)
        rounded = quantise(model, QuantPlan(weight_bits=2, folded=folded), calibration)
        measured = reestimate(rounded, images(64))
        seen = {}
        network = network_of(measured)
        network.blocks[0][1].register_forward_pre_hook(lambda module, inputs, seen=seen: seen.update(x=inputs[0]))
        logits_before = network.train()(to_input(images(64)))[0]
        torch.testing.assert_close(measured.state["blocks.0.1.running_mean"], seen["x"].mean((0, 2, 3)))
        torch.testing.assert_close(measured.state["blocks.0.1.running_var"], seen["x"].var((0, 2, 3)))
        # on its own batch the network then answers as in training mode, up to the factor n / (n - 1) of the variance
        torch.testing.assert_close(evaluate(network_of(measured), images(64))[0], logits_before, rtol=0.02, atol=0.02)
    flat = float_model("mlp")
    rounded = quantise(flat, QuantPlan(weight_bits=2), calibrate(flat, images(8), folded=True))
    assert reestimate(rounded, images(8)).state.keys() == rounded.state.keys()


def test_folded_statistics_measured_anew_on_the_float_network_change_nothing():
    """The folded norm keeps its factor apart from its variance, so that measuring anew is the same with and without folding."""
    model = float_model()
    outputs = []
    for folded in (True, False):
        float_plan = QuantPlan(folded=folded)
        same = quantise(model, float_plan, calibrate(model, images(8), folded=folded))
        outputs.append(logits(network_of(reestimate(same, images(64)))))
    assert relative(outputs[0], outputs[1]) < 5e-3  # eps weighs differently beside the folded variance


@pytest.mark.parametrize("kind, wanted", [("balanced", {0: 4, 1: 3, 2: 3}), ("majority", {0: 10})])
def test_calibration_sets(kind, wanted):
    groups = np.array([0] * 80 + [1] * 15 + [2] * 5)
    rows = calibration_rows(groups, 10, kind, np.random.default_rng(0))
    assert len(set(rows)) == 10
    assert dict(zip(*np.unique(groups[rows], return_counts=True), strict=True)) == wanted
    natural = calibration_rows(groups, 100, "natural", np.random.default_rng(0))
    assert natural.tolist() == list(range(100))


def test_bad_requests_are_one_sentence():
    model = float_model()
    groups = np.array([0] * 80 + [1] * 5)
    with pytest.raises(InputError, match=r"balanced calibration on 20 samples needs 10 of group 1, got 5: calibrate on fewer"):
        calibration_rows(groups, 20, "balanced", np.random.default_rng(0))
    with pytest.raises(InputError, match=r"majority calibration on 81 samples needs 81 of the largest group, got 80"):
        calibration_rows(groups, 81, "majority", np.random.default_rng(0))
    with pytest.raises(InputError, match=r"bits must be a whole number from 2 to 16, or 32 for float, got 17\.$"):
        widths(["head"], QuantPlan(weight_bits=17))
    with pytest.raises(InputError, match="bits by layer must name layers out of head, got neck"):
        widths(["head"], QuantPlan(bits_by_layer={"neck": 4}))
    with pytest.raises(InputError, match="must both fold BatchNorm or both not"):
        quantise(model, QuantPlan(folded=True), calibrate(model, images(8), folded=False))
    with pytest.raises(InputError, match="calibration needs at least one image"):
        calibrate(model, images(0), folded=True)
    with pytest.raises(InputError, match="BatchNorm statistics need at least 2 images, got 1"):
        reestimate(quantise(model, QuantPlan(), calibrate(model, images(8), folded=True)), images(1))


def test_rounding_the_state_leaves_everything_but_the_weights():
    model = float_model()
    layers = widths(["blocks.0.0"], QuantPlan(weight_bits=2))
    rounded = dequantised_state(model.state, layers)
    changed = [name for name, value in model.state.items() if not torch.equal(value, rounded[name])]
    assert changed == ["blocks.0.0.weight"]
    assert torch.equal(dequantised_state(rounded, layers)["blocks.0.0.weight"], rounded["blocks.0.0.weight"])
