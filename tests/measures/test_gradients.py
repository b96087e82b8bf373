import warnings

import pytest
import torch
from torch import nn

from core.measures import gradients
from core.measures.gradients import gradient_norms, input_gradient_norms, parameter_gradient_norms


class Residual(nn.Module):
    """A small network with every covered layer, an in-place activation, a skip connection and a (logits, features) output."""

    def __init__(self, norm="batch"):
        super().__init__()
        def normed():
            return nn.BatchNorm2d(6) if norm == "batch" else nn.GroupNorm(2, 6)

        self.stem = nn.Conv2d(2, 6, 3, padding=1, bias=False)
        self.norm_1, self.norm_2 = normed(), normed()
        self.conv = nn.Conv2d(6, 6, 3, padding=1, stride=1)
        self.down = nn.Conv2d(6, 9, 2, stride=2, dilation=2)
        self.dropout = nn.Dropout(0.5)
        self.hidden, self.layer_norm = nn.Linear(9, 5), nn.LayerNorm(5)
        self.head = nn.Linear(5, 4)

    def forward(self, x):
        x = nn.functional.relu(self.norm_1(self.stem(x)), inplace=True)
        x = nn.functional.relu(x + self.norm_2(self.conv(x)), inplace=True)
        x = self.down(x).mean((2, 3))
        features = torch.tanh(self.layer_norm(self.hidden(self.dropout(x))))
        return self.head(features), features


class Shared(nn.Module):
    """One layer used twice, which the one-pass rule must not cover."""

    def __init__(self):
        super().__init__()
        self.first, self.twice, self.head = nn.Linear(6, 5), nn.Linear(5, 5), nn.Linear(5, 3)

    def forward(self, x):
        return self.head(torch.tanh(self.twice(torch.tanh(self.twice(torch.tanh(self.first(x)))))))


class Tokens(nn.Module):
    """A linear layer over a sequence and layer norm over two axes."""

    def __init__(self):
        super().__init__()
        self.embed, self.norm, self.head = nn.Linear(3, 4), nn.LayerNorm((7, 4)), nn.Linear(4, 3)

    def forward(self, x):
        return self.head(torch.tanh(self.norm(self.embed(x))).mean(1))


def autograd_loop(model, x, y):
    """The definition: one backward pass per sample."""
    norms = []
    for sample, label in zip(x, y, strict=True):
        sample = sample[None].clone().requires_grad_()
        output = model(sample)
        loss = nn.functional.cross_entropy(output[0] if isinstance(output, tuple) else output, label[None])
        at_input, *at_weights = torch.autograd.grad(loss, [sample, *model.parameters()])
        norms.append((at_input.norm(), torch.sqrt(sum(gradient.square().sum() for gradient in at_weights))))
    return [torch.stack(column) for column in zip(*norms, strict=True)]


def with_lived_in_statistics(model, shape):
    """Random running statistics and affine weights: fresh ones are 0 and 1 and would hide mistakes."""
    with torch.no_grad():
        for _ in range(3):
            model(torch.randn(16, *shape, dtype=torch.float64) * 2 + 1)
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return model.eval()


CASES = {
    "convolutions, batch norm": (lambda: Residual("batch"), (2, 9, 9), 4, True),
    "convolutions, group norm": (lambda: Residual("group"), (2, 9, 9), 4, True),
    "long feature maps": (
        lambda: nn.Sequential(nn.Conv2d(2, 3, 3), nn.Tanh(), nn.Flatten(), nn.Linear(300, 3)), (2, 12, 12), 3, True),
    "batch norm over vectors": (
        lambda: nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 3)), (6,), 3, True),
    "sequences": (Tokens, (7, 3), 3, True),
    "a shared layer": (Shared, (6,), 3, False),
    "a grouped convolution": (
        lambda: nn.Sequential(nn.Conv2d(2, 4, 3, groups=2), nn.Tanh(), nn.Flatten(), nn.Linear(100, 3)), (2, 7, 7), 3, False),
    "reflecting borders": (
        lambda: nn.Sequential(nn.Conv2d(2, 4, 3, padding=1, padding_mode="reflect"), nn.Flatten(), nn.Linear(100, 3)),
        (2, 5, 5), 3, False),
}


@pytest.mark.parametrize("build, shape, n_classes, is_one_pass", CASES.values(), ids=CASES)
def test_norms_equal_a_loop_of_autograd(build, shape, n_classes, is_one_pass, monkeypatch):
    torch.manual_seed(0)
    model = with_lived_in_statistics(build().double(), shape)
    x, y = torch.randn(11, *shape, dtype=torch.float64), torch.randint(n_classes, (11,))
    calls = []
    original = gradients._norms_by_vmap
    monkeypatch.setattr(gradients, "_norms_by_vmap", lambda *args: calls.append(1) or original(*args))
    norms = gradient_norms(model, x, y, batch_size=4)
    at_input, at_weights = autograd_loop(model, x, y)
    torch.testing.assert_close(norms.inputs, at_input, rtol=1e-8, atol=1e-10)
    torch.testing.assert_close(norms.parameters, at_weights, rtol=1e-8, atol=1e-10)
    assert bool(calls) != is_one_pass


def test_by_hand():
    # Logits (w x, 0) with w = 2, x = 1: p = sigma(2); d loss / d logits = (p - 1, 1 - p); weight gradient = that times x.
    model = nn.Linear(1, 2, bias=False).double()
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[2.0], [0.0]]))
    p = torch.sigmoid(torch.tensor(2.0, dtype=torch.float64))
    x, y = torch.ones(1, 1, dtype=torch.float64), torch.tensor([0])
    assert parameter_gradient_norms(model, x, y).item() == pytest.approx(((1 - p) * 2**0.5).item())
    assert input_gradient_norms(model, x, y).item() == pytest.approx(((1 - p) * 2).item())


def test_norms_equal_opacus():
    pytest.importorskip("opacus", reason="Opacus is a test-only dependency")
    from opacus.grad_sample import GradSampleModule

    torch.manual_seed(1)
    layers = nn.Conv2d(1, 4, 3, padding=1), nn.GroupNorm(2, 4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 64, 5)
    model = nn.Sequential(*layers).double()
    x, y = torch.randn(9, 1, 8, 8, dtype=torch.float64), torch.randint(5, (9,))
    ours = parameter_gradient_norms(model, x, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wrapped = GradSampleModule(model, loss_reduction="sum")
        nn.functional.cross_entropy(wrapped(x), y, reduction="sum").backward()
    squares = sum(weight.grad_sample.flatten(1).square().sum(1) for weight in wrapped.parameters())
    torch.testing.assert_close(ours, squares.sqrt(), rtol=1e-8, atol=1e-10)


def test_batches_and_mode_leave_no_trace():
    torch.manual_seed(2)
    model = Residual().double().train()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    x, y = torch.randn(10, 2, 9, 9, dtype=torch.float64), torch.randint(4, (10,))
    whole, chunked = gradient_norms(model, x, y), gradient_norms(model, x, y, batch_size=3)
    torch.testing.assert_close(whole.parameters, chunked.parameters, rtol=1e-10, atol=0)
    assert model.training
    assert not model.stem._forward_hooks
    assert all(parameter.grad is None for parameter in model.parameters())
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])
