"""Units of a LLaMA-shaped language model, numbered once for every table. Imports no torch.

A unit is a hidden index of a two-matrix module f(X) = B s(A X): the output neuron in A together with the input channel in B. In a block
an attention unit is a channel that ``o_proj`` reads (with its row of ``v_proj``), an MLP unit a channel that ``down_proj`` reads (with its
rows of ``gate_proj`` and ``up_proj``). Flat numbers run through blocks; within a block attention comes first, then the MLP.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

Kind = Literal["attention", "mlp"]
KINDS: tuple[Kind, ...] = ("attention", "mlp")
KIND_TITLES = {"attention": "Attention", "mlp": "MLP"}


@dataclass(frozen=True)
class UnitSpace:
    """Which units a model has.

    Attributes:
        n_layers: Blocks.
        width: Features of a token, d.
        heads: Query heads; attention units are ``heads * head_size`` per block.
        key_heads: Key and value heads; each value row feeds ``heads // key_heads`` attention units.
        head_size: Channels of a head.
        neurons: MLP units per block.
    """

    n_layers: int
    width: int
    heads: int
    key_heads: int
    head_size: int
    neurons: int

    @property
    def n_attention(self) -> int:
        """Attention units of a block."""
        return self.heads * self.head_size

    @property
    def n_block(self) -> int:
        """Units of a block."""
        return self.n_attention + self.neurons

    @property
    def n_units(self) -> int:
        """Units of the model."""
        return self.n_layers * self.n_block

    @property
    def group(self) -> int:
        """Query heads that share one key and value head."""
        return self.heads // self.key_heads

    def part(self, kind: Kind, layer: int) -> slice:
        """Return the flat numbers of one module's units, ``layer`` from 0."""
        start = layer * self.n_block
        return slice(start, start + self.n_attention) if kind == "attention" else slice(start + self.n_attention, start + self.n_block)

    @cached_property
    def layers(self) -> np.ndarray:
        """Block of every unit from 0, int16 (n_units,)."""
        return np.repeat(np.arange(self.n_layers, dtype=np.int16), self.n_block)

    @cached_property
    def is_mlp(self) -> np.ndarray:
        """Whether each unit is an MLP unit, bool (n_units,)."""
        return np.tile(np.arange(self.n_block) >= self.n_attention, self.n_layers)

    @cached_property
    def channels(self) -> np.ndarray:
        """Channel of each unit within its module from 0, int32 (n_units,)."""
        one = np.concatenate([np.arange(self.n_attention), np.arange(self.neurons)]).astype(np.int32)
        return np.tile(one, self.n_layers)

    @cached_property
    def n_parameters(self) -> np.ndarray:
        """Weights that belong to each unit, float64 (n_units,): 3 d of an MLP unit; d of an attention unit plus its part of a value row."""
        return np.where(self.is_mlp, 3.0 * self.width, self.width * (1.0 + 1.0 / self.group))

    def chosen(self, units: np.ndarray, kind: Kind, layer: int) -> np.ndarray:
        """Return the channels of one module that are in ``units``, a bool mask or flat numbers; int64, ascending."""
        mask = units if units.dtype == bool else np.isin(np.arange(self.n_units), units)
        return np.flatnonzero(mask[self.part(kind, layer)])

    def value_rows(self, channels: np.ndarray) -> np.ndarray:
        """Return the rows of ``v_proj`` all of whose attention units are in ``channels``; int64, ascending.

        A value row feeds the same channel of every query head of its group, so it belongs to a set only with all of them.
        """
        mask = np.zeros((self.key_heads, self.group, self.head_size), dtype=bool)
        mask.reshape(-1)[channels] = True
        return np.flatnonzero(mask.all(axis=1).reshape(-1))
