"""RelaxLoss in both forms: branches by hand, gradients, and what the card calls safe to say of it."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.func import vmap

from core.measures.roc import auc_many
from core.privacy.defences.loss_levels import level_epochs
from core.privacy.defences.relaxloss import relaxed_loss, soft_targets
from core.privacy.signals import loss_per_sample
from tests.privacy.defences.jobs import last_logits, make_job, run

LOGITS = torch.log(torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]]))
LABELS = torch.tensor([0, 2])
FEATURES = torch.zeros(2, 1)
FIRST, SECOND = 0, 1  # the loop counts epochs from 0, the papers from 1
MEAN = (math.log(2) + math.log(10)) / 2


def value(loss, epoch, logits=LOGITS):
    return float(loss(logits, FEATURES, LABELS, epoch))


@pytest.mark.parametrize("form", ["lab", "original"])
def test_even_epochs_hold_the_level_from_both_sides(form):
    assert value(relaxed_loss(1.0, form=form), SECOND) == pytest.approx(MEAN - 1.0)
    assert value(relaxed_loss(2.0, form=form), SECOND) == pytest.approx(2.0 - MEAN)


def test_odd_epochs_descend_above_the_level():
    assert value(relaxed_loss(1.0), FIRST) == pytest.approx(MEAN)


def test_below_the_level_the_lab_flattens_every_image():
    # soft targets (.5, .25, .25) and (.45, .45, .1) against log-probabilities of the logits
    first = -(0.5 * math.log(0.5) + 0.5 * math.log(0.25))
    second = -(0.45 * math.log(0.1) + 0.45 * math.log(0.8) + 0.1 * math.log(0.1))
    assert value(relaxed_loss(2.0), FIRST) == pytest.approx((first + second) / 2, rel=1e-6)
    torch.testing.assert_close(soft_targets(LOGITS, LABELS, cap=1.0, detach=True), torch.tensor([[0.5, 0.25, 0.25], [0.45, 0.45, 0.1]]))


def test_below_the_level_the_original_ascends_and_flattens_only_what_is_wrong():
    second = -(0.45 * math.log(0.1) + 0.45 * math.log(0.8) + 0.1 * math.log(0.1))
    assert value(relaxed_loss(2.0, form="original"), FIRST) == pytest.approx((-math.log(2) + second - math.log(10)) / 2, rel=1e-6)


def test_the_cap_bounds_what_the_label_keeps():
    targets = soft_targets(LOGITS, LABELS, cap=0.2, detach=True)
    torch.testing.assert_close(targets, torch.tensor([[0.2, 0.4, 0.4], [0.45, 0.45, 0.1]]))


def test_targets_are_fixed_unless_gradients_are_wanted():
    # with fixed targets the gradient is softmax - target
    logits = LOGITS.clone().requires_grad_()
    relaxed_loss(2.0)(logits, FEATURES, LABELS, FIRST).backward()
    expected = (F.softmax(LOGITS, dim=1) - soft_targets(LOGITS, LABELS, cap=1.0, detach=True)) / 2
    torch.testing.assert_close(logits.grad, expected)
    free = LOGITS.clone().requires_grad_()
    relaxed_loss(2.0, detach=False)(free, FEATURES, LABELS, FIRST).backward()
    assert not torch.allclose(free.grad, expected)


@pytest.mark.parametrize("form", ["lab", "original"])
def test_many_models_at_once(form):
    generator = torch.Generator().manual_seed(1)
    logits, labels = torch.randn(3, 8, 4, generator=generator), torch.randint(0, 4, (3, 8), generator=generator)
    for level in (0.1, 5.0):
        for epoch in (FIRST, SECOND):
            loss = relaxed_loss(level, form=form)
            together = vmap(lambda *tensors, loss=loss, epoch=epoch: loss(*tensors, epoch))(logits, torch.zeros(3, 8, 1), labels)
            alone = [loss(one, torch.zeros(8, 1), y, epoch) for one, y in zip(logits, labels, strict=True)]
            torch.testing.assert_close(together, torch.stack(alone))


@pytest.mark.parametrize("form", ["lab", "original"])
def test_higher_levels_cost_accuracy_and_leak_less(form):
    """The card calls this safe, and for convolutional networks it is: leakage and accuracy fall with the level."""
    leaks, accuracies = [], []
    for level in (0.02, 1.0):
        defended, job = run("relaxloss", level, relax_form=form, epochs=14)
        logits, (_, y) = last_logits(defended.models), job.audit.pool
        losses = np.stack([loss_per_sample(one[:, None], y)[:, 0] for one in logits])
        leaks.append(auc_many(-losses, job.audit.members).mean())
        accuracies.append((logits.argmax(-1) == y)[job.audit.members].mean())
    assert leaks[0] > leaks[1] + 0.02
    assert accuracies[0] > accuracies[1] + 0.02


def test_the_table_of_levels_is_that_of_the_kept_outputs():
    defended, job = run("relaxloss", 0.5)
    table = defended.evidence["loss_levels"]
    assert tuple(table["epoch"]) == level_epochs(job.training) == (1, 2, 4, 8, 9, 10)
    y, members = job.audit.pool[1], job.audit.members
    inside = [F.cross_entropy(torch.from_numpy(model.checkpoint_logits[10])[torch.from_numpy(rows)], torch.from_numpy(y[rows])).item()
              for model, rows in zip(defended.models, members, strict=True)]
    assert table["member_loss"].iloc[-1] == pytest.approx(np.mean(inside), rel=1e-5)
    assert (table["level"] == 0.5).all()


def test_stored_models_are_not_trained_again():
    _, job = run("relaxloss", 0.5)
    puts = job.context.models.puts
    run("relaxloss", 0.5)
    assert job.context.models.puts == puts
    assert make_job("relaxloss").strength == 0.6  # 0 stands for the middle value
