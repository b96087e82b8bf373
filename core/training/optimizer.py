"""SGD with momentum and Adam on one flat vector of weights.

A small network spends a noticeable share of a step on its optimiser when every layer is updated on its own. Here all weights of a
model are one float32 vector (or one row each, for several models) and an update is a handful of large operations. The
arithmetic is that of torch.optim.SGD and torch.optim.Adam, weight decay added to the gradient. A vector too long for the processor's
cache is updated part by part, which gives the same bits several times faster.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from core.training.config import TrainingConfig

ADAM_BETAS = (0.9, 0.999)
ADAM_EPSILON = 1e-8
PART = 2**16  # weights updated at once on a CPU: they, their gradient and averages, and what is between fit its cache


@dataclass(eq=False)
class Optimizer:
    """The optimiser of one flat weight tensor; keeps its running averages between steps.

    Attributes:
        kind: "sgd" or "adam".
        momentum: Share of the last SGD step that is kept.
        weight_decay: Multiple of the weights that is added to the gradient.
        trainable: Same shape as the weights: False where a weight must keep its bits; None when all may move.
        rates: Multiple of the learning rate for each weight, broadcast to its shape; 0 keeps its bits. None for 1 everywhere.
        decoupled: Weight decay of each weight that bypasses the gradient and its averages (AdamW), broadcast; None for none.
    """

    kind: str
    momentum: float
    weight_decay: float
    trainable: Tensor | None = None
    rates: Tensor | None = None
    decoupled: Tensor | None = None
    steps: int = 0
    averages: list[Tensor] = field(default_factory=list)

    def step(self, weights: Tensor, gradient: Tensor, learning_rate: float) -> None:
        """Move ``weights`` in place against ``gradient``, which is overwritten."""
        self.steps += 1
        if not self.averages:
            self.averages = [torch.zeros_like(weights) for _ in range(1 if self.kind == "sgd" else 2)]
        for part in self._parts(weights):
            self._step(part, weights[part], gradient[part], learning_rate)

    def _parts(self, weights: Tensor) -> Iterator[slice]:
        """Yield the parts that are updated one by one: the whole, but for a long vector on a CPU."""
        is_long = weights.ndim == 1 and weights.device.type == "cpu"
        length = PART if is_long else max(1, len(weights))
        for start in range(0, len(weights), length):
            yield slice(start, start + length)

    def _step(self, part: slice, weights: Tensor, gradient: Tensor, learning_rate: float) -> None:
        averages = [average[part] for average in self.averages]
        gradient.add_(weights, alpha=self.weight_decay)
        move = self._sgd(gradient, *averages) if self.kind == "sgd" else self._adam(gradient, *averages)
        if self.trainable is not None:
            move = move.masked_fill(~_along(self.trainable, part, weights), 0.0)
        if self.decoupled is not None:
            move = torch.addcmul(move, weights, _along(self.decoupled, part, weights))
        if self.rates is not None:
            move = move * _along(self.rates, part, weights)
        weights.sub_(move, alpha=learning_rate)

    def _sgd(self, gradient: Tensor, average: Tensor) -> Tensor:
        return average.mul_(self.momentum).add_(gradient)

    def _adam(self, gradient: Tensor, first: Tensor, second: Tensor) -> Tensor:
        first.lerp_(gradient, 1 - ADAM_BETAS[0])
        second.mul_(ADAM_BETAS[1]).addcmul_(gradient, gradient, value=1 - ADAM_BETAS[1])
        correction = (1 - ADAM_BETAS[1] ** self.steps) ** 0.5
        return first / (second.sqrt() / correction + ADAM_EPSILON) / (1 - ADAM_BETAS[0] ** self.steps)


def _along(values: Tensor, part: slice, weights: Tensor) -> Tensor:
    """Return the values of a part of the weights; values that are broadcast over all weights stay as they are."""
    return values[part] if values.ndim == weights.ndim and len(values) > 1 else values


def optimizer_for(config: TrainingConfig, trainable: Tensor | None = None) -> Optimizer:
    """Return the optimiser that ``config`` asks for."""
    return Optimizer(config.optimizer, config.momentum, config.weight_decay, trainable)
