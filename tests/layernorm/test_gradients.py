"""Gradients at every norm's input, and the theoretical bound on them."""

import pytest
import torch
import torch.nn.functional as F

from core.layernorm.bounds import gradient_bounds, largest_singular_value
from core.layernorm.gradient_profiles import gradient_profile
from core.models.normalisation import choose, find_norms
from core.training.variation import Feed
from tests.models.test_normalisation import SHAPE, tiny

N = 7


@pytest.fixture(scope="module")
def feed():
    generator = torch.Generator().manual_seed(3)
    inputs = torch.randn(N, *SHAPE, generator=generator, dtype=torch.float64)
    return Feed(inputs, torch.arange(N) % 3, N, 3, lambda x: x)


def one_by_one(network, places, x, label):
    """Each norm's gradient of one sample, by replacing the norm's input and differentiating once per norm."""
    norms = []
    for place in places:
        met = []

        def hook(module, inputs, met=met):
            met.append(inputs[0])

        handle = network.get_submodule(place.name).register_forward_pre_hook(hook)
        loss = F.cross_entropy(network(x[None])[0], label[None])
        handle.remove()
        norms.append(torch.autograd.grad(loss, met[0])[0].norm())
    return torch.stack(norms)


@pytest.mark.parametrize("placement", ["pre", "post"])
def test_one_backward_pass_equals_one_per_norm_and_sample(feed, placement):
    network = tiny(placement)
    places = choose(find_norms(network))
    found = gradient_profile(network, places, feed, torch.arange(N), feed.labels)
    slow = torch.stack([one_by_one(network, places, feed.inputs[i], feed.labels[i]) for i in range(N)], dim=1)
    assert torch.allclose(found.norms.double(), slow, rtol=1e-5)
    probs = network(feed.inputs)[0].softmax(1).detach()
    assert torch.allclose(found.residuals.double(), (probs - F.one_hot(feed.labels, 3)).norm(dim=1), rtol=1e-5)


def test_labels_that_are_given_back_have_small_gradients(feed):
    """With the output all but certain of a label, its gradients vanish and those of the others do not: the theorem's direction."""
    network = tiny("pre")
    with torch.no_grad():
        network.head.bias += torch.tensor([30.0, 0.0, 0.0], dtype=torch.float64)
    places = choose(find_norms(network))
    rows = torch.arange(N)
    fitted = gradient_profile(network, places, feed, rows, torch.zeros(N, dtype=torch.int64))
    other = gradient_profile(network, places, feed, rows, torch.ones(N, dtype=torch.int64))
    assert (fitted.norms < 1e-6 * other.norms).all()


def test_largest_singular_value_against_the_whole_jacobian():
    network = tiny("pre")
    layer = network.blocks[0].attention
    x = torch.randn(2, 4, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = largest_singular_value(layer, x, iterations=200)
    for sample, expected in zip(x, found, strict=True):
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
            output = layer(sample.requires_grad_()[None])[0].flatten()
            whole = torch.stack([torch.autograd.grad(value, sample, retain_graph=True)[0].flatten() for value in output])
        assert expected.item() == pytest.approx(torch.linalg.matrix_norm(whole, 2).item(), rel=1e-6)


@pytest.mark.parametrize("placement", ["pre", "post"])
@pytest.mark.parametrize("disturb", [0.0, 0.5])
def test_the_bound_bounds(feed, placement, disturb):
    network = tiny(placement, disturb=disturb, seed=5)
    places = choose(find_norms(network))
    found = gradient_profile(network, places, feed, torch.arange(N), feed.labels)
    bounds = gradient_bounds(network, feed.inputs) * found.residuals
    assert bounds.shape == (6, N)
    assert (found.norms <= 1.0001 * bounds).all()
    if placement == "pre":
        assert (bounds[:-1] >= bounds[1:]).all(), "each factor is at least 1, so the bound falls with depth"
