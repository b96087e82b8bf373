"""Early-learning regularisation: targets and penalty by hand, the gradient against finite differences and against its formula."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.layernorm.elr import early_learning, elr_penalty, updated_targets


def draw(seed, *shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_by_hand():
    logits = torch.log(torch.tensor([[0.5, 0.3, 0.2]], dtype=torch.float64))
    targets = updated_targets(torch.tensor([[0.0, 0.0, 1.0]], dtype=torch.float64), logits, memory=0.75)
    torch.testing.assert_close(targets, torch.tensor([[0.125, 0.075, 0.8]], dtype=torch.float64))
    # <p, t> = 0.0625 + 0.0225 + 0.16
    assert elr_penalty(logits, targets).item() == pytest.approx(math.log(1 - 0.245))


def test_gradient_against_finite_differences():
    logits, targets = draw(0, 5, 4).requires_grad_(), draw(1, 5, 4).softmax(-1) * 0.7
    assert torch.autograd.gradcheck(lambda z: elr_penalty(z, targets), (logits,))


def test_gradient_is_the_formula_of_the_docstring():
    logits, targets = draw(2, 3, 4).requires_grad_(), draw(3, 3, 4).softmax(-1)
    elr_penalty(logits, targets).backward()
    p = logits.detach().softmax(-1)
    pull = (p * targets).sum(-1, keepdim=True) - targets * p.sum(-1, keepdim=True)  # sum_k (t_k - t_c) p_k
    torch.testing.assert_close(logits.grad, p / (1 - (p * targets).sum(-1, keepdim=True)) * pull / 3)


@given(seed=st.integers(0, 1000), memory=st.floats(0.0, 0.99))
def test_targets_stay_part_of_a_distribution_and_the_penalty_is_never_positive(seed, memory):
    targets = torch.zeros(6, 5, dtype=torch.float64)
    for step in range(3):
        logits = 8 * draw(seed + step, 6, 5)
        targets = updated_targets(targets, logits, memory)
        assert targets.min() >= 0
        assert targets.sum(-1).max() <= 1 + 1e-12
        assert math.isfinite(elr_penalty(logits, targets).item())
        assert elr_penalty(logits, targets) <= 0


def test_the_more_it_agrees_with_its_targets_the_smaller_the_penalty():
    targets = torch.tensor([[0.9, 0.1]])
    penalties = [elr_penalty(torch.tensor([[z, 0.0]]), targets).item() for z in (-2.0, 0.0, 2.0, 30.0)]
    assert penalties == sorted(penalties, reverse=True)
    assert math.isfinite(penalties[-1])


def test_a_wrong_label_is_pulled_back_to_the_early_answer():
    """After answering class 0 for long, a sample labelled 1 has a gradient towards 0 that cross-entropy alone would not give."""
    objective = early_learning(3.0, 0.7)(1, 2, "cpu")
    row, label = torch.tensor([0]), torch.tensor([1])
    early = torch.tensor([[4.0, 0.0]])
    for _ in range(20):
        objective(early, label, row)
    logits = torch.tensor([[-1.0, 1.0]], requires_grad=True)
    plain = torch.nn.functional.cross_entropy(logits, label)
    (plain_gradient,) = torch.autograd.grad(plain, logits)
    (gradient,) = torch.autograd.grad(objective(logits, label, row), logits)
    assert plain_gradient[0, 0] > 0  # plain training pushes class 0 down
    assert gradient[0, 0] < plain_gradient[0, 0]


def test_without_strength_it_is_cross_entropy_and_samples_have_targets_of_their_own():
    logits, labels = draw(4, 4, 3).float(), torch.tensor([0, 1, 2, 1])
    plain = early_learning(0.0, 0.7)(9, 3, "cpu")
    torch.testing.assert_close(plain(logits, labels, torch.tensor([5, 0, 2, 8])), torch.nn.functional.cross_entropy(logits, labels))
    together, apart = early_learning(3.0, 0.7)(4, 3, "cpu"), early_learning(3.0, 0.7)(4, 3, "cpu")
    for shift in (0.0, 1.0):
        value = together(logits + shift, labels, torch.arange(4))
        each = [apart((logits + shift)[i:i + 1], labels[i:i + 1], torch.tensor([i])) for i in (2, 0, 3, 1)]
    torch.testing.assert_close(value, torch.stack(each).mean())
