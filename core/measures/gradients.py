"""Per-sample gradient norms of the cross-entropy loss, from one forward and one backward pass per batch.

The model is put into eval mode, in which samples do not influence each other, so the gradient of the summed loss with respect to
an activation holds every sample's own gradient. The gradient of a weight is then a product of a layer's input and the gradient at
its output, whose norm per sample follows without forming gradients of the whole network ("ghost norm", Goodfellow 2015, Lee and
Kifer 2020). Linear, ungrouped Conv2d, BatchNorm2d/1d, GroupNorm and LayerNorm are covered, each called once per pass; for any
other model with weights the norms come from ``torch.func.vmap`` over per-sample gradients, slower and equally exact.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.func import functional_call, grad, vmap


@dataclass(frozen=True, eq=False)
class GradientNorms:
    """Euclidean norms of each sample's loss gradient, (N,) on the CPU.

    Attributes:
        inputs: With respect to the sample itself.
        parameters: With respect to all weights of the model together.
    """

    inputs: torch.Tensor
    parameters: torch.Tensor


def gradient_norms(model: nn.Module, x: torch.Tensor, y: torch.Tensor, *, batch_size: int = 256) -> GradientNorms:
    """Return both norms for every sample.

    Args:
        model: Maps (B, ...) inputs to logits (B, C), or to a tuple that starts with them. Its mode is restored afterwards.
        x: (N, ...) floating point inputs, in the model's dtype.
        y: (N,) class indices.
        batch_size: Samples per pass; bounds the memory and changes no result beyond rounding.
    """
    device = next(model.parameters()).device
    parts = [
        _norms_of_batch(model, inputs.to(device), labels.to(device))
        for inputs, labels in zip(x.split(batch_size), y.split(batch_size), strict=True)]
    return GradientNorms(torch.cat([part.inputs for part in parts]), torch.cat([part.parameters for part in parts]))


def input_gradient_norms(model: nn.Module, x: torch.Tensor, y: torch.Tensor, *, batch_size: int = 256) -> torch.Tensor:
    """Return the norm of each sample's loss gradient with respect to its input, (N,)."""
    return gradient_norms(model, x, y, batch_size=batch_size).inputs


def parameter_gradient_norms(model: nn.Module, x: torch.Tensor, y: torch.Tensor, *, batch_size: int = 256) -> torch.Tensor:
    """Return the norm of each sample's loss gradient with respect to all weights, (N,)."""
    return gradient_norms(model, x, y, batch_size=batch_size).parameters


def _norms_of_batch(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> GradientNorms:
    layers = _layers_with_weights(model)
    was_training = model.training
    model.eval()
    try:
        if layers is not None:
            norms = _ghost_norms(model, layers, x, y)
            if norms is not None:
                return norms
        return GradientNorms(_input_norms(model, x, y), _norms_by_vmap(model, x, y))
    finally:
        model.train(was_training)


def _layers_with_weights(model: nn.Module) -> list[nn.Module] | None:
    """Return the modules that own weights, or None where one of them is not covered or shares a weight with another."""
    layers, seen = [], set()
    for module in model.modules():
        own = list(module.parameters(recurse=False))
        if not own:
            continue
        if _rule_of(module) is None or any(id(weight) in seen for weight in own):
            return None
        seen.update(id(weight) for weight in own)
        layers.append(module)
    return layers


def _ghost_norms(model: nn.Module, layers: list[nn.Module], x: torch.Tensor, y: torch.Tensor) -> GradientNorms | None:
    """Return the norms from layer inputs and output gradients, or None where a layer does not run exactly once."""
    calls: list[tuple[nn.Module, torch.Tensor, torch.Tensor]] = []

    def record(layer: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> torch.Tensor:
        calls.append((layer, inputs[0].detach(), output))
        # A following in-place activation must change the copy, not the tensor whose gradient is asked for.
        return output.clone()

    handles = [layer.register_forward_hook(record) for layer in layers]
    try:
        with torch.enable_grad():
            x = x.detach().clone().requires_grad_()
            loss = nn.functional.cross_entropy(_logits(model(x)), y, reduction="sum")
    finally:
        for handle in handles:
            handle.remove()
    if {id(layer) for layer, _, _ in calls} != {id(layer) for layer in layers} or len(calls) != len(layers):
        return None
    at_input, *at_outputs = torch.autograd.grad(loss, [x, *(output for _, _, output in calls)])
    squares = torch.zeros(len(x), dtype=x.dtype, device=x.device)
    for (layer, inputs, _), gradient in zip(calls, at_outputs, strict=True):
        squares += _rule_of(layer)(layer, inputs, gradient)
    return GradientNorms(at_input.flatten(1).norm(dim=1).cpu(), squares.clamp_min(0).sqrt().cpu())


def _rule_of(layer: nn.Module) -> Callable[[nn.Module, torch.Tensor, torch.Tensor], torch.Tensor] | None:
    if type(layer) is nn.Linear:
        return _linear
    if type(layer) is nn.Conv2d and layer.groups == 1 and layer.padding_mode == "zeros" and not isinstance(layer.padding, str):
        return _conv2d
    if type(layer) in (nn.BatchNorm1d, nn.BatchNorm2d) and layer.track_running_stats:
        return _batch_norm
    return {nn.GroupNorm: _group_norm, nn.LayerNorm: _layer_norm}.get(type(layer))


def _linear(layer: nn.Linear, inputs: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    if inputs.ndim == 2:
        return gradient.square().sum(1) * (inputs.square().sum(1) + (layer.bias is not None))
    return _product(inputs.flatten(1, -2).transpose(1, 2), gradient.flatten(1, -2).transpose(1, 2), layer.bias is not None)


def _conv2d(layer: nn.Conv2d, inputs: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    patches = nn.functional.unfold(inputs, layer.kernel_size, layer.dilation, layer.padding, layer.stride)
    return _product(patches, gradient.flatten(2), layer.bias is not None)


def _product(inputs: torch.Tensor, gradient: torch.Tensor, has_bias: bool) -> torch.Tensor:
    """Return the squared norm of ``gradient @ inputs.T`` per sample; (B, D, L) and (B, O, L) in.

    Either the product itself or the two L x L Gram matrices are formed, whichever costs less.
    """
    width, length, outputs = inputs.shape[1], inputs.shape[2], gradient.shape[1]
    if length * (width + outputs) < width * outputs:
        squares = ((inputs.transpose(1, 2) @ inputs) * (gradient.transpose(1, 2) @ gradient)).sum((1, 2))
    else:
        squares = (gradient @ inputs.transpose(1, 2)).square().sum((1, 2))
    return squares + gradient.sum(2).square().sum(1) if has_bias else squares


def _batch_norm(layer: nn.BatchNorm2d, inputs: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    shape = (1, -1) + (1,) * (inputs.ndim - 2)
    normed = (inputs - layer.running_mean.view(shape)) / (layer.running_var.view(shape) + layer.eps).sqrt()
    return _scale_and_shift((normed * gradient).flatten(2).sum(2) if inputs.ndim > 2 else normed * gradient,
                            gradient.flatten(2).sum(2) if inputs.ndim > 2 else gradient)


def _group_norm(layer: nn.GroupNorm, inputs: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    normed = nn.functional.group_norm(inputs, layer.num_groups, eps=layer.eps)
    shape = (*inputs.shape[:2], -1)
    return _scale_and_shift((normed * gradient).reshape(shape).sum(2), gradient.reshape(shape).sum(2))


def _layer_norm(layer: nn.LayerNorm, inputs: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    normed = nn.functional.layer_norm(inputs, layer.normalized_shape, eps=layer.eps)
    shape = (len(inputs), -1, *layer.normalized_shape)
    scale = (normed * gradient).reshape(shape).sum(1).flatten(1)
    return _scale_and_shift(scale, gradient.reshape(shape).sum(1).flatten(1)) if layer.bias is not None else scale.square().sum(1)


def _scale_and_shift(scale: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
    return scale.square().sum(1) + shift.square().sum(1)


def _input_norms(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    with torch.enable_grad():
        x = x.detach().clone().requires_grad_()
        loss = nn.functional.cross_entropy(_logits(model(x)), y, reduction="sum")
        return torch.autograd.grad(loss, x)[0].flatten(1).norm(dim=1).cpu()


def _norms_by_vmap(model: nn.Module, x: torch.Tensor, y: torch.Tensor, *, chunk_size: int = 32) -> torch.Tensor:
    weights = {name: weight.detach() for name, weight in model.named_parameters()}
    buffers = dict(model.named_buffers())

    def loss(weights: dict[str, torch.Tensor], sample: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        logits = _logits(functional_call(model, (weights, buffers), (sample[None],)))
        return nn.functional.cross_entropy(logits, label[None])

    def norm(sample: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        return sum(gradient.square().sum() for gradient in grad(loss)(weights, sample, label).values()).sqrt()

    return vmap(norm, chunk_size=chunk_size)(x, y).cpu()


def _logits(output: torch.Tensor | tuple[torch.Tensor, ...]) -> torch.Tensor:
    return output[0] if isinstance(output, tuple) else output
