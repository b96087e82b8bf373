"""Cutting MLP channels: set to zero, drawn anew, or set back to the weights from before the attack."""

import numpy as np
import torch

from core.lab.seeds import torch_seed
from core.language.model import LanguageModel, State

SPREAD = 0.02  # of freshly drawn weights where a model does not say its own


@torch.no_grad()
def cut(model: LanguageModel, channels: np.ndarray, how: str, *, seed: int, before: State | None = None) -> None:
    """Cut channels of the network, in place: rows of ``gate_proj`` and ``up_proj``, columns of ``down_proj``.

    A channel of zeros stays one: nothing comes out of it, so that no gradient reaches it, and repair leaves it alone.

    Args:
        model: Whose network is cut.
        channels: bool (blocks, channels).
        how: ``zero``, ``fresh`` (normal, with the spread that the model's configuration names) or ``back``.
        seed: Draws fresh weights.
        before: The weights of ``back``.
    """
    rng = torch.Generator().manual_seed(torch_seed(seed, "backdoor", "fresh"))
    spread = float(getattr(model.network.config, "initializer_range", SPREAD))
    for layer, block in enumerate(model.network.model.layers):
        places = torch.from_numpy(np.flatnonzero(channels[layer])).to(model.device)
        for name, axis in (("gate_proj", 0), ("up_proj", 0), ("down_proj", 1)):
            weight = getattr(block.mlp, name).weight
            shape = (len(places), weight.shape[1]) if axis == 0 else (weight.shape[0], len(places))
            if how == "zero":
                new = torch.zeros(shape)
            elif how == "fresh":
                new = torch.randn(shape, generator=rng) * spread
            else:
                new = before[f"model.layers.{layer}.mlp.{name}.weight"].index_select(axis, places.cpu())
            weight.index_copy_(axis, places, new.to(weight))
