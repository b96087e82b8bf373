"""Attribution maps against derivations by hand and slow references, and the share of them on a mark."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import nn

from core.lab.errors import InputError
from core.models.registry import build
from core.spurious.attribution import attribution_maps, last_feature_map, mean_share_on_mark, share_on_mark
from core.spurious.study.evidence import scaled_together
from core.training.images import to_input

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 1)).astype(np.uint8)


class Linear(nn.Module):
    """Logits that are linear in the pixels: every attribution is known."""

    def __init__(self, weights: torch.Tensor) -> None:
        super().__init__()
        self.weights = nn.Parameter(weights)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x.flatten(1) @ self.weights, x.flatten(1)


def network(name: str = "cnn") -> nn.Module:
    torch.manual_seed(3)
    return build(name, n_classes=2, image_shape=(1, 16, 16), width=4).eval()


def contrast(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    logits, _ = model(x)
    return logits[:, 1] - logits[:, 0]


def test_of_a_linear_network_by_hand():
    """The derivative is the difference of two columns; from black (-2) the path integral is that times the distance to black."""
    weights = torch.randn(256, 2, generator=torch.Generator().manual_seed(0))
    slope = (weights[:, 1] - weights[:, 0]).reshape(16, 16).numpy()
    plain = attribution_maps(Linear(weights), IMAGES, method="input_gradient", towards=1, against=0)
    np.testing.assert_allclose(plain, np.broadcast_to(slope, plain.shape), rtol=1e-5)
    path = attribution_maps(Linear(weights), IMAGES, method="integrated_gradients", towards=1, against=0, steps=3)
    np.testing.assert_allclose(path, slope * (IMAGES[..., 0] / 255 * 4), rtol=1e-4, atol=1e-5)


def test_integrated_gradients_against_a_sum_of_gradients_in_float64():
    model = network()
    found = attribution_maps(model, IMAGES, method="integrated_gradients", towards=1, against=0, steps=20)
    model = model.double()
    x = to_input(torch.from_numpy(IMAGES), torch.float64)
    nodes, weights = np.polynomial.legendre.leggauss(20)
    expected = torch.zeros_like(x)
    for node, weight in zip(nodes, weights, strict=True):
        point = (-2.0 + (node + 1) / 2 * (x + 2.0)).requires_grad_()
        expected += weight / 2 * torch.autograd.grad(contrast(model, point).sum(), point)[0] * (x + 2.0)
    np.testing.assert_allclose(found, expected[:, 0], atol=1e-4)


def test_integrated_gradients_add_up_to_the_change_of_the_answer():
    model = network()
    maps = attribution_maps(model, IMAGES, method="integrated_gradients", towards=0, against=1, steps=200)
    with torch.no_grad():
        change = -contrast(model, to_input(torch.from_numpy(IMAGES))) + contrast(model, torch.full((1, 1, 16, 16), -2.0))
    np.testing.assert_allclose(maps.sum((1, 2)), change, rtol=0.03, atol=0.01)


def test_grad_cam_against_its_definition():
    """Mean gradient of each channel times the channel, summed, negative parts dropped, enlarged."""
    model = network()
    layer = last_feature_map(model, torch.zeros(1, 1, 16, 16))
    assert layer is model.blocks[2]
    kept = []
    handle = layer.register_forward_hook(lambda module, inputs, output: kept.append(output))
    answer = contrast(model, to_input(torch.from_numpy(IMAGES))).sum()
    gradient = torch.autograd.grad(answer, kept[0])[0]
    handle.remove()
    small = torch.relu((gradient.mean((2, 3), keepdim=True) * kept[0]).sum(1, keepdim=True))
    expected = nn.functional.interpolate(small, (16, 16), mode="bilinear")[:, 0].detach()
    found = attribution_maps(model, IMAGES, method="grad_cam", towards=1, against=0)
    assert found.shape == (3, 16, 16)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_grad_cam_looks_at_the_end_of_a_residual_network():
    model = network("resnet20")
    assert last_feature_map(model, torch.zeros(1, 1, 16, 16)) is model.stages


def test_what_cannot_be_explained():
    with pytest.raises(InputError, match="one without convolutions"):
        attribution_maps(network("mlp"), IMAGES, method="grad_cam", towards=1, against=0)
    with pytest.raises(InputError, match="got 'saliency'"):
        attribution_maps(network(), IMAGES, method="saliency", towards=1, against=0)


def test_share_by_hand():
    """Absolute values 1, 2 on the mark and 3, 2 off it; an empty map has no share and does not count in the mean."""
    maps = np.array([[[1.0, -2.0], [-3.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]]])
    mark = np.array([[True, True], [False, False]])
    np.testing.assert_allclose(share_on_mark(maps, mark), [3 / 8, np.nan])
    assert mean_share_on_mark(maps, mark) == 3 / 8
    assert np.isnan(mean_share_on_mark(maps[1:], mark))


def test_a_network_that_reads_only_the_mark():
    weights = torch.zeros(16, 16, 2)
    weights[1:4, 1:4, 1] = 1.0
    mark = np.zeros((16, 16), bool)
    mark[1:4, 1:4] = True
    for method in ("input_gradient", "integrated_gradients"):
        maps = attribution_maps(Linear(weights.reshape(256, 2)), IMAGES, method=method, towards=1, against=0)
        assert mean_share_on_mark(maps, mark) == pytest.approx(1.0)


@given(arrays(np.float64, (4, 5, 5), elements=st.floats(0.01, 10)), arrays(bool, (5, 5)), st.floats(0.1, 100))
def test_share_is_a_share(maps, mark, factor):
    share = share_on_mark(maps, mark)
    assert np.all((share >= 0) & (share <= 1 + 1e-12))
    np.testing.assert_allclose(share_on_mark(-factor * maps, mark), share, atol=1e-12)
    np.testing.assert_allclose(share + share_on_mark(maps, ~mark), 1.0)
    np.testing.assert_allclose(share_on_mark(np.ones((1, 5, 5)), mark), mark.mean())


def test_maps_of_one_image_share_a_scale():
    """Largest absolute values 4 and 2 of two networks on one image become 1 and 0.5; the other image keeps a scale of its own."""
    maps = np.array([[[4.0, -1.0]], [[3.0, 0.0]], [[-2.0, 1.0]], [[6.0, 0.0]]])
    table = pd.DataFrame({"model": ["a", "a", "b", "b"], "method": "grad_cam", "image": [5, 6, 5, 6]})
    np.testing.assert_allclose(scaled_together(maps, table), [[[1.0, -0.25]], [[0.5, 0.0]], [[-0.5, 0.25]], [[1.0, 0.0]]])
    assert scaled_together(np.zeros((4, 1, 2)), table).tolist() == np.zeros((4, 1, 2)).tolist()
