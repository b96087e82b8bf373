"""How often a sample is drawn and how much its loss counts, so that small groups weigh as much as large ones."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.lab.errors import InputError


@dataclass(frozen=True, eq=False)
class Emphasis:
    """Weights of training samples.

    Attributes:
        draws: Probability of each sample to be the next one drawn, (n,), sum 1; None goes through all samples in random order.
        losses: Factor on the loss of each group, (G,), with mean 1 over the samples drawn.
    """

    draws: Tensor | None
    losses: Tensor


def emphasis(groups: Tensor, n_groups: int, *, balanced: bool, weighted: bool) -> Emphasis:
    """Return how samples are drawn and weighted.

    Balanced sampling draws with replacement, each group equally often; weighted losses are N / (G n_g). Together each takes the
    square root of its share, since both in full would count the correction twice.

    Args:
        groups: Group of each training sample, int (n,), 0 to n_groups - 1.
        n_groups: G.
        balanced: Whether samples are drawn by group.
        weighted: Whether losses are weighted by group.

    Raises:
        InputError: If groups are to weigh alike and one of them has no sample.
    """
    counts = torch.bincount(groups, minlength=n_groups).double()
    if (balanced or weighted) and not bool((counts > 0).all()):
        raise InputError(f"balanced sampling and weighted losses need a sample of every group, got none of group "
                         f"{int((counts == 0).nonzero()[0])}: lower the imbalance.")
    power = 0.5 if balanced and weighted else 1.0
    shares = counts / counts.sum()
    draws = None
    if balanced:
        shares = counts ** (1.0 - power)
        shares = shares / shares.sum()
        draws = (shares / counts)[groups]
    factors = counts**-power if weighted else torch.ones_like(counts)
    return Emphasis(draws, (factors / (shares * factors).sum()).float())
