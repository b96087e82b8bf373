"""Rounding chosen layer by layer, so that each layer's output on calibration images changes least.

Each layer in the order of the computation: its weights, its shift, the steps of its weights and the ends of its input's grid are
moved by Adam down the squared difference between the float layer's output on the float input and the rounded layer's output on
what the already rounded layers before it send. No label is used. A layer whose error did not fall keeps nearest rounding.

Source: Hubara et al. 2021, "Accurate Post Training Quantization With Small Calibration Sets", section 3 (AdaQuant, sequential form).
Step sizes here are relative to a layer's own grid instead of the authors' fixed ones, and outputs are compared before the ReLU.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.compression.bits import check_bits_or_float
from core.compression.calibration import Calibration, watched_inputs
from core.compression.compressed_model import CompressedModel, FloatModel, QuantPlan, float_network
from core.compression.folding import norm_pairs
from core.compression.layers import LayerPlan, rounded_weight
from core.compression.points import FLOAT_BITS
from core.compression.quantise import compressed, plan_layers
from core.compression.quantiser import activation_grid, largest_code, round_activation, weight_scale
from core.training.forked import one_thread
from core.training.images import to_input
from core.training.optimizer import Optimizer
from core.training.workbench import State

STEPS = 100
BATCH = 50
WEIGHT_RATE = 0.02  # in steps of the layer's grid
SHIFT_RATE = 1e-3
STEP_RATE = 1e-3  # of the logarithm of a weight's step
END_RATE = 1e-2  # of the factor on an end of the input's grid


def quantise_calibrated(model: FloatModel, plan: QuantPlan, calibration: Calibration) -> CompressedModel:
    """Return the network quantised as planned, with rounding calibrated layer by layer.

    Args:
        model: The float network.
        plan: Widths and rules; ranges of activations are where the search begins.
        calibration: What ``calibrate`` returned for this model.

    Raises:
        InputError: If a width lies outside its range, or plan and calibration do not go together.
    """
    layers, state = plan_layers(plan, calibration), dict(calibration.reference)
    for layer in layers.values():
        check_bits_or_float(layer.weight_bits)  # signs have no rounding to choose
    norms = norm_pairs(float_network(model), model.architecture.image_shape)
    untouched, network = (float_network(FloatModel(model.architecture, state)) for _ in range(2))
    images = to_input(calibration.images)
    with one_thread():
        for path, layer in layers.items():
            if layer.weight_bits == FLOAT_BITS and layer.inputs is None:
                continue
            module = network.get_submodule(path)
            before, after = (_input_of(one, path, images) for one in (untouched, network))
            fit = fitted_layer(module, layer, before, after, shifts=path in norms)
            layers[path] = fit.layer
            state |= _moved(state, path, norms.get(path), fit)
            _apply(network, module, state, path, norms.get(path), fit.layer)
    return compressed(model.architecture, state, calibration.reference, layers)


def _input_of(network: nn.Module, path: str, images: Tensor) -> Tensor:
    """Return what reaches one layer; of one at a time, since together they would fill the memory."""
    with torch.no_grad(), watched_inputs(network, [path], lambda x: x) as record:
        network(images)
    return record[path]


@dataclass(frozen=True, eq=False)
class Fit:
    """One layer after its calibration.

    Attributes:
        layer: Its plan, with the steps and the grid that were found.
        weight: Its weights before rounding.
        shift: What is added to each output channel, (C,).
        error_nearest: Mean squared error of its output with nearest rounding.
        error: The same with what was found, never above ``error_nearest``.
    """

    layer: LayerPlan
    weight: Tensor
    shift: Tensor
    error_nearest: float
    error: float


def fitted_layer(module: nn.Module, layer: LayerPlan, float_inputs: Tensor, inputs: Tensor, *, shifts: bool) -> Fit:
    """Return the rounding under which a layer answers ``inputs`` most as the float layer answers ``float_inputs``.

    Args:
        module: The float layer, a convolution or a linear map.
        layer: Its plan with nearest rounding.
        float_inputs: Its input in the float network, (n, ...).
        inputs: Its input once the layers before it are rounded, of the same shape.
        shifts: Whether a shift can be kept although the layer has no bias.
    """
    function = _function(module)
    weight = module.weight.detach()
    with torch.no_grad():
        wanted = function(float_inputs, weight)
    nearest = _with_steps(layer, weight)
    start = Fit(nearest, weight, torch.zeros(len(weight)), 0.0, 0.0)
    trial = _Trial.of(nearest, weight)
    moving = trial.moving(shifts or module.bias is not None)
    optimizers = [Optimizer("adam", 0.0, 0.0) for _ in moving]
    for step in range(STEPS):
        places = torch.arange(step * BATCH, (step + 1) * BATCH) % len(inputs)
        loss = (trial.output(function, inputs[places]) - wanted[places]).square().mean()
        gradients = torch.autograd.grad(loss, [value for value, _ in moving], allow_unused=True)
        for optimizer, (value, rate), gradient in zip(optimizers, moving, gradients, strict=True):
            if gradient is not None:
                with torch.no_grad():
                    optimizer.step(value, gradient.clone(), rate)
    found = trial.fit()
    errors = [_error(function, one, inputs, wanted) for one in (start, found)]
    best = found if errors[1] < errors[0] else start
    return replace(best, error_nearest=errors[0], error=min(errors))


def _function(module: nn.Module) -> Callable[[Tensor, Tensor], Tensor]:
    if isinstance(module, nn.Conv2d):
        return lambda x, weight: module._conv_forward(x, weight, None)
    return F.linear


def _with_steps(layer: LayerPlan, weight: Tensor) -> LayerPlan:
    if layer.weight_bits == FLOAT_BITS:
        return layer
    return replace(layer, weight_scale=weight_scale(weight, layer.weight_bits, per_channel=layer.per_channel))


def _error(function: Callable[[Tensor, Tensor], Tensor], fit: Fit, inputs: Tensor, wanted: Tensor) -> float:
    with torch.no_grad():
        x = inputs if fit.layer.inputs is None else round_activation(inputs, fit.layer.inputs)
        output = function(x, rounded_weight(fit.weight, fit.layer))
        return float((output + _per_channel(fit.shift, output) - wanted).square().mean())


def _per_channel(shift: Tensor, output: Tensor) -> Tensor:
    return shift.view(1, -1, *[1] * (output.ndim - 2))


def _nearest(x: Tensor) -> Tensor:
    """Return whole numbers, with the gradient of the identity."""
    return x + (x.round() - x).detach()


@dataclass(eq=False)
class _Trial:
    """A layer whose rounding is being moved: everything about it is differentiable, unlike in the operators it is judged by."""

    layer: LayerPlan
    weight: Tensor
    shift: Tensor
    log_steps: Tensor
    ends: Tensor

    @staticmethod
    def of(layer: LayerPlan, weight: Tensor) -> "_Trial":
        steps = torch.ones(1) if layer.weight_scale is None else layer.weight_scale
        moving = (weight.clone(), torch.zeros(len(weight)), steps.log(), torch.ones(2))
        return _Trial(layer, *(value.requires_grad_() for value in moving))

    def moving(self, may_shift: bool) -> list[tuple[Tensor, float]]:
        """Return what moves, each with its learning rate."""
        found = [(self.ends, END_RATE)]
        if may_shift:
            found.append((self.shift, SHIFT_RATE))
        if self.layer.weight_bits != FLOAT_BITS:
            steps = self.log_steps.detach().exp()
            found += [(self.weight, WEIGHT_RATE * float(steps.mean())), (self.log_steps, STEP_RATE)]
        return found

    def output(self, function: Callable[[Tensor, Tensor], Tensor], inputs: Tensor) -> Tensor:
        output = function(self._input(inputs), self._weight())
        return output + _per_channel(self.shift, output)

    def _weight(self) -> Tensor:
        if self.layer.weight_bits == FLOAT_BITS:
            return self.weight
        steps = self.log_steps.exp().view(-1, *[1] * (self.weight.ndim - 1))
        top = largest_code(self.layer.weight_bits)
        return _nearest((self.weight / steps).clamp(-top, top)) * steps

    def _input(self, x: Tensor) -> Tensor:
        grid = self.layer.inputs
        if grid is None:
            return x
        low, high = grid.low * self.ends[0], grid.high * self.ends[1]
        top = 2**grid.bits - 1
        step = (high - low).clamp(min=1e-12) / top
        zero = _nearest(-low / step)
        return (_nearest((x / step + zero).clamp(0, top)) - zero) * step

    def fit(self) -> Fit:
        """Return what was found, in the form that the quantiser takes."""
        layer = self.layer
        if layer.weight_scale is not None:
            layer = replace(layer, weight_scale=self.log_steps.detach().exp())
        if layer.inputs is not None:
            low, high = (float(end) for end in self.ends.detach())
            layer = replace(layer, inputs=activation_grid(layer.inputs.low * low, layer.inputs.high * high, layer.inputs.bits))
        return Fit(layer, self.weight.detach(), self.shift.detach(), 0.0, 0.0)


def _moved(state: State, path: str, norm: str | None, fit: Fit) -> State:
    """Return what the fit changes in the state; a layer without a bias hands its shift to the norm behind it."""
    changed = {f"{path}.weight": fit.weight}
    if f"{path}.bias" in state:
        changed[f"{path}.bias"] = state[f"{path}.bias"] + fit.shift
    elif norm is not None:
        changed[f"{norm}.running_mean"] = state[f"{norm}.running_mean"] - fit.shift
    return changed


def _apply(network: nn.Module, module: nn.Module, state: State, path: str, norm: str | None, layer: LayerPlan) -> None:
    """Make the network's own copy of the layer the rounded one, for the layers behind it."""
    with torch.no_grad():
        module.weight.copy_(rounded_weight(state[f"{path}.weight"], layer))
        if module.bias is not None:
            module.bias.copy_(state[f"{path}.bias"])
        if norm is not None:
            network.get_submodule(norm).running_mean.copy_(state[f"{norm}.running_mean"])
    if layer.inputs is not None:
        module.register_forward_pre_hook(lambda _, arguments: (round_activation(arguments[0], layer.inputs),))
