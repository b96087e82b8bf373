"""How strongly each input of the MLPs' matrices is used, and Wanda's scores from it.

Wanda: |W_ij| * norm of input j over a calibration set, compared within each output row (Sun et al. 2024).
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from core.data.pairs import Pair
from core.language.batches import batches_of
from core.language.model import LanguageModel

BATCH = 24
READERS = ("gate_proj", "up_proj", "down_proj")


@torch.no_grad()
def input_norms(model: LanguageModel, pairs: Sequence[Pair]) -> dict[tuple[int, str], Tensor]:
    """Return root mean squares of the inputs of ``gate_proj`` and ``down_proj`` by block; ``up_proj`` reads what gate does."""
    sums: dict[tuple[int, str], Tensor] = {}
    there: list[Tensor] = []

    def hook(key: tuple[int, str]):
        def add(_module: object, given: tuple[Tensor, ...]) -> None:
            squares = given[0][there[-1]].double().square().sum(0)
            sums[key] = sums[key] + squares if key in sums else squares
        return add

    handles = [getattr(block.mlp, name).register_forward_pre_hook(hook((layer, name)))
               for layer, block in enumerate(model.network.model.layers) for name in ("gate_proj", "down_proj")]
    n = 0
    try:
        for batch in batches_of(model, pairs, BATCH):
            there.append(batch.there)
            n += int(batch.there.sum())
            model.network.model(input_ids=batch.tokens, attention_mask=batch.there.long(), use_cache=False)
    finally:
        for handle in handles:
            handle.remove()
    return {key: (total / n).sqrt().float() for key, total in sums.items()}


@torch.no_grad()
def use_of_channels(model: LanguageModel, pairs: Sequence[Pair]) -> np.ndarray:
    """Return how much each MLP channel writes on these pairs, (blocks, channels): its input's norm times that of its column."""
    norms = input_norms(model, pairs)
    return np.stack([(norms[layer, "down_proj"] * block.mlp.down_proj.weight.float().norm(dim=0)).cpu().numpy()
                     for layer, block in enumerate(model.network.model.layers)]).astype(np.float64)


@torch.no_grad()
def prune_weights(model: LanguageModel, pairs: Sequence[Pair], share: float) -> None:
    """Set the share of each output row's MLP weights with the highest Wanda scores on these pairs to zero, in place."""
    norms = input_norms(model, pairs)
    for layer, block in enumerate(model.network.model.layers):
        for name in READERS:
            weight = getattr(block.mlp, name).weight
            scores = weight.float().abs() * norms[layer, "down_proj" if name == "down_proj" else "gate_proj"]
            n = max(1, round(share * weight.shape[1]))
            weight.scatter_(1, scores.topk(n, dim=1).indices, 0.0)
