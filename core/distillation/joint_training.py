"""Training many depths at once: routines for the one engine.

The Leader and the Teammates follow section 5 of our method card, which is our reading of an abstract: no losses of the paper could be
read. Sub-losses are averaged, not summed: summed they multiply the learning rate, and training collapses at 0.1.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.distillation.soft_losses import batch_mean_kl
from core.lab.seeds import generator
from core.models.blocks import BlockNet, Trio
from core.training.images import to_input
from core.training.loop import EpochPass, Routine, Trainee

Drops = Mapping[int, frozenset[int]]
StepLoss = Callable[[torch.nn.Module, Tensor, Tensor, np.random.Generator], tuple[Tensor, Tensor]]
"""Takes network, inputs, labels and the step's dice; returns the loss and the logits that training accuracy is told of."""


@dataclass(frozen=True)
class Terms:
    """Weights of the loss's parts; 0 switches a part off.

    Attributes:
        guidance: From the Leader's answers to each Teammate; without it there is no Leader.
        mutual: Between the Teammates.
        down: Share of a sub-network's loss that follows its own full depth; the rest follows the labels.
        temperature: Of all of them.
    """

    guidance: float
    mutual: float
    down: float
    temperature: float


def routine_of(losses: Sequence[StepLoss], seed: int) -> Routine:
    """Return the routine in which model ``index`` goes down the gradient of ``losses[index]``."""

    def begin(trainee: Trainee) -> EpochPass:
        loss, dice = losses[trainee.index], generator(seed, "distillation", "depths drawn")

        def train_epoch(epoch: int) -> tuple[float, float]:
            total, correct, seen = 0.0, 0, 0
            for batch, (indices, images) in enumerate(trainee.batches()):
                labels = trainee.pool.labels[indices]
                value, logits = loss(trainee.bench.working, to_input(images, trainee.bench.dtype), labels, dice)
                trainee.update(value, trainee.learning_rate(epoch, batch, trainee.n_batches))
                total += float(value.detach()) * len(indices)
                correct += int((logits.detach().argmax(1) == labels).sum())
                seen += len(indices)
            return total / seen, correct / seen

        return train_epoch

    return begin


def fixed_depth(dropped: frozenset[int]) -> StepLoss:
    """Return plain cross-entropy of the network without the ``dropped`` blocks, as if they had never been there."""

    def loss(network: BlockNet, x: Tensor, y: Tensor, dice: np.random.Generator) -> tuple[Tensor, Tensor]:
        logits = network(x, dropped)[0].float()
        return F.cross_entropy(logits, y), logits

    return loss


def random_depth(drops: Drops) -> StepLoss:
    """Return cross-entropy at one depth a step, drawn from all of them."""
    depths = sorted(drops)

    def loss(network: BlockNet, x: Tensor, y: Tensor, dice: np.random.Generator) -> tuple[Tensor, Tensor]:
        logits = network(x, drops[depths[int(dice.integers(len(depths)))]])[0].float()
        return F.cross_entropy(logits, y), logits

    return loss


def sandwich(drops: Drops, terms: Terms) -> StepLoss:
    """Return the loss of one network alone with the sandwich rule: full depth, smallest, one between, one block fewer than full."""

    def loss(network: BlockNet, x: Tensor, y: Tensor, dice: np.random.Generator) -> tuple[Tensor, Tensor]:
        full, *below = _full_and_drawn(network, x, drops, dice)
        return (F.cross_entropy(full, y) + _downwards(full, below, y, terms)) / 2.0, full

    return loss


def every_exit(network: BlockNet, x: Tensor, y: Tensor, dice: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return the mean cross-entropy over all exits."""
    found = [logits.float() for logits in network.every_exit(x)]
    return torch.stack([F.cross_entropy(logits, y) for logits in found]).mean(), found[-1]


def package(first: Drops, second: Drops, terms: Terms) -> StepLoss:
    """Return the joint loss of a Leader and two Teammates, each with a family of depths; both sides of each exchange count once."""

    def loss(network: Trio, x: Tensor, y: Tensor, dice: np.random.Generator) -> tuple[Tensor, Tensor]:
        mates = ((network.first, first), (network.second, second))
        found = [_full_and_drawn(mate, x, drops, dice) for mate, drops in mates]
        answers = [logits for logits, *_ in found]
        leader = network.leader(x)[0].float() if terms.guidance else None
        total = F.cross_entropy(leader, y) if leader is not None else torch.zeros((), device=x.device)
        for (logits, *below), other in zip(found, reversed(answers), strict=True):
            value = F.cross_entropy(logits, y) + _downwards(logits, below, y, terms)
            if leader is not None:
                value = value + terms.guidance * batch_mean_kl(logits, _soft(leader, terms), terms.temperature)
            if terms.mutual:
                value = value + terms.mutual * batch_mean_kl(logits, _soft(other, terms), terms.temperature)
            total = total + value / (2.0 + (terms.guidance if leader is not None else 0.0) + terms.mutual)
        return total, answers[0] if leader is None else leader

    return loss


def _soft(logits: Tensor, terms: Terms) -> Tensor:
    return F.softmax(logits.detach() / terms.temperature, 1)


def sandwich_depths(drops: Drops, drawn: int) -> list[int]:
    """Return the depths below the full one that a step trains, ``drawn`` being one of them: smallest, drawn, one block fewer than full."""
    below = sorted(drops)[:-1]
    return sorted({below[0], below[drawn], below[-1]})


def _full_and_drawn(network: BlockNet, x: Tensor, drops: Drops, dice: np.random.Generator) -> list[Tensor]:
    """Return logits at full depth and at the depths of one step."""
    depths = sandwich_depths(drops, int(dice.integers(len(drops) - 1)))
    return [logits.float() for logits in network.at_depths(x, [frozenset(), *(drops[depth] for depth in depths)])]


def _downwards(full: Tensor, below: Sequence[Tensor], y: Tensor, terms: Terms) -> Tensor:
    """Return the mean loss of the sub-networks of one step: e T^2 KL(full || sub) + (1 - e) CE."""
    soft, values = _soft(full, terms), []
    for logits in below:
        value = (1.0 - terms.down) * F.cross_entropy(logits, y)
        values.append(value + terms.down * batch_mean_kl(logits, soft, terms.temperature) if terms.down else value)
    return torch.stack(values).mean()
