"""GroupDRO: every group has a weight that grows with its loss, and training descends on the weighted sum of group losses.

It must be told the group of every training image, and can only protect groups that occur in training.

Source: Sagawa et al. 2020, "Distributionally Robust Neural Networks for Group Shifts", algorithm 1; batches are drawn from all
images alike, and a group that a batch lacks counts with a loss of zero, as in the authors' code.
"""

import numpy as np
import torch
from torch import Tensor

from core.lab.errors import InputError
from core.spurious.rivals.routines import step_through
from core.training.loop import EpochPass, Routine, Trainee


def group_means(losses: Tensor, groups: Tensor, n_groups: int) -> Tensor:
    """Return the mean loss of each group in a batch, (n_groups,): zero for a group that is not there."""
    sums = losses.new_zeros(n_groups).index_add(0, groups, losses)
    counts = torch.bincount(groups, minlength=n_groups).clamp_min(1)
    return sums / counts


def raised(weights: Tensor, means: Tensor, step: float) -> Tensor:
    """Return the group weights after one batch: q_g exp(step * L_g), made to sum to one."""
    grown = weights * torch.exp(step * means)
    return grown / grown.sum()


def group_dro_routine(groups: np.ndarray, step: float) -> Routine:
    """Return the training; ``groups`` (N,) numbers the group of every image of the pool from 0, ``step`` is eta.

    Raises:
        InputError: If ``step`` is not positive.
    """
    if not step > 0:
        raise InputError(f"GroupDRO's step must be positive, got {step:g}: 0.01 is usual.")

    def begin(trainee: Trainee) -> EpochPass:
        device = trainee.pool.device
        present, numbered = np.unique(groups[trainee.rows.numpy()], return_inverse=True)
        group_of = torch.zeros(len(groups), dtype=torch.int64, device=device)
        group_of[trainee.rows.to(device)] = torch.from_numpy(numbered).to(device)
        weights = torch.full((len(present),), 1.0 / len(present), device=device)

        def value(indices: Tensor, losses: Tensor) -> Tensor:
            nonlocal weights
            means = group_means(losses, group_of[indices], len(present))
            weights = raised(weights, means.detach(), step)
            return (weights * means).sum()

        return lambda epoch: step_through(trainee, epoch, value)

    return begin
