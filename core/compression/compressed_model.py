"""What a compressed network is, and in what form the parts of this room hand networks and groups to each other.

Who makes what (images are uint8 NHWC tensors):

- ``calibration.calibrate(model, images, folded=...)`` is what calibration images are to a ``FloatModel``. With it
  ``quantise.quantise(model, plan, calibration)`` and ``adaquant.quantise_calibrated(model, plan, calibration)`` make a
  ``CompressedModel``, and so does ``pruning.prune(model, sparsity, scope=..., unit=...)``, its mask in ``kept``;
  ``quantise.reestimate(compressed, images)`` measures BatchNorm statistics anew.
- ``sensitivity.sensitivity(...)`` and ``bit_allocation.allocate(...)`` give bits to layers.
- ``retraining.retraining_routine(arm, groups)`` is the routine with which ``train_kept`` trains an arm as its ``Retraining`` says;
  ``quantise.compressed(...)`` rounds what was trained.
- ``size.size_bytes(compressed)``: packed weights, steps, biases, norms; sparse ones with a bitmap.
- ``group_outputs.group_outputs(logits, labels, groups, n_groups) -> frame`` (NumPy in; one row per group: loss, accuracy,
  logit_variance, margin, closeness) and ``group_outputs.activation_change(model, images, groups, n_groups) -> (layer paths, array
  (layers, groups))``, the mean of ||a'(x) - a(x)|| / ||a(x)|| of each layer's input against ``reference``;
  ``groups.taylor.terms(models, samples, seed=...)`` are the exact terms and the bound of every group. ``observe`` calls them for
  every copy and setting.
- ``group_outputs`` and ``core.measures.curvature`` take networks made by ``network_of`` and a ``Grouped`` set, and never train.
  Gradients and curvature are those of the float graph at the dequantised weights: ``network_of(model, rounded_activations=False)``.

Weights keep the names of the float network. Where BatchNorm is folded into a layer before rounding, the folded weights stand under
the layer's own name and the norm that follows becomes the identity plus the folded bias; ``reference`` is the float network in
that same form, so that ``state - reference`` is the change of weights in every case.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from torch import Tensor, nn

from core.compression.quantiser import ActivationGrid, round_activation
from core.models.registry import build
from core.training.workbench import State

Granularity = Literal["channel", "tensor"]
RangeMethod = Literal["minmax", "percentile", "mse"]


@dataclass(frozen=True)
class Architecture:
    """What ``core.models.registry.build`` needs to make the float network."""

    model: str
    width: int
    n_classes: int
    image_shape: tuple[int, int, int]

    def build(self) -> nn.Module:
        """Return a network of this architecture on the CPU, in evaluation mode."""
        return build(self.model, n_classes=self.n_classes, image_shape=self.image_shape, width=self.width).eval()


@dataclass(frozen=True, eq=False)
class FloatModel:
    """A trained float network: architecture, and weights and buffers as ``load_state_dict`` takes them (float32, CPU)."""

    architecture: Architecture
    state: State


@dataclass(frozen=True)
class QuantPlan:
    """How a network is to be quantised.

    Attributes:
        weight_bits: Bits of every layer's weights; 32 leaves them in float.
        activation_bits: Bits of every layer's input; 32 leaves them in float. The image itself keeps at least 8 bits.
        granularity: One scale per output channel, or one per layer.
        ranges: How the range of an activation is found.
        edges_at_8_bits: Whether the first and the last layer keep at least 8 bits.
        folded: Whether BatchNorm is folded into the layer before it is rounded.
        bits_by_layer: Weight bits of layers that differ, by module path: what bit allocation returns; 1 keeps signs.
    """

    weight_bits: int = 32
    activation_bits: int = 32
    granularity: Granularity = "channel"
    ranges: RangeMethod = "minmax"
    edges_at_8_bits: bool = False
    folded: bool = True
    bits_by_layer: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class LayerReport:
    """What was done to one module that has weights.

    Attributes:
        layer: Its path.
        kind: ``convolution``, ``linear`` or the class's name.
        n_weights: Number of weights of the rounded tensor.
        n_zero: How many of them are zero.
        weight_bits: 32 where they stay in float.
        activation_bits: Bits of its input; 32 where that stays in float.
        reason: Why it was left as it was; empty where it was compressed.
        n_steps: Number of steps of its weights' grids: one for each output channel, or one; 0 where they stay in float.
    """

    layer: str
    kind: str
    n_weights: int
    n_zero: int
    weight_bits: int
    activation_bits: int
    reason: str = ""
    n_steps: int = 0


@dataclass(frozen=True, eq=False)
class CompressedModel:
    """A quantised or pruned network.

    Attributes:
        architecture: Of the float network.
        state: Dequantised or pruned weights and buffers, float32, under the float network's names.
        reference: The float network in the same parameterisation.
        activations: Grid on which each layer's input is rounded, by module path; empty where activations stay in float.
        layers: One report per module that has weights.
        kept: Boolean per parameter name, False where a weight was pruned; None where nothing was.
    """

    architecture: Architecture
    state: State
    reference: State
    activations: Mapping[str, ActivationGrid]
    layers: tuple[LayerReport, ...]
    kept: State | None = None


@dataclass(frozen=True, eq=False)
class Grouped:
    """Images with classes and groups.

    Attributes:
        images: uint8 (N, H, W, C).
        labels: int64 (N,).
        groups: int64 (N,), 0 to ``n_groups`` - 1; every group occurs.
        n_groups: Number of groups.
    """

    images: Tensor
    labels: Tensor
    groups: Tensor
    n_groups: int


def network_of(model: CompressedModel, *, rounded_activations: bool = True, device: str = "cpu") -> nn.Module:
    """Return the compressed network, ready to compute logits and features, in evaluation mode.

    Args:
        model: What ``quantise`` or ``prune`` returned.
        rounded_activations: Whether layers round their inputs; False gives the float graph at the dequantised weights.
        device: ``cpu`` or a CUDA device.
    """
    network = model.architecture.build()
    network.load_state_dict(model.state)
    if rounded_activations:
        for path, grid in model.activations.items():
            network.get_submodule(path).register_forward_pre_hook(_rounding(grid))
    return network.to(device)


def _rounding(grid: ActivationGrid) -> Callable[..., tuple[Tensor, ...]]:
    def hook(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return (round_activation(inputs[0], grid), *inputs[1:])

    return hook


def float_network(model: FloatModel, device: str = "cpu") -> nn.Module:
    """Return the float network in evaluation mode."""
    network = model.architecture.build()
    network.load_state_dict(model.state)
    return network.to(device)


def weight_change(model: CompressedModel) -> dict[str, float]:
    """Return the relative change of each parameter tensor of two axes or more, ||W' - W|| / ||W||, by name."""
    changes = {}
    for name, before in model.reference.items():
        if before.ndim >= 2:
            changes[name] = float(torch.linalg.vector_norm(model.state[name] - before) / torch.linalg.vector_norm(before).clamp_min(1e-12))
    return changes
