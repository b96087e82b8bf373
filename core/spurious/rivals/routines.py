"""Training routines of one epoch at a time, shared by the rivals."""

import torch
import torch.nn.functional as F
from torch import Tensor

from core.training.loop import EpochPass, Routine, Trainee


def step_through(trainee: Trainee, epoch: int, value_of_batch) -> tuple[float, float]:
    """Train one epoch and return its mean loss and accuracy.

    Args:
        trainee: The model.
        epoch: From 0.
        value_of_batch: Takes indices into the pool (B,) and cross-entropy per image (B,); returns the scalar to descend.
    """
    total, correct = 0.0, 0
    for batch, (indices, images) in enumerate(trainee.batches()):
        labels = trainee.pool.labels[indices]
        logits, _ = trainee.forward(images)
        losses = F.cross_entropy(logits, labels, reduction="none")
        trainee.update(value_of_batch(indices, losses), trainee.learning_rate(epoch, batch, trainee.n_batches))
        total += losses.detach().sum().item()
        correct += int((logits.detach().argmax(1) == labels).sum())
    return total / len(trainee.rows), correct / len(trainee.rows)


def weighted_routine(weights: Tensor) -> Routine:
    """Return training in which image i of the pool counts ``weights[i]`` times, (N,), in proportion to the mean of its model.

    Dividing by the mean weight keeps the size of a step what it is in plain training, and an epoch as long.
    """

    def begin(trainee: Trainee) -> EpochPass:
        mine = weights.to(trainee.pool.device, torch.float32)
        scaled = mine / mine[trainee.rows].mean()
        return lambda epoch: step_through(trainee, epoch, lambda indices, losses: (scaled[indices] * losses).mean())

    return begin
