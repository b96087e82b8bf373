"""Which layers can be quantised, how each one is, and a report of what is left in float."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from core.compression.bits import check_bits_or_float, is_sign
from core.compression.compressed_model import LayerReport, QuantPlan
from core.compression.points import FLOAT_BITS
from core.compression.quantiser import ActivationGrid, round_weight, weight_scale
from core.lab.errors import InputError
from core.training.workbench import State

COVERED = {nn.Conv2d: "convolution", nn.Linear: "linear"}
EDGE_BITS = 8


@dataclass(frozen=True, eq=False)
class LayerPlan:
    """How one layer is quantised.

    Attributes:
        weight_bits: Width of its weights; 32 leaves them in float.
        input_bits: Width of its inputs; 32 leaves them in float.
        per_channel: Whether each output channel has a step of its own.
        inputs: Grid of the inputs; None leaves them in float.
        weight_scale: Fixed steps (C,) or (1,); None takes them from the weights as they are.
    """

    weight_bits: int
    input_bits: int
    per_channel: bool = True
    inputs: ActivationGrid | None = None
    weight_scale: Tensor | None = None


def layers_of(network: nn.Module) -> dict[str, nn.Module]:
    """Return the convolutions and linear layers by module path, in the order of their definition."""
    return {path: module for path, module in network.named_modules() if isinstance(module, tuple(COVERED))}


def widths(paths: list[str], plan: QuantPlan) -> dict[str, LayerPlan]:
    """Return how each layer is to be quantised, without grids of inputs yet.

    Args:
        paths: Layers in the order of the computation: the first sees the image, the last gives the logits.
        plan: What is asked. Bits by layer are taken as they are, also at the edges, and may be 1.

    Raises:
        InputError: If a width lies outside 2 to 16 and is not 32, or ``bits_by_layer`` names a layer that is not there.
    """
    by_layer = [bits for bits in plan.bits_by_layer.values() if not is_sign(bits)]
    for bits in (plan.weight_bits, plan.activation_bits, *by_layer):
        check_bits_or_float(bits)
    unknown = sorted(set(plan.bits_by_layer) - set(paths))
    if unknown:
        raise InputError(f"bits by layer must name layers out of {', '.join(paths)}, got {', '.join(unknown)}.")
    planned = {}
    for place, path in enumerate(paths):
        at_edge = plan.edges_at_8_bits and place in (0, len(paths) - 1)
        weight_bits = plan.bits_by_layer.get(path, _at_least(plan.weight_bits, at_edge))
        input_bits = _at_least(plan.activation_bits, at_edge or place == 0)
        planned[path] = LayerPlan(weight_bits, input_bits, plan.granularity == "channel")
    return planned


def _at_least(bits: int, exempt: bool) -> int:
    return max(bits, EDGE_BITS) if exempt else bits


def rounded_weight(weight: Tensor, layer: LayerPlan) -> Tensor:
    """Return weights (C, ...) as their layer's plan rounds them; gradients pass straight through."""
    if layer.weight_bits == FLOAT_BITS:
        return weight
    scale = layer.weight_scale
    if scale is None:
        scale = weight_scale(weight, layer.weight_bits, per_channel=layer.per_channel)
    return round_weight(weight, scale, layer.weight_bits)


def dequantised_state(state: State, layers: Mapping[str, LayerPlan]) -> State:
    """Return a copy of a network's state in which every planned weight lies on its grid."""
    rounded = dict(state)
    for path, layer in layers.items():
        rounded[f"{path}.weight"] = rounded_weight(state[f"{path}.weight"], layer).detach()
    return rounded


def layer_reports(network: nn.Module, state: State, layers: Mapping[str, LayerPlan]) -> tuple[LayerReport, ...]:
    """Return one report per module that owns weights: what was quantised, and why the rest was not.

    Args:
        network: The architecture.
        state: The compressed weights, for the number of zeros.
        layers: How each layer was quantised; empty where nothing was.
    """
    reports = []
    for path, module in network.named_modules():
        names = [name for name, _ in module.named_parameters(recurse=False)]
        if not names:
            continue
        kind = next((word for covered, word in COVERED.items() if isinstance(module, covered)), type(module).__name__)
        main = state[f"{path}.weight" if "weight" in names else f"{path}.{names[0]}"]
        layer = layers.get(path, LayerPlan(FLOAT_BITS, FLOAT_BITS))
        n_steps = 0 if layer.weight_bits == FLOAT_BITS else len(main) if layer.per_channel else 1
        reports.append(LayerReport(path, kind, main.numel(), int((main == 0).sum()), layer.weight_bits, layer.input_bits,
                                   _reason(kind, layer), n_steps))
    return tuple(reports)


def _reason(kind: str, layer: LayerPlan) -> str:
    if kind not in COVERED.values():
        return "only convolutions and linear layers are quantised"
    if layer.weight_bits == FLOAT_BITS and layer.input_bits == FLOAT_BITS:
        return "left in float, as asked"
    return ""
