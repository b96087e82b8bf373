"""SGD with momentum and Adam on one flat vector of weights.

A small network spends a noticeable share of a step on its optimiser when every layer is updated on its own. Here all weights of a
model are one float32 vector (or one row each, for several models) and an update is a handful of large operations. The
arithmetic is that of torch.optim.SGD and torch.optim.Adam, weight decay added to the gradient.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from core.training.config import TrainingConfig

ADAM_BETAS = (0.9, 0.999)
ADAM_EPSILON = 1e-8


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
        gradient.add_(weights, alpha=self.weight_decay)
        self.steps += 1
        if not self.averages:
            self.averages = [torch.zeros_like(weights) for _ in range(1 if self.kind == "sgd" else 2)]
        move = self._sgd(gradient) if self.kind == "sgd" else self._adam(gradient)
        if self.trainable is not None:
            move = move.masked_fill(~self.trainable, 0.0)
        if self.decoupled is not None:
            move = torch.addcmul(move, weights, self.decoupled)
        if self.rates is not None:
            move = move * self.rates
        weights.sub_(move, alpha=learning_rate)

    def _sgd(self, gradient: Tensor) -> Tensor:
        return self.averages[0].mul_(self.momentum).add_(gradient)

    def _adam(self, gradient: Tensor) -> Tensor:
        first, second = self.averages
        first.lerp_(gradient, 1 - ADAM_BETAS[0])
        second.mul_(ADAM_BETAS[1]).addcmul_(gradient, gradient, value=1 - ADAM_BETAS[1])
        correction = (1 - ADAM_BETAS[1] ** self.steps) ** 0.5
        return first / (second.sqrt() / correction + ADAM_EPSILON) / (1 - ADAM_BETAS[0] ** self.steps)


def optimizer_for(config: TrainingConfig, trainable: Tensor | None = None) -> Optimizer:
    """Return the optimiser that ``config`` asks for."""
    return Optimizer(config.optimizer, config.momentum, config.weight_decay, trainable)
