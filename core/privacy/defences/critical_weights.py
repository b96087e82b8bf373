"""Which weights are critical, and models in which they are rewound. Every number of rewound weights is exact."""

from typing import Literal

import numpy as np
import torch

from core.privacy.defences.weight_scores import WeightScores
from core.training.workbench import State

Ranking = Literal["global", "layer"]


def critical_masks(scores: WeightScores, shapes: State, *, rate: float, ranking: Ranking) -> list[State]:
    """Return one mask per model, True at its most vulnerable weights: ``round(rate / 100 * P)`` of them, no more and no fewer.

    Args:
        scores: Of K models.
        shapes: A state, for the shapes of the parameters.
        rate: Per cent of the weights.
        ranking: "global" lets all weights compete, "layer" takes the rate of every parameter.
    """
    ends = np.cumsum(scores.sizes)
    masks = []
    for row in scores.vulnerability:
        chosen = np.zeros(row.size, dtype=bool)
        parts = [(0, row.size)] if ranking == "global" else list(zip(ends - scores.sizes, ends, strict=True))
        for start, end in parts:
            # a stable order makes ties go to the earlier weight, so that the count is exact
            order = np.argsort(-row[start:end], kind="stable")
            chosen[start + order[: round(rate / 100.0 * (end - start))]] = True
        masks.append({name: torch.from_numpy(part.copy()).view(shapes[name].shape)
                      for name, part in zip(scores.names, np.split(chosen, ends[:-1]), strict=True)})
    return masks


def inverted(mask: State) -> State:
    """Return the mask of all other weights."""
    return {name: ~part for name, part in mask.items()}


def rewound(state: State, mask: State, values: State | None) -> State:
    """Return a copy of ``state`` whose masked weights are those of ``values``, or zero where there are none; buffers stay."""
    changed = dict(state)
    for name, part in mask.items():
        changed[name] = torch.where(part, torch.zeros_like(state[name]) if values is None else values[name], state[name])
    return changed
