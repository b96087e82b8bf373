"""The links of the chain, the Taylor terms and the size identity: by hand, against slow references, and where they must hold."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_expit

from core.compression.compressed_model import float_network
from core.compression.group_outputs import activation_change, group_outputs, layer_inputs
from core.compression.groups.config import CompressionConfig
from core.compression.groups.taylor import Samples, mild_settings, terms
from core.compression.identity import compare, logistic_check, logistic_minimum, network_check, shrunk
from core.compression.pruning import prune
from core.measures.curvature import curvature_by_group
from core.training.images import to_input
from tests.compression.networks import float_model, images

GROUPS = torch.arange(24) % 3


def test_outputs_by_hand():
    # sample 0: logits (ln 3, 0), class 0: p = (3/4, 1/4); sample 1: (0, 0), class 1: p = (1/2, 1/2), ties go to class 0
    outputs = group_outputs(np.array([[np.log(3), 0.0], [0.0, 0.0]]), np.array([0, 1]), np.array([1, 0]), 2)
    assert outputs["loss"].tolist() == pytest.approx([np.log(2), np.log(4 / 3)])
    assert outputs["accuracy"].tolist() == [0.0, 1.0]
    assert outputs["logit_variance"].tolist() == pytest.approx([0.0, np.log(3) ** 2 / 4])
    assert outputs["margin"].tolist() == pytest.approx([0.0, np.log(3)])
    assert outputs["closeness"].tolist() == pytest.approx([0.5, 1 - 9 / 16 - 1 / 16])


def test_outputs_are_means_over_each_group_and_survive_large_logits():
    random = np.random.default_rng(0)
    logits, labels, groups = 1e4 * random.normal(size=(30, 4)), random.integers(0, 4, 30), np.arange(30) % 3
    outputs = group_outputs(logits, labels, groups, 3)
    losses = torch.nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels), reduction="none").numpy()
    assert outputs["loss"].to_numpy() == pytest.approx(np.array([losses[groups == g].mean() for g in range(3)]))
    assert np.isfinite(outputs.to_numpy()).all()


@pytest.mark.parametrize("name", ("cnn", "mlp"))
def test_activations_change_by_as_much_as_a_loop_says(name):
    model, x = float_model(name), images(24)
    small = prune(model, 0.5)
    paths, found = activation_change(small, x, GROUPS, 3)
    before, after = (float_network(replace(model, state=state)) for state in (small.reference, small.state))
    slow = np.zeros_like(found)
    with torch.no_grad():
        for sample, group in zip(x, GROUPS.tolist(), strict=True):
            for layer, (a, b) in enumerate(zip(layer_inputs(before, to_input(sample[None])), layer_inputs(after, to_input(sample[None])),
                                               strict=True)):
                slow[layer, group] += float((b - a).norm() / a.norm()) / 8
    np.testing.assert_allclose(found, slow, rtol=1e-4, atol=1e-6)
    assert len(paths) == len(found)
    assert (found[0] == 0).all(), "the image itself does not change"
    assert (found[1:] > 0).all()


def test_nothing_changes_where_nothing_was_pruned():
    _, found = activation_change(prune(float_model(), 0.0), images(24), GROUPS, 3)
    assert (found == 0).all()


def along(model, small, x, y):
    """Loss at the small network less that at the float one, and its first two derivatives on the way, in float64."""
    network = float_network(model).double()
    names = [name for name, _ in network.named_parameters()]
    buffers = {name: value.double() for name, value in network.named_buffers()}

    def loss(share):
        weights = {name: model.state[name].double() + share * (small.state[name] - model.state[name]).double() for name in names}
        logits = torch.func.functional_call(network, (weights, buffers), (to_input(x, torch.float64),))[0]
        return torch.nn.functional.cross_entropy(logits, y)

    start = torch.zeros((), dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(loss(start), start, create_graph=True)
    (bend,) = torch.autograd.grad(slope, start)
    return (loss(torch.ones(())) - loss(start)).item(), slope.item(), bend.item() / 2


@pytest.mark.parametrize("name", ("cnn", "mlp"))
def test_taylor_terms_are_the_derivatives_along_the_change(name):
    model, x, y = float_model(name), images(10), torch.arange(10) % 3
    smalls = [prune(model, share) for share in (0.05, 0.3)]
    found = terms(smalls, Samples(x, y), seed=0)
    curvature = curvature_by_group(float_network(model), to_input(x), y, torch.zeros(10, dtype=torch.int64), 1, seed=0)
    for row, small in zip(found, smalls, strict=True):
        assert row[:3] == pytest.approx(along(model, small, x, y), rel=2e-3, abs=2e-6)
        length = sum(float((small.state[key] - model.state[key]).square().sum()) for key in model.state) ** 0.5
        assert row[3] == pytest.approx(curvature.gradient_norm[0] * length, rel=1e-4)
        assert row[4] == pytest.approx(max(curvature.eigenvalue[0], 0) * length**2 / 2, rel=5e-3)
        assert row[0] <= row[3] + row[4]
    missed = np.abs(found[:, 0] - found[:, 1] - found[:, 2])
    assert missed[0] < missed[1], "an expansion is the better the smaller the step"


def test_mild_settings_are_the_mild_ones_and_never_none():
    assert [setting.id for setting in mild_settings(CompressionConfig())] == ["p10", "p50", "w8", "w6", "w5"]
    assert [setting.id for setting in mild_settings(replace(CompressionConfig(), bits="3,2", sparsities="80,95"))] == ["p80", "w3"]


@settings(max_examples=30)
@given(seed=st.integers(0, 999), n_a=st.integers(1, 500), n_b=st.integers(1, 500))
def test_the_inequality_holds_for_any_gradients(seed, n_a, n_b):
    gradient_a, gradient_b = np.random.default_rng(seed).normal(size=(2, 7)) * [[1.0], [10.0]]
    check = compare(gradient_a, gradient_b, n_a, n_b)
    assert abs(check.measured - check.predicted) <= check.residual * (1 + 1e-9)


def test_the_identity_is_exact_at_the_minimum_of_a_logistic_regression():
    random = np.random.default_rng(0)
    features = np.column_stack([random.normal(size=(300, 6)), np.ones(300)])
    y = (random.random(300) < 1 / (1 + np.exp(-features @ random.normal(size=7)))).astype(float)
    is_first = np.arange(300) < 203
    check = logistic_check(features, y, is_first)
    assert check.predicted == pytest.approx(97 / 203)
    assert check.measured == pytest.approx(check.predicted, abs=1e-9)
    assert check.residual < 1e-9


def test_the_minimum_is_scipys():
    random = np.random.default_rng(1)
    features, y = random.normal(size=(200, 5)), (np.arange(200) % 3 == 0).astype(float)

    def objective(weights):
        return -(y * log_expit(features @ weights) + (1 - y) * log_expit(-features @ weights)).mean() + 0.005 * weights @ weights

    theirs = minimize(objective, np.zeros(5), tol=1e-12).x
    np.testing.assert_allclose(logistic_minimum(features, y, decay=0.01), theirs, rtol=1e-4, atol=1e-6)


def test_the_inequality_holds_on_a_network_that_is_at_no_minimum():
    network, is_first = float_network(float_model()), torch.arange(24) < 15
    check = network_check(network, images(24), torch.arange(24) % 3, is_first, decay=5e-4)
    assert (check.n_a, check.n_b) == (15, 9)
    assert abs(check.measured - check.predicted) <= check.residual * (1 + 1e-6)


def test_shrinking_is_a_mean_over_blocks():
    pixels = np.arange(26 * 26, dtype=np.uint8).reshape(1, 26, 26, 1)
    features = shrunk(pixels)
    assert features.shape == (1, 8 * 8 + 1)
    assert features[0, 0] == pytest.approx(pixels[0, :3, :3].mean() / 255)
    assert features[0, -1] == 1.0
    assert shrunk(np.zeros((2, 8, 11, 1), np.uint8)).shape == (2, 89)
