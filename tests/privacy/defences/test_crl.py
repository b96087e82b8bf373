"""CRL: acceptance test 6 of the card, squashing and centres by hand, and the direction of its level."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from core.lab.errors import InputError
from core.measures.roc import auc_many
from core.privacy.defences.crl import CrlSettings, improved_relaxed_loss, relaxed_centre_loss, squash
from core.privacy.defences.crl_limits import lowest_cross_entropy
from core.privacy.defences.relaxloss import relaxed_loss
from core.privacy.signals import loss_per_sample
from tests.privacy.defences.jobs import last_logits, make_job, run

GENERATOR = torch.Generator().manual_seed(3)
LOGITS, FEATURES = 3 * torch.randn(32, 5, generator=GENERATOR), torch.randn(32, 6, generator=GENERATOR)
LABELS = torch.randint(0, 5, (32,), generator=GENERATOR)


def settings(**changes):
    return CrlSettings(n_classes=5, **{"level": 0.5, **changes})


@pytest.mark.parametrize("epoch", [0, 1])
@pytest.mark.parametrize("level", [0.1, 2.0, 9.0])
def test_without_squashing_it_is_relaxloss(epoch, level):
    ours = improved_relaxed_loss(settings(level=level, temperature=1e-9))(LOGITS, FEATURES, LABELS, epoch)
    torch.testing.assert_close(ours, relaxed_loss(level)(LOGITS, FEATURES, LABELS, epoch))


def test_at_level_zero_without_squashing_even_epochs_are_cross_entropy():
    ours = improved_relaxed_loss(settings(level=0.0, temperature=0.0))(LOGITS, FEATURES, LABELS, 1)
    torch.testing.assert_close(ours, F.cross_entropy(LOGITS, LABELS))


def test_without_centres_training_is_that_of_relaxloss():
    relaxed, _ = run("relaxloss", 0.5, epochs=3)
    crl, _ = run("crl", 0.5, epochs=3, crl_temperature=0.0, crl_centre_weight=0.0)
    for one, other in zip(relaxed.models, crl.models, strict=True):
        for name, value in one.state.items():
            torch.testing.assert_close(other.state[name], value)


def test_squashing_by_hand():
    torch.testing.assert_close(squash(torch.tensor([[3.0, 4.0]]), 0.2), torch.tensor([[1.5, 2.0]]))
    assert squash(1e6 * FEATURES, 0.1).norm(dim=1).max() <= 10.0  # the ball of radius 1 / t
    torch.testing.assert_close(squash(FEATURES, 0.0), FEATURES)


@pytest.mark.parametrize("n_classes, temperature", [(2, 0.5), (10, 0.2), (100, 0.3)])
def test_no_squashed_logits_have_a_lower_loss(n_classes, temperature):
    """The closed form against gradient descent over the sphere of radius 1 / t."""
    lowest = lowest_cross_entropy(n_classes, temperature)
    z = torch.ones(1, n_classes, dtype=torch.float64).cumsum(1).requires_grad_()
    optimizer = torch.optim.Adam([z], lr=0.5)
    for _ in range(400):
        optimizer.zero_grad()
        loss = F.cross_entropy(z / z.norm() / temperature, torch.tensor([0]))  # on the sphere, where the minimum must lie
        loss.backward()
        optimizer.step()
    assert loss.item() == pytest.approx(lowest, rel=1e-4)
    assert lowest_cross_entropy(n_classes, 0.0) == 0.0


def test_a_level_that_cannot_be_reached_is_refused_before_any_training():
    with pytest.raises(InputError, match=r"loss level of CRL must be at least 0\.\d+.*lower t\.$"):
        CrlSettings(n_classes=10, level=0.3, temperature=0.5)
    with pytest.raises(InputError, match="loss level of CRL"):
        run("crl", 0.1, crl_temperature=2.0)
    CrlSettings(n_classes=10, level=lowest_cross_entropy(10, 0.5), temperature=0.5)


def test_centre_loss_by_hand():
    features, centres = torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([[0.0, 0.0], [0.0, 1.0]])
    logits, labels = torch.log(torch.tensor([[0.75, 0.25], [0.5, 0.5]])), torch.tensor([0, 1])
    exact = settings(centre_temperature=0.0, centre_level=0.2)
    # squared distances 1 and 1, so half their mean is .5
    assert relaxed_centre_loss(logits, features, labels, 0, centres, exact).item() == pytest.approx(0.5)
    assert relaxed_centre_loss(logits, features, labels, 1, centres, exact).item() == pytest.approx(0.3)
    flat = settings(centre_temperature=0.0, centre_level=5.0)
    # below the level: (.75 * 1 + .25 * 1 + .5 * 1 + .5 * 4) / 4
    assert relaxed_centre_loss(logits, features, labels, 0, centres, flat).item() == pytest.approx(3.5 / 4)
    capped = settings(centre_temperature=0.0, centre_level=5.0, centre_cap=0.5)
    assert relaxed_centre_loss(logits, features, labels, 0, centres, capped).item() == pytest.approx((1 + 0.5 + 2) / 4)


def test_centres_learn_and_change_what_the_network_learns():
    """The same seed with centres that never move ends elsewhere, so their optimiser is at work."""
    moving, _ = run("crl", 0.5, epochs=2, threads=1)
    still, _ = run("crl", 0.5, epochs=2, threads=1, crl_centre_learning_rate=0.0)
    assert not torch.equal(moving.models[0].state["hidden.weight"], still.models[0].state["hidden.weight"])
    assert set(moving.models[0].state) == set(make_job("crl").plain()[0].state)  # centres are dropped


def test_higher_levels_cost_accuracy_and_leak_less():
    leaks, accuracies = [], []
    for level in (0.02, 1.0):
        defended, job = run("crl", level, epochs=16)
        logits, (_, y) = last_logits(defended.models), job.audit.pool
        losses = np.stack([loss_per_sample(one[:, None], y)[:, 0] for one in logits])
        leaks.append(auc_many(-losses, job.audit.members).mean())
        accuracies.append((logits.argmax(-1) == y)[job.audit.members].mean())
    assert leaks[0] > leaks[1] + 0.02
    assert accuracies[0] > accuracies[1]
