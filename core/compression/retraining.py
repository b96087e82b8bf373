"""Training a compressed network further: through the rounding, with pruned weights held at zero, with small groups weighted up.

Rounding passes gradients straight through where nothing was clipped. Steps of weights follow the weights, grids of activations stay
as calibrated.

Source of training through the rounding: Bengio et al. 2013, "Estimating or Propagating Gradients Through Stochastic Neurons"
(straight-through estimator); Jacob et al. 2018, "Quantization and Training of Neural Networks", section 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from core.compression.group_penalty import Form, GroupPenalty
from core.compression.layers import LayerPlan
from core.compression.quantised_layers import install
from core.compression.sampling import Emphasis, emphasis
from core.lab.seeds import torch_seed
from core.training.loop import EpochPass, Routine, Streams, Trainee, epoch_batches
from core.training.schedule import learning_rate_at
from core.training.workbench import State


@dataclass(frozen=True, eq=False)
class Retraining:
    """How one network is trained further.

    Attributes:
        stream: Names its random draws: networks with the same stream and sampling see the same batches.
        learning_rate: Size of the first steps.
        layers: How its layers round while it trains; None trains in float.
        balanced: Whether groups are drawn equally often.
        weighted: Whether losses are weighted inversely to group size.
        penalty_step: s of the penalty that holds group losses at the common loss; 0 leaves it out.
        penalty_form: Its form.
    """

    stream: str
    learning_rate: float
    layers: Mapping[str, LayerPlan] | None = None
    balanced: bool = False
    weighted: bool = False
    penalty_step: float = 0.0
    penalty_form: Form = "one_sided"


def retraining_routine(arm: Retraining, groups: np.ndarray) -> Routine:
    """Return the routine in which a network is trained as ``arm`` says.

    Args:
        arm: How.
        groups: Group of each image of the pool, int (N,), 0 to G - 1.
    """
    n_groups = int(groups.max()) + 1

    def begin(trainee: Trainee) -> EpochPass:
        if arm.layers is not None:
            install(trainee.bench.working, arm.layers)
        in_groups = torch.from_numpy(groups.astype(np.int64))
        weights = emphasis(in_groups[trainee.rows], n_groups, balanced=arm.balanced, weighted=arm.weighted)
        penalty = GroupPenalty(n_groups, arm.penalty_step, arm.penalty_form) if arm.penalty_step else None
        run = _Run(trainee, arm, in_groups.to(trainee.pool.device), weights, penalty, _streams(trainee.seed, arm.stream))
        return run.train_epoch

    return begin


def _streams(seed: int, name: str) -> Streams:
    streams = Streams()
    streams.order.manual_seed(torch_seed(seed, "retraining", "data order", name))
    streams.augmentation.manual_seed(torch_seed(seed, "retraining", "augmentation", name))
    return streams


@dataclass(eq=False)
class _Run:
    """One network in the middle of its further training."""

    trainee: Trainee
    arm: Retraining
    groups: Tensor
    emphasis: Emphasis
    penalty: GroupPenalty | None
    streams: Streams

    def train_epoch(self, epoch: int) -> tuple[float, float]:
        """Train one epoch, from 0; return the mean cross-entropy and the accuracy on its batches."""
        trainee = self.trainee
        steps, total, correct = trainee.n_batches, 0.0, 0
        factors = self.emphasis.losses.to(trainee.pool.device)
        for batch, (indices, images) in enumerate(self._batches()):
            labels, groups = trainee.pool.labels[indices], self.groups[indices]
            logits, _ = trainee.forward(images)
            losses = F.cross_entropy(logits, labels, reduction="none")
            weighted = losses * factors[groups]
            value = weighted.mean() if self.penalty is None else self.penalty.loss(weighted, groups)
            rate = learning_rate_at(epoch * steps + batch, trainee.config.epochs * steps, base=self.arm.learning_rate,
                                    schedule=trainee.config.schedule)
            trainee.update(value, rate)
            total += float(losses.detach().sum())
            correct += int((logits.detach().argmax(1) == labels).sum())
        return total / len(trainee.rows), correct / len(trainee.rows)

    def _batches(self):
        trainee, rows = self.trainee, self.trainee.rows
        if self.emphasis.draws is not None:
            drawn = torch.multinomial(self.emphasis.draws, len(rows), replacement=True, generator=self.streams.order)
            rows = rows[drawn]
        return epoch_batches(trainee.pool, rows, trainee.config, self.streams, trainee.n_batches)


def trainable_weights(network: nn.Module, *, kept: State | None = None, freeze_norms: bool = False) -> State:
    """Return which weights move in further training, a boolean tensor by parameter name, as ``train_many`` takes it.

    Args:
        network: The architecture.
        kept: What pruning kept; the others stay at zero.
        freeze_norms: Whether BatchNorm keeps its factors, shifts and running averages.
    """
    masks = {name: torch.ones(value.shape, dtype=torch.bool) for name, value in network.named_parameters()}
    masks |= kept or {}
    if freeze_norms:
        for path, module in network.named_modules():
            if isinstance(module, _BatchNorm):
                masks |= {f"{path}.{name}": torch.zeros_like(value, dtype=torch.bool) for name, value in module.named_parameters()}
    return masks
