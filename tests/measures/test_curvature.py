"""Curvature against dense Hessians, closed forms and PyTorch's own differentiation, in float64."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.func import functional_call

from core.lab.errors import InputError
from core.lab.seeds import torch_seed
from core.measures import curvature, plain_graph
from core.measures.curvature import curvature_by_group, group_gradients, lanczos_start, surfaces_by_group
from core.measures.lanczos import hutchinson_trace, rademacher, top_eigenpair
from core.measures.loss_surface import LossSurface, flat, graph_bytes
from core.measures.plain_graph import plain_copy


class Small(nn.Module):
    """Convolution and norm, a shortcut, a linear layer and norm, tanh for a smooth loss; returns (logits, features)."""

    def __init__(self):
        super().__init__()
        self.stem, self.stem_norm = nn.Conv2d(1, 2, 3, padding=1, bias=False), nn.BatchNorm2d(2)
        self.block, self.block_norm = nn.Conv2d(2, 2, 3, padding=1), nn.BatchNorm2d(2)
        self.hidden, self.hidden_norm, self.head = nn.Linear(8, 4), nn.BatchNorm1d(4), nn.Linear(4, 3)

    def forward(self, x):
        x = torch.tanh(self.stem_norm(self.stem(x)))
        x = torch.tanh(x + self.block_norm(self.block(x)))
        features = torch.tanh(self.hidden_norm(self.hidden(nn.functional.avg_pool2d(x, 2).flatten(1))))
        return self.head(features), features


@pytest.fixture(scope="module")
def case():
    """Network with lived-in statistics, inputs, classes, groups, and the dense Hessian and gradient of each group."""
    torch.manual_seed(0)
    network = Small().double()
    with torch.no_grad():
        for _ in range(3):
            network(torch.randn(16, 1, 4, 4, dtype=torch.float64) * 2 + 1)
        for weight in network.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    network.eval()
    x, y = torch.randn(30, 1, 4, 4, dtype=torch.float64), torch.randint(3, (30,))
    groups = torch.tensor([0] * 15 + [1] * 10 + [2] * 5)
    return network, x, y, groups, [dense(network, x[groups == g], y[groups == g]) for g in range(3)]


def dense(network, x, y):
    """Gradient and Hessian by the definition."""
    weights = {name: weight.detach() for name, weight in network.named_parameters()}
    shapes = [(name, weight.shape, weight.numel()) for name, weight in weights.items()]

    def loss(vector):
        parts = zip(shapes, vector.split([n for *_, n in shapes]), strict=True)
        parts = {name: part.view(shape) for (name, shape, _), part in parts}
        return nn.functional.cross_entropy(functional_call(network, (parts, dict(network.named_buffers())), (x,))[0], y)

    here = flat(weights.values())
    return torch.autograd.functional.jacobian(loss, here), torch.autograd.functional.hessian(loss, here)


def test_everything_equals_the_dense_hessian(case):
    network, x, y, groups, reference = case
    found = curvature_by_group(network, x, y, groups, 3, seed=0, tolerance=1e-12, most_products=200, n_probes=3)
    for group, (gradient, matrix) in enumerate(reference):
        assert found.eigenvalue[group] == pytest.approx(float(torch.linalg.eigvalsh(matrix)[-1]), rel=1e-8)
        assert found.gradient_norm[group] == pytest.approx(float(gradient.norm()), rel=1e-10)
    assert found.n_samples.tolist() == [15, 10, 5]
    coarse = curvature_by_group(network, x, y, groups, 3, seed=0, tolerance=0.1, n_probes=3)
    for group, (gradient, matrix) in enumerate(reference):
        known = top_eigenpair(lambda v, matrix=matrix: matrix @ v, lanczos_start(gradient, 0), tolerance=0.1).basis
        rest = torch.eye(len(gradient), dtype=torch.float64) - known.T @ known
        probes = rademacher(3, gradient, torch_seed(0, "trace probes")) @ rest
        by_hand = torch.stack([probe @ matrix @ probe for probe in probes])
        assert coarse.trace[group] == pytest.approx(float(by_hand.mean() + torch.trace(known @ matrix @ known.T)), rel=1e-7)
        assert coarse.trace_error[group] == pytest.approx(float(by_hand.std()) / 3**0.5, rel=1e-7)


@pytest.mark.parametrize("keep_graph", (True, False))
def test_products_equal_the_dense_hessian_with_and_without_a_kept_graph(case, keep_graph, monkeypatch):
    network, x, y, groups, reference = case
    monkeypatch.setattr("core.measures.loss_surface.BATCH", 4)
    for group, (gradient, matrix) in enumerate(reference):
        chosen = groups == group
        surface = LossSurface(plain_copy(network, x), x[chosen], y[chosen], keep_graph=keep_graph, decay=0.1)
        weights = flat(network.parameters()).detach()
        vector = torch.randn_like(gradient)
        torch.testing.assert_close(surface.gradient, gradient + 0.1 * weights, rtol=1e-9, atol=1e-11)
        torch.testing.assert_close(surface.product(vector), matrix @ vector + 0.1 * vector, rtol=1e-9, atol=1e-10)
        loss = nn.functional.cross_entropy(network(x[chosen])[0], y[chosen]) + 0.05 * weights.square().sum()
        assert surface.value == pytest.approx(loss.item(), rel=1e-12)


def test_products_are_symmetric_and_add_up_over_groups(case):
    network, x, y, groups, _ = case
    surfaces = list(surfaces_by_group(network, x, y, groups, 3))
    whole = next(surfaces_by_group(network, x, y, torch.zeros_like(groups), 1))
    u, v = torch.randn(2, len(whole.gradient), dtype=torch.float64)
    for surface in surfaces:
        assert float(u @ surface.product(v)) == pytest.approx(float(v @ surface.product(u)), rel=1e-9)
    shares = [surface.n_samples / len(x) for surface in surfaces]
    torch.testing.assert_close(sum(s * surface.product(v) for s, surface in zip(shares, surfaces, strict=True)), whole.product(v))
    torch.testing.assert_close(sum(s * surface.gradient for s, surface in zip(shares, surfaces, strict=True)), whole.gradient)
    torch.testing.assert_close(group_gradients(network, x, y, groups, 3), torch.stack([s.gradient for s in surfaces]))


def test_logistic_regression_has_its_closed_form():
    """Two classes with logits (w x, 0): the Hessian of w is X^T diag(p (1 - p)) X / n."""
    class OneRow(nn.Module):
        def __init__(self):
            super().__init__()
            self.row = nn.Parameter(torch.tensor([0.4, -0.8, 0.2], dtype=torch.float64))

        def forward(self, x):
            return torch.stack([x @ self.row, torch.zeros(len(x), dtype=x.dtype)], dim=1)

    torch.manual_seed(1)
    network, x, y = OneRow(), torch.randn(20, 3, dtype=torch.float64), torch.randint(2, (20,))
    p = torch.sigmoid(x @ network.row).detach()
    matrix = x.T @ torch.diag(p * (1 - p)) @ x / 20
    found = curvature_by_group(network, x, y, torch.zeros(20, dtype=torch.int64), 1, seed=0, tolerance=1e-12)
    assert found.eigenvalue[0] == pytest.approx(float(torch.linalg.eigvalsh(matrix)[-1]), rel=1e-10)


def test_folding_changes_no_value_and_no_derivative_but_leaves_shared_outputs_alone(case):
    network, x, *_ = case
    before = copy.deepcopy(network.state_dict())
    plain = plain_copy(network, x)
    torch.testing.assert_close(plain(x)[0], network(x)[0], rtol=1e-12, atol=1e-12)
    assert all(norm.forward is plain_graph._as_it_comes for norm in (plain.stem_norm, plain.block_norm, plain.hidden_norm))
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())

    class Elsewhere(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.norm = nn.Linear(3, 3), nn.BatchNorm1d(3)
            nn.init.uniform_(self.norm.weight, 0.2, 0.6)

        def forward(self, x):
            x = self.layer(x)
            return x + self.norm(x)

    network, x = Elsewhere().eval(), torch.randn(5, 3)
    torch.testing.assert_close(plain_copy(network, x)(x), network(x))


def test_a_graph_too_large_for_memory_is_not_kept(case, monkeypatch):
    network, x, y, groups, _ = case
    kept = [surface._graph is not None for surface in surfaces_by_group(network, x, y, groups, 3)]
    small = graph_bytes(plain_copy(network, x), x[:1], y[:1])
    assert graph_bytes(plain_copy(network, x), x[:7], y[:7]) == 7 * small > 0
    monkeypatch.setattr(curvature, "MOST_GRAPH_BYTES", 6 * small)
    limited = [surface._graph is not None for surface in surfaces_by_group(network, x, y, groups, 3)]
    assert (kept, limited) == ([True] * 3, [False, False, True])


@settings(max_examples=25)
@given(n=st.integers(1, 12), seed=st.integers(0, 99), shift=st.floats(-5, 5))
def test_lanczos_finds_the_largest_algebraic_value_of_any_symmetric_matrix(n, seed, shift):
    random = torch.Generator().manual_seed(seed)
    matrix = torch.randn(n, n, generator=random, dtype=torch.float64)
    matrix = matrix + matrix.T + shift * torch.eye(n, dtype=torch.float64)
    top = top_eigenpair(lambda v: matrix @ v, torch.randn(n, generator=random, dtype=torch.float64), tolerance=1e-13)
    values = torch.linalg.eigvalsh(matrix)
    assert top.value == pytest.approx(float(values[-1]), abs=1e-8)
    assert float((matrix @ top.vector - top.value * top.vector).norm()) < 1e-5
    assert top.n_products <= n


def test_a_large_negative_eigenvalue_does_not_count():
    matrix = torch.diag(torch.tensor([-100.0, 1.0, 3.0], dtype=torch.float64))
    assert top_eigenpair(lambda v: matrix @ v, torch.ones(3, dtype=torch.float64)).value == pytest.approx(3.0, rel=1e-3)


def test_the_zero_matrix_has_eigenvalue_zero():
    assert top_eigenpair(torch.zeros_like, torch.ones(4)).value == 0.0


def test_the_stated_error_covers_the_true_one():
    random = torch.Generator().manual_seed(3)
    q, _ = torch.linalg.qr(torch.randn(60, 60, generator=random, dtype=torch.float64))
    matrix = q @ torch.diag(torch.linspace(0, 1, 60, dtype=torch.float64).pow(8) * 10) @ q.T
    for most in (2, 4, 8):
        top = top_eigenpair(lambda v: matrix @ v, torch.randn(60, generator=random, dtype=torch.float64), most_products=most, tolerance=0)
        assert top.value <= 10 + 1e-9
        distance = (torch.linalg.eigvalsh(matrix) - top.value).abs().min()
        assert float(distance) <= float((matrix @ top.vector - top.value * top.vector).norm()) + 1e-9


def test_hutchinson_by_hand_and_unbiased():
    matrix = torch.tensor([[2.0, 1.0], [1.0, 5.0]], dtype=torch.float64)
    # entries of equal sign give 7 + 2, of opposite sign 7 - 2: mean 7, deviation of the mean sqrt(8 / 2) = 2
    probes = torch.tensor([[1.0, 1.0], [1.0, -1.0]], dtype=torch.float64)
    trace, error = hutchinson_trace(lambda v: matrix @ v, probes)
    assert (trace, error) == pytest.approx((7.0, 2.0))
    many = rademacher(4000, probes[0], seed=1)
    assert set(many.unique().tolist()) == {-1.0, 1.0}
    assert abs(float(many.mean())) < 0.05
    trace, error = hutchinson_trace(lambda v: matrix @ v, many[:400])
    assert abs(trace - 7.0) < 4 * error
    assert np.isnan(hutchinson_trace(lambda v: matrix @ v, probes[:1])[1])


def test_an_empty_group_is_one_sentence(case):
    network, x, y, groups, _ = case
    with pytest.raises(InputError, match=r"at least 1 sample in each of 4 groups, got counts \[15, 10, 5, 0\]"):
        curvature_by_group(network, x, y, groups, 4, seed=0)


def test_what_lanczos_knows_of_the_trace_is_not_left_to_probes():
    random = torch.Generator().manual_seed(3)
    basis, _ = torch.linalg.qr(torch.randn(40, 40, generator=random, dtype=torch.float64))
    values = torch.cat([torch.tensor([50.0, 20.0], dtype=torch.float64), torch.linspace(-1, 1, 38, dtype=torch.float64)])
    matrix = basis @ torch.diag(values) @ basis.T
    start = basis[:, 0] + 0.1 * torch.randn(40, generator=random, dtype=torch.float64)
    top = top_eigenpair(lambda v: matrix @ v, start, tolerance=1e-3)
    assert torch.allclose(top.basis @ top.basis.T, torch.eye(len(top.basis), dtype=torch.float64), atol=1e-10)
    assert top.basis_trace == pytest.approx(float(torch.trace(top.basis @ matrix @ top.basis.T)))
    probes = rademacher(400, start, seed=4)
    plain, known = (hutchinson_trace(lambda v: matrix @ v, probes, known=one) for one in (None, top))
    exact = float(values.sum())
    assert abs(known[0] - exact) < 4 * known[1] + 1e-9
    assert known[1] < 0.7 * plain[1]
    whole = replace(top, basis=basis.T, basis_trace=exact)
    assert hutchinson_trace(lambda v: matrix @ v, probes[:2], known=whole) == pytest.approx((exact, 0.0))
