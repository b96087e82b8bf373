"""A copy of a network in evaluation mode whose BatchNorms cost nothing to differentiate.

In evaluation mode a BatchNorm is an affine map per channel. Where it follows directly on a convolution or a linear layer, the copy
multiplies that layer's weights by the norm's factor inside the graph and skips the norm. The function of all weights, the norm's
own included, is the same, and with it every derivative; the passes over whole feature maps that BatchNorm needs in first and
second derivatives are gone (a third of a Hessian product of the small CNN).
"""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

_LAYERS = (nn.Conv2d, nn.Linear)


def logits_of(output: Tensor | tuple[Tensor, ...]) -> Tensor:
    """Return the logits of a network that returns logits, or a tuple that starts with them."""
    return output[0] if isinstance(output, tuple) else output


def plain_copy(network: nn.Module, x: Tensor) -> nn.Module:
    """Return the copy, all of its weights asking for gradients; the network itself is left as it is.

    Args:
        network: Any; hooks come along.
        x: Some inputs (N, ...), at least one. Logits of up to eight of them are compared with the network's: where folding would
            change them, because a layer's output is used elsewhere too, no norm is folded.
    """
    twin = copy.deepcopy(network).eval().requires_grad_(True)
    few = x[:8]
    with torch.no_grad():
        pairs = _pairs(twin, few)
        before = logits_of(twin(few))
        _fold(pairs)
        after = logits_of(twin(few))
        if not torch.allclose(before, after, rtol=1e-3, atol=1e-4 * float(before.abs().max())):
            _unfold(pairs)
    return twin


def _pairs(network: nn.Module, x: Tensor) -> list[tuple[nn.Module, _BatchNorm]]:
    """Return which norm takes exactly the output of which layer; layers that run more than once are left out."""
    outputs: list[tuple[nn.Module, Tensor]] = []
    pairs: list[tuple[nn.Module, _BatchNorm]] = []

    def keep(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        outputs.append((layer, output))

    def look_back(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        pairs.extend((layer, norm) for layer, output in outputs if output is inputs[0])

    handles = [module.register_forward_hook(keep) for module in network.modules() if type(module) in _LAYERS]
    handles += [module.register_forward_pre_hook(look_back) for module in network.modules()
                if isinstance(module, _BatchNorm) and module.track_running_stats and module.affine]
    try:
        network(x)
    finally:
        for handle in handles:
            handle.remove()
    calls = [id(layer) for layer, _ in outputs]
    norms = [id(norm) for _, norm in pairs]
    return [(layer, norm) for layer, norm in pairs if calls.count(id(layer)) == norms.count(id(norm)) == 1]


def _fold(pairs: list[tuple[nn.Module, _BatchNorm]]) -> None:
    for layer, norm in pairs:
        layer.forward = _forward(layer, norm)
        norm.forward = _as_it_comes


def _unfold(pairs: list[tuple[nn.Module, _BatchNorm]]) -> None:
    for pair in pairs:
        for module in pair:
            del module.forward


def _forward(layer: nn.Module, norm: _BatchNorm):
    def forward(x: Tensor) -> Tensor:
        factor = norm.weight / (norm.running_var + norm.eps).sqrt()
        shift = norm.bias - norm.running_mean * factor
        if layer.bias is not None:
            shift = shift + layer.bias * factor
        weight = layer.weight * factor.view(-1, *[1] * (layer.weight.ndim - 1))
        return F.linear(x, weight, shift) if isinstance(layer, nn.Linear) else layer._conv_forward(x, weight, shift)

    return forward


def _as_it_comes(x: Tensor) -> Tensor:
    return x
