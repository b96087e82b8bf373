"""A state of a model kept as its difference from another one, rounded to eight bits a row: a quarter of the room.

Whoever keeps a state so takes the rounded one for the state, also in the run that trains it, so that a run from the store gives the
same numbers.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from core.language.model import LanguageModel, State

LEVELS = 127  # of an eight-bit number on either side of zero
SCALE = ".scale"


class KeptState(Mapping[str, Tensor]):
    """Weights of a state, put together from what was kept once the first of them is asked for."""

    def __init__(self, base: State, arrays: Mapping[str, np.ndarray]) -> None:
        """Remember the pretrained weights and what was kept of the state."""
        self._base, self._arrays = base, arrays

    @cached_property
    def _weights(self) -> dict[str, Tensor]:
        return _with_difference(self._base, self._arrays)

    def __getitem__(self, name: str) -> Tensor:
        """Return one weight."""
        return self._weights[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names."""
        return iter(self._base)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._base)


def layout(base: State, n_steps: int) -> dict[str, tuple[tuple[int, ...], type]]:
    """Return shape and type of each array of a state: losses, matrices as eight-bit numbers with a scale a row, vectors as they are."""
    found: dict[str, tuple[tuple[int, ...], type]] = {"losses": ((n_steps,), np.float64)}
    for name, weight in base.items():
        is_matrix = weight.ndim > 1
        found[name] = (tuple(weight.shape), np.int8 if is_matrix else np.float32)
        if is_matrix:
            found[name + SCALE] = ((len(weight),), np.float32)
    return found


def write_difference(room: Mapping[str, np.ndarray], base: State, model: LanguageModel) -> None:
    """Write what training added to ``base``, matrices rounded to the nearest of 255 levels of each row."""
    for name, parameter in model.network.named_parameters():
        added = parameter.detach().cpu().float() - base[name].float()
        if added.ndim < 2:
            room[name][...] = added.numpy()
            continue
        scale = added.abs().amax(dim=tuple(range(1, added.ndim))) / LEVELS
        room[name + SCALE][...] = scale.numpy()
        room[name][...] = (added / scale.clamp(min=torch.finfo(torch.float32).tiny).unsqueeze(1)).round().to(torch.int8).numpy()


def _with_difference(base: State, arrays: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
    """Return ``base`` plus what was kept of a state; weights that did not change are shared with ``base``."""
    found = {}
    for name, weight in base.items():
        kept = arrays[name]
        if not kept.any():
            found[name] = weight
            continue
        added = torch.from_numpy(kept.astype(np.float32))
        if name + SCALE in arrays:
            added *= torch.from_numpy(arrays[name + SCALE].copy()).unsqueeze(1)
        found[name] = (weight.float() + added).to(weight.dtype)
    return found
