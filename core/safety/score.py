"""How much each unit matters on a calibration set: variance of its activation times the squared norm of the weights that read it.

One forward pass without gradients: a hook on the input of every ``o_proj`` and ``down_proj`` adds up counts, sums and squares at the
counted positions in float64, about a shift near the mean, so that a large mean costs no digits. Pairs fall into groups whose sums are
kept apart: resampling the groups gives the score of another calibration set without another pass.
Source: arXiv 2410.10862, importance score; equal in form to FLAP's weighted fluctuation (WIFV).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from core.data.pairs import Pair
from core.lab.errors import InputError
from core.language.batches import batch_of
from core.language.model import Batch, LanguageModel, reader
from core.language.units import KINDS

Positions = Literal["predicting", "response"]
BATCH, GROUPS = 16, 24
FEWEST_TOKENS = 2


@dataclass(frozen=True, eq=False)
class Statistics:
    """Sums over the counted positions of a calibration set, apart for each group of pairs.

    Attributes:
        counts: Positions, float64 (groups,).
        sums: Sum of activation minus shift, float64 (groups, n_units).
        squares: Sum of its square, float64 (groups, n_units).
        norms: Squared norm of the weights that read each unit, float64 (n_units,).
        means: Mean activation of all positions, float64 (n_units,).
    """

    counts: np.ndarray
    sums: np.ndarray
    squares: np.ndarray
    norms: np.ndarray
    means: np.ndarray

    def scores(self, groups: np.ndarray | None = None) -> np.ndarray:
        """Return the raw score of every unit, float64 (n_units,), at least 0.

        Args:
            groups: Which groups make up the calibration set, possibly some more than once; all of them once, if not given.
        """
        chosen = np.arange(len(self.counts)) if groups is None else groups
        weights = np.bincount(chosen, minlength=len(self.counts)).astype(np.float64)
        n, total, square = weights @ self.counts, weights @ self.sums, weights @ self.squares
        variance = (square - total * total / n) / (n - 1)
        return np.maximum(variance, 0.0) * self.norms


def statistics(model: LanguageModel, pairs: Sequence[Pair], *, positions: Positions = "predicting", n_groups: int = GROUPS) -> Statistics:
    """Return the sums of one forward pass over a calibration set; the model is left as it was.

    Args:
        model: Whose units are scored, in its present state.
        pairs: Prompts with responses; pair i is in group i modulo the number of groups.
        positions: ``predicting`` counts positions whose next token belongs to the response, ``response`` those of its tokens.
        n_groups: Groups at most.

    Raises:
        InputError: If fewer than two positions count.
    """
    n_groups = min(n_groups, len(pairs))
    places = sorted(range(len(pairs)), key=lambda place: len(pairs[place].prompt) + len(pairs[place].response))  # spares padding
    with _summing(model, n_groups) as sums:
        for start in range(0, len(places), BATCH):
            some = places[start:start + BATCH]
            groups = torch.tensor([place % n_groups for place in some], device=model.device)
            sums.add(model, batch_of(model, [pairs[place] for place in some]), groups, positions)
    counts = sums.counts.cpu().numpy()
    if counts.sum() < FEWEST_TOKENS:
        raise InputError(f"a calibration set must have at least {FEWEST_TOKENS} response tokens, got {int(counts.sum())}: add pairs.")
    totals = sums.sums.cpu().numpy()
    return Statistics(counts, totals, sums.squares.cpu().numpy(), squared_norms(model),
                      totals.sum(0) / counts.sum() + sums.shift.cpu().numpy())


def unit_scores(model: LanguageModel, pairs: Sequence[Pair], *, positions: Positions = "predicting") -> np.ndarray:
    """Return the raw score of every unit on one calibration set, float64 (n_units,), at least 0; see ``statistics``."""
    return statistics(model, pairs, positions=positions, n_groups=1).scores()


@torch.no_grad()
def squared_norms(model: LanguageModel) -> np.ndarray:
    """Return the squared norm of the weights that read each unit, float64 (n_units,)."""
    found = np.empty(model.space.n_units)
    for layer in range(model.space.n_layers):
        for kind in KINDS:
            found[model.space.part(kind, layer)] = reader(model.network, kind, layer).weight.double().square().sum(0).cpu().numpy()
    return found


class _Sums:
    """Running sums of one pass."""

    def __init__(self, model: LanguageModel, n_groups: int) -> None:
        n_units, device = model.space.n_units, model.device
        self.counts = torch.zeros(n_groups, dtype=torch.float64, device=device)
        self.sums = torch.zeros(n_groups, n_units, dtype=torch.float64, device=device)
        self.squares = torch.zeros(n_groups, n_units, dtype=torch.float64, device=device)
        self.shift = torch.zeros(n_units, dtype=torch.float64, device=device)
        self._is_first, self._groups, self._wanted = True, torch.empty(0), torch.empty(0)

    @torch.no_grad()
    def add(self, model: LanguageModel, batch: Batch, groups: Tensor, positions: Positions) -> None:
        """Send one batch through the network; ``groups`` (B,) says where each of its pairs belongs."""
        self._wanted = counted(batch, positions)
        self._groups = groups[:, None].expand_as(self._wanted)[self._wanted]
        self.counts.index_add_(0, self._groups, torch.ones_like(self._groups, dtype=torch.float64))
        model.network.model(input_ids=batch.tokens, attention_mask=batch.there.long(), use_cache=False)
        self._is_first = False

    def hook(self, part: slice) -> Callable[[object, tuple[Tensor, ...]], None]:
        """Return what adds up the input of one module."""
        def add(_module: object, given: tuple[Tensor, ...]) -> None:
            values = given[0][self._wanted].double()
            if self._is_first and len(values):
                self.shift[part] = values.mean(0)
            values -= self.shift[part]
            self.sums[:, part].index_add_(0, self._groups, values)
            self.squares[:, part].index_add_(0, self._groups, values.square_())
        return add


@contextmanager
def _summing(model: LanguageModel, n_groups: int) -> Iterator[_Sums]:
    """Add up the inputs of every reader inside; hooks are gone afterwards, whatever happens."""
    sums, space = _Sums(model, n_groups), model.space
    handles = [reader(model.network, kind, layer).register_forward_pre_hook(sums.hook(space.part(kind, layer)))
               for layer in range(space.n_layers) for kind in KINDS]
    try:
        yield sums
    finally:
        for handle in handles:
            handle.remove()


def counted(batch: Batch, positions: Positions) -> Tensor:
    """Return which positions of a batch count, bool (B, T)."""
    if positions == "response":
        return batch.is_response
    wanted = torch.zeros_like(batch.is_response)
    wanted[:, :-1] = batch.is_response[:, 1:]
    return wanted
