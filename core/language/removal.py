"""Removing units: their columns in the weights that read them become zero, so nothing they compute goes anywhere.

For a unit this equals removal, since nothing else reads it. What was there is put back bit by bit.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from core.language.model import LanguageModel, reader
from core.language.units import KINDS


@contextmanager
def without(model: LanguageModel, units: np.ndarray) -> Iterator[LanguageModel]:
    """Take units, a bool mask (n_units,), out of the network inside; afterwards its weights are what they were, bit by bit."""
    saved = []
    try:
        for layer in range(model.space.n_layers):
            for kind in KINDS:
                places = torch.from_numpy(model.space.chosen(units, kind, layer)).to(model.device)
                if len(places):
                    weight = reader(model.network, kind, layer).weight.data
                    saved.append((weight, places, weight.index_select(1, places)))
                    weight.index_fill_(1, places, 0.0)
        yield model
    finally:
        for weight, places, columns in saved:
            weight.index_copy_(1, places, columns)


def parameter_share(model: LanguageModel, units: np.ndarray) -> float:
    """Return the share of all weights that belong to units, in [0, 1]: rows that write them and columns that read them."""
    total = sum(parameter.numel() for parameter in model.network.parameters())
    return float(model.space.n_parameters[units].sum() / total)
