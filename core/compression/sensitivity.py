"""What rounding one layer alone costs each group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from core.compression.compressed_model import FloatModel, Grouped, float_network
from core.compression.layers import LayerPlan, rounded_weight
from core.training.forked import one_thread
from core.training.loop import evaluate
from core.training.workbench import State


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Excess losses of rounding the weights of one layer, all else in float.

    Attributes:
        layers: L module paths in the order of the computation.
        counts: Number of weights of each layer, (L,).
        bits: B widths, ascending.
        excess: Mean loss of a group with that layer rounded minus its mean loss in float, nats, (L, B, G).
    """

    layers: tuple[str, ...]
    counts: np.ndarray
    bits: tuple[int, ...]
    excess: np.ndarray


def sensitivity(
    model: FloatModel, reference: State, layers: Sequence[str], bits: Sequence[int], data: Grouped, *, per_channel: bool = True
) -> Sensitivity:
    """Return what each layer's rounding costs each group.

    Args:
        model: The float network.
        reference: Its state in the form that is rounded: with BatchNorm folded in, or as it is.
        layers: Module paths of convolutions and linear layers.
        bits: Widths to try.
        data: Images that losses are measured on; training images, as gradients are.
        per_channel: Whether each output channel has a step of its own.
    """
    network = float_network(FloatModel(model.architecture, reference))
    widths = tuple(sorted(bits))
    with one_thread():
        before = group_losses(network, data)
        excess = np.zeros((len(layers), len(widths), data.n_groups))
        for row, path in enumerate(layers):
            module = network.get_submodule(path)
            weight = module.weight.detach().clone()
            for column, width in enumerate(widths):
                rounded = rounded_weight(weight, LayerPlan(width, 32, per_channel))
                with torch.no_grad():
                    module.weight.copy_(rounded)
                excess[row, column] = group_losses(network, data) - before
            with torch.no_grad():
                module.weight.copy_(weight)
    counts = np.array([reference[f"{path}.weight"].numel() for path in layers])
    return Sensitivity(tuple(layers), counts, widths, excess)


def group_losses(network: nn.Module, data: Grouped) -> np.ndarray:
    """Return each group's mean cross-entropy, nats, float64 (G,)."""
    logits, _ = evaluate(network, data.images)
    losses = F.cross_entropy(logits.double(), data.labels, reduction="none").numpy(force=True)
    groups = data.groups.numpy(force=True)
    return np.bincount(groups, losses, data.n_groups) / np.bincount(groups, minlength=data.n_groups)
