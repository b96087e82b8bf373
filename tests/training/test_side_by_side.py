"""Variations of one model see the same samples in the same order; every way of training them agrees."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from core.lab.errors import InputError, RunFailed
from core.training.images import to_input
from core.training.optimizer import Optimizer
from core.training.schedule import warmup_factor
from core.training.side_by_side import train_side_by_side
from core.training.variation import Course, Feed, Variation, order_generator, per_weight, set_dropout
from tests.training.cases import squares

COURSE = Course(epochs=3, batch_size=8, learning_rate=0.01, warmup=0.2, evaluated=(1, 3))


class Tiny(nn.Module):
    """A linear layer behind a norm and a dropout layer."""

    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(144)
        self.drop = nn.Dropout(0.0)
        self.hidden, self.head = nn.Linear(144, 8), nn.Linear(8, 3)

    def forward(self, x):
        features = torch.tanh(self.hidden(self.drop(self.norm(x.flatten(1)))))
        return self.head(features), features


@pytest.fixture(scope="module")
def feed():
    x, y = squares(36)
    return Feed(torch.from_numpy(x), torch.from_numpy(y), 24, 3, to_input)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return Tiny()


def state_of(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


@pytest.fixture(scope="module")
def variations(network, feed):
    start = state_of(network)
    mask = torch.zeros(8, 144)
    mask[0] = 1.0
    return [Variation("plain", network, feed, start, keep=True),
            Variation("frozen norm", network, feed, start, rates={"norm.weight": 0.0, "norm.bias": 0.0}, keep=True),
            Variation("one row", network, feed, start, rates={"hidden.weight": mask}, decay={"head.weight": 0.5}, keep=True)]


@pytest.fixture(scope="module")
def alone(variations):
    return train_side_by_side(variations, COURSE, seed=0, processes=1)


def test_what_comes_back(alone, feed):
    assert alone[0].logits.shape == (2, 36, 3)
    assert alone[0].train_loss.shape == (3,)
    assert alone[0].train_loss[-1] < alone[0].train_loss[0]
    assert alone[0].seconds > 0


def test_forked_gives_the_same_bits(alone, variations):
    for one, other in zip(alone, train_side_by_side(variations, COURSE, seed=0, processes=2), strict=True):
        np.testing.assert_array_equal(one.logits, other.logits)
        np.testing.assert_array_equal(one.train_loss, other.train_loss)
        assert all(torch.equal(one.state[name], other.state[name]) for name in one.state)


def test_one_computation_agrees_up_to_rounding(alone, variations):
    for one, other in zip(alone, train_side_by_side(variations, COURSE, seed=0, batched=True), strict=True):
        np.testing.assert_allclose(one.logits, other.logits, atol=2e-4)
        np.testing.assert_allclose(one.train_loss, other.train_loss, atol=1e-5)
        assert list(one.state) == list(other.state)


def test_frozen_weights_keep_their_bits(alone, variations):
    start = variations[0].start
    assert torch.equal(alone[1].state["norm.weight"], start["norm.weight"])
    assert torch.equal(alone[1].state["norm.bias"], start["norm.bias"])
    assert not torch.equal(alone[1].state["hidden.weight"], start["hidden.weight"])
    assert torch.equal(alone[2].state["hidden.weight"][1:], start["hidden.weight"][1:])
    assert not torch.equal(alone[2].state["hidden.weight"][0], start["hidden.weight"][0])
    assert alone[2].state["head.weight"].norm() < alone[0].state["head.weight"].norm()


def test_against_torchs_own_loop(alone, variations, feed):
    """The same training with torch.optim.Adam, batch by batch."""
    torch.manual_seed(0)
    network = Tiny()
    network.load_state_dict(variations[0].start)
    optimizer = torch.optim.Adam(network.parameters(), lr=1.0)
    order = order_generator(0)
    for epoch in range(3):
        for batch, rows in enumerate(torch.randperm(24, generator=order).tensor_split(3)):
            optimizer.param_groups[0]["lr"] = COURSE.rate(3 * epoch + batch, 9)
            optimizer.zero_grad()
            F.cross_entropy(network(to_input(feed.inputs[rows]))[0], feed.labels[rows]).backward()
            optimizer.step()
    logits = network(to_input(feed.inputs))[0].detach().numpy()
    np.testing.assert_allclose(alone[0].logits[-1], logits, atol=1e-4)


def test_dropout_is_the_same_for_both_of_a_pair(network, feed):
    start = state_of(network)
    pair = [Variation(name, network, feed, start, dropout=0.5) for name in ("one", "two")]
    one, two = train_side_by_side(pair, COURSE, seed=0, processes=1)
    np.testing.assert_array_equal(one.logits, two.logits)
    plain = train_side_by_side([Variation("plain", network, feed, start)], COURSE, seed=0)[0]
    assert not np.array_equal(one.logits, plain.logits)
    assert one.state is None


def test_measuring_happens_at_every_evaluation(network, feed):
    met = []
    train_side_by_side([Variation("one", network, feed, state_of(network))], COURSE, seed=0, processes=1,
                       measure=lambda index, place, net: met.append((index, place, net.training)))
    assert met == [(0, 0, False), (0, 1, False)]


def test_an_objective_may_remember_samples(network, feed):
    seen = []

    def begin(n_samples, n_classes, device):
        assert (n_samples, n_classes, device) == (24, 3, "cpu")

        def objective(logits, labels, indices):
            seen.append(indices.clone())
            assert torch.equal(feed.labels[indices], labels)
            return F.cross_entropy(logits, labels)

        return objective

    train_side_by_side([Variation("one", network, feed, state_of(network), objective=begin)], COURSE, seed=0, processes=1)
    for epoch in range(3):
        assert sorted(torch.cat(seen[3 * epoch : 3 * epoch + 3]).tolist()) == list(range(24))


def test_a_loss_that_is_not_finite_is_told(network, feed):
    start = state_of(network) | {"head.bias": torch.full((3,), float("nan"))}
    with pytest.raises(RunFailed, match=r"finite.*in epoch 1 of broken"):
        train_side_by_side([Variation("broken", network, feed, start)], COURSE, seed=0)


def test_an_unknown_device_is_refused(variations):
    with pytest.raises(InputError, match="device must be cpu, cuda or cuda:NUMBER, got 'tpu'"):
        train_side_by_side(variations, COURSE, seed=0, device="tpu")


def test_values_per_weight(network):
    assert per_weight(network, {}, 1.0) is None
    values = per_weight(network, {"norm.weight": 0.0}, 1.0)
    assert [float(value.mean()) for value in values] == [0.0] + 5 * [1.0]
    with pytest.raises(KeyError, match="no parameters of the network: nothing"):
        per_weight(network, {"nothing": 0.0}, 1.0)


def test_dropout_of_a_network_that_knows_better():
    class Knowing(nn.Module):
        def set_dropout(self, probability):
            self.told = probability

    network = Knowing()
    set_dropout(network, 0.3)
    assert network.told == 0.3


def test_rates_and_decoupled_decay_by_hand():
    """Adam's first step is one learning rate against the sign; AdamW adds rate * decay * weight, unseen by the averages."""
    weights = torch.tensor([1.0, 1.0, 1.0])
    optimizer = Optimizer("adam", 0.0, 0.0, rates=torch.tensor([1.0, 0.0, 2.0]), decoupled=torch.tensor([0.5, 0.5, 0.0]))
    optimizer.step(weights, torch.tensor([3.0, 3.0, -3.0]), 0.1)
    assert torch.allclose(weights, torch.tensor([1.0 - 0.1 * (1.0 + 0.5), 1.0, 1.0 + 0.2]), atol=1e-6)


def test_decoupled_decay_against_adamw():
    torch.manual_seed(0)
    ours = torch.randn(5)
    theirs = nn.Parameter(ours.clone())
    reference = torch.optim.AdamW([theirs], lr=0.05, weight_decay=0.3)
    optimizer = Optimizer("adam", 0.0, 0.0, decoupled=torch.full((5,), 0.3))
    for _ in range(4):
        gradient = torch.randn(5)
        theirs.grad = gradient.clone()
        reference.step()
        optimizer.step(ours, gradient.clone(), 0.05)
    assert torch.allclose(ours, theirs.detach(), atol=1e-6)


def test_warm_up_rises_and_ends():
    factors = [warmup_factor(step, 50, 0.1) for step in range(50)]
    assert factors[:5] == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert set(factors[5:]) == {1.0}
    assert warmup_factor(0, 50, 0.0) == 1.0
