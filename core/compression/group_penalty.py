"""Holding the loss of every group at the common loss while a network trains.

The published programme minimises J subject to J_a = J for every group a, by a step on J + sum_a lambda_a |J_a - J| and from time to
time lambda_a <- lambda_a + s |J_a - J|. Taken literally it also pushes well-served groups up, and with sum(lambda) > 1 it makes
everybody worse; the one-sided form pulls only on groups whose loss lies above the common one, and divides the whole by
1 + sum(lambda): a group with one image in the batch would otherwise take steps many times the learning rate, and a long tail then
does not train at all.

Source: Tran et al. 2022, "Pruning Has a Disparate Impact on Model Accuracy", section 5, with the Lagrangian-dual scheme it builds on.
"""

from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor

Form = Literal["one_sided", "absolute"]
STEPS_PER_UPDATE = 20
LARGEST_MULTIPLIER = 10.0


@dataclass(eq=False)
class GroupPenalty:
    """The penalty of one training run: its multipliers, and group losses since they last moved.

    Attributes:
        n_groups: G.
        step: s, how fast a multiplier grows.
        form: ``one_sided`` or ``absolute``.
        multipliers: lambda, (G,), 0 at the start and at most 10.
    """

    n_groups: int
    step: float
    form: Form = "one_sided"
    multipliers: Tensor = field(init=False)
    _sums: Tensor = field(init=False)
    _counts: Tensor = field(init=False)
    _batches: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Begin without any penalty."""
        self.multipliers, self._sums, self._counts = (torch.zeros(self.n_groups) for _ in range(3))

    def loss(self, loss_per_sample: Tensor, groups: Tensor) -> Tensor:
        """Return the batch's J + sum_a lambda_a * excess_a over the groups in it, and count its losses towards the next update.

        The excess is |J_a - J|, or max(0, J_a - J) with J held fixed and the sum divided by 1 + sum(lambda).

        Args:
            loss_per_sample: (B,) with gradient.
            groups: Group of each sample, int (B,).
        """
        self._follow(loss_per_sample.device)
        common = loss_per_sample.mean()
        sums = torch.zeros_like(self._sums).index_add(0, groups, loss_per_sample)
        counts = torch.bincount(groups, minlength=self.n_groups)
        means = sums / counts.clamp(min=1)
        excess = (means - common).abs() if self.form == "absolute" else (means - common.detach()).clamp(min=0.0)
        whole = common + (self.multipliers * excess * (counts > 0)).sum()
        if self.form == "one_sided":
            whole = whole / (1.0 + self.multipliers.sum())
        self._count(sums.detach(), counts)
        return whole

    def _follow(self, device: torch.device) -> None:
        self.multipliers, self._sums, self._counts = (
            value.to(device) for value in (self.multipliers, self._sums, self._counts))

    def _count(self, sums: Tensor, counts: Tensor) -> None:
        """Add up a batch; after every 20 move the multipliers by the groups' losses over all of them, batches being too noisy."""
        self._sums, self._counts, self._batches = self._sums + sums, self._counts + counts, self._batches + 1
        if self._batches % STEPS_PER_UPDATE == 0:
            excess = self._sums / self._counts.clamp(min=1) - self._sums.sum() / self._counts.sum()
            excess = excess.abs() if self.form == "absolute" else excess.clamp(min=0.0)
            grown = self.multipliers + self.step * torch.where(self._counts > 0, excess, 0.0)
            self.multipliers = grown.clamp(max=LARGEST_MULTIPLIER)
            self._sums, self._counts = torch.zeros_like(self._sums), torch.zeros_like(self._counts)
