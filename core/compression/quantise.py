"""Quantisation after training, and BatchNorm statistics measured anew behind it."""

from collections.abc import Mapping
from dataclasses import replace

from torch import Tensor

from core.compression.batch_norm import reestimated
from core.compression.calibration import Calibration
from core.compression.compressed_model import Architecture, CompressedModel, FloatModel, QuantPlan, network_of
from core.compression.layers import LayerPlan, dequantised_state, layer_reports, widths
from core.compression.points import FLOAT_BITS
from core.compression.ranges import activation_range
from core.lab.errors import InputError
from core.training.workbench import State


def plan_layers(plan: QuantPlan, calibration: Calibration) -> dict[str, LayerPlan]:
    """Return how each layer is quantised, grids of inputs from the calibration images included.

    Raises:
        InputError: If widths are outside their range, or plan and calibration do not agree on folding.
    """
    if plan.folded != calibration.folded:
        raise InputError(f"plan and calibration must both fold BatchNorm or both not, got {plan.folded} and {calibration.folded}.")
    return {path: layer if layer.input_bits == FLOAT_BITS else
            replace(layer, inputs=activation_range(calibration.inputs[path], layer.input_bits, plan.ranges))
            for path, layer in widths(list(calibration.inputs), plan).items()}


def compressed(
    architecture: Architecture, state: State, reference: State, layers: Mapping[str, LayerPlan], kept: State | None = None
) -> CompressedModel:
    """Return the network whose float weights are ``state``, rounded as planned."""
    rounded = dequantised_state(state, layers)
    return CompressedModel(
        architecture, rounded, reference, {path: layer.inputs for path, layer in layers.items() if layer.inputs is not None},
        layer_reports(architecture.build(), rounded, layers), kept)


def quantise(model: FloatModel, plan: QuantPlan, calibration: Calibration) -> CompressedModel:
    """Return the network with weights and inputs of its layers rounded as planned, without any training.

    Args:
        model: The float network.
        plan: Widths and rules.
        calibration: What ``calibrate`` returned for this model; it holds the folded weights where the plan folds.

    Raises:
        InputError: If a width lies outside its range, or plan and calibration do not go together.
    """
    return compressed(model.architecture, calibration.reference, calibration.reference, plan_layers(plan, calibration))


def reestimate(model: CompressedModel, images: Tensor) -> CompressedModel:
    """Return the same network with the running averages of every BatchNorm measured anew on uint8 images (N, H, W, C).

    Averages are those of the compressed network with rounded activations. A network without BatchNorm stays as it is.

    Raises:
        InputError: If there are fewer than 2 images.
    """
    return replace(model, state={**model.state, **reestimated(network_of(model), images)})
