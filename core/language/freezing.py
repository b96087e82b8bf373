"""Freezing units, and training units alone, bit by bit.

Masked gradients alone do not freeze under AdamW: decoupled weight decay and averages of earlier gradients still move an entry. So
gradients are masked, and what was there is put back after every step. Frozen are the rows that write a unit and the column that
reads it; with grouped-query attention a row of ``v_proj`` feeds several units and is frozen (or trained) only with all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.lab.errors import RunFailed
from core.language.model import LanguageModel, reader
from core.language.units import KINDS, Kind, UnitSpace


@dataclass(frozen=True, eq=False)
class Entries:
    """Rows (``axis`` 0) or columns (``axis`` 1) of one weight or bias.

    Attributes:
        parameter: The weight.
        axis: What is counted.
        places: Which, int64, ascending.
    """

    parameter: nn.Parameter
    axis: int
    places: Tensor

    def complement(self) -> "Entries":
        """Return the other rows or columns."""
        others = torch.ones(self.parameter.shape[self.axis], dtype=torch.bool, device=self.parameter.device)
        others[self.places] = False
        return Entries(self.parameter, self.axis, others.nonzero().flatten())

    def read(self) -> Tensor:
        """Return a copy of the values."""
        return self.parameter.detach().index_select(self.axis, self.places)


class UnitGuard:
    """Keeps entries as they are while everything else is trained; see ``model.Guard``."""

    def __init__(self, held: list[Entries]) -> None:
        """Remember the values of ``held``."""
        self.held = [entries for entries in held if len(entries.places)]
        self._saved = [entries.read() for entries in self.held]

    @property
    def n_entries(self) -> int:
        """How many single weights are held."""
        return sum(saved.numel() for saved in self._saved)

    def mask_gradients(self) -> None:
        """Zero the gradients of held entries, so that their averages stay zero as well."""
        for entries in self.held:
            if entries.parameter.grad is not None:
                entries.parameter.grad.index_fill_(entries.axis, entries.places, 0.0)

    @torch.no_grad()
    def restore(self) -> None:
        """Put held entries back."""
        for entries, saved in zip(self.held, self._saved, strict=True):
            entries.parameter.index_copy_(entries.axis, entries.places, saved)

    def check(self) -> None:
        """Prove that nothing held has moved.

        Raises:
            RunFailed: If the bits of an entry differ from those at the start.
        """
        moved = sum(int((_bits(entries.read()) != _bits(saved)).sum()) for entries, saved in zip(self.held, self._saved, strict=True))
        if moved:
            raise RunFailed(f"frozen weights must keep their bits, but {moved} of {self.n_entries} changed: report this as a defect.")


def freeze(model: LanguageModel, units: np.ndarray) -> UnitGuard:
    """Return the guard that keeps all weights of ``units``, a bool mask (n_units,), at their present values."""
    return UnitGuard(list(entries_of(model, units)))


def train_only(model: LanguageModel, units: np.ndarray) -> tuple[UnitGuard, list[nn.Parameter]]:
    """Return the guard and the parameters that let nothing but the weights of ``units`` move.

    Embeddings, norms, queries, keys and the output head are not among the parameters; of those that are, the guard holds every row
    and column of other units.
    """
    own = [entries for entries in entries_of(model, units) if len(entries.places)]
    return UnitGuard([entries.complement() for entries in own]), [entries.parameter for entries in own]


def entries_of(model: LanguageModel, units: np.ndarray) -> Iterator[Entries]:
    """Yield the weights that belong to ``units``, a bool mask (n_units,): at most one ``Entries`` a parameter.

    Rows of ``gate_proj`` and ``up_proj`` with columns of ``down_proj``; columns of ``o_proj`` with those rows of ``v_proj`` all of whose
    units are chosen. A bias of a writing layer goes with its rows; biases of the readers belong to no unit.
    """
    for layer in range(model.space.n_layers):
        for kind in KINDS:
            channels = model.space.chosen(units, kind, layer)
            yield Entries(reader(model.network, kind, layer).weight, 1, _places(channels, model.device))
            rows = _places(model.space.value_rows(channels) if kind == "attention" else channels, model.device)
            for writer in _writers(model, kind, layer):
                yield Entries(writer.weight, 0, rows)
                if writer.bias is not None:
                    yield Entries(writer.bias, 0, rows)


def random_like(space: UnitSpace, units: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a random set with as many attention and as many MLP units as ``units``, a bool mask (n_units,).

    Drawn from all units, those of ``units`` included: the control of a choice is no choice. Equal numbers of either kind mean
    equally many weights, up to rows of ``v_proj``.
    """
    drawn = np.zeros(space.n_units, dtype=bool)
    for is_mlp in (False, True):
        places = np.flatnonzero(space.is_mlp == is_mlp)
        drawn[rng.choice(places, int(units[places].sum()), replace=False)] = True
    return drawn


def _places(channels: np.ndarray, device: torch.device) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(channels, dtype=np.int64)).to(device)


def _writers(model: LanguageModel, kind: Kind, layer: int) -> tuple[nn.Linear, ...]:
    block = model.network.model.layers[layer]
    return (block.self_attn.v_proj,) if kind == "attention" else (block.mlp.gate_proj, block.mlp.up_proj)


def _bits(values: Tensor) -> Tensor:
    return values.contiguous().view({2: torch.int16, 4: torch.int32, 8: torch.int64}[values.element_size()])
