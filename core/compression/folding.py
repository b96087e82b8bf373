"""BatchNorm folded into the convolution or linear layer before it, as devices do before they quantise.

The network keeps its layers and names. The folded norm multiplies by exactly one; it still adds its shift, which stays in float
like every bias, and its running averages can still be measured anew after quantisation.
"""

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from core.compression.compressed_model import FloatModel, float_network
from core.compression.layers import layers_of
from core.training.images import to_input
from core.training.workbench import State


def norm_pairs(network: nn.Module, image_shape: tuple[int, int, int]) -> dict[str, str]:
    """Return which BatchNorm follows directly on which layer, layer to norm, as seen in one pass of a blank image.

    Args:
        network: In evaluation mode.
        image_shape: (C, H, W) of its inputs.
    """
    outputs: dict[str, Tensor] = {}
    pairs: dict[str, str] = {}

    def keep_output(path: str):
        def keep(module: nn.Module, arguments: tuple[Tensor, ...], output: Tensor) -> None:
            outputs[path] = output

        return keep

    def look_back(path: str):
        def look(module: nn.Module, arguments: tuple[Tensor, ...]) -> None:
            pairs.update({layer: path for layer, output in outputs.items() if output is arguments[0]})

        return look

    norms = {path: module for path, module in network.named_modules() if isinstance(module, _BatchNorm)}
    handles = [module.register_forward_hook(keep_output(path)) for path, module in layers_of(network).items()]
    handles += [module.register_forward_pre_hook(look_back(path)) for path, module in norms.items()]
    parameter = next(network.parameters())
    blank = torch.zeros(1, *image_shape[1:], image_shape[0], dtype=torch.uint8, device=parameter.device)
    try:
        with torch.no_grad():
            network(to_input(blank, parameter.dtype))
    finally:
        for handle in handles:
            handle.remove()
    return pairs


def folded_state(model: FloatModel) -> State:
    """Return the state of the same function with every BatchNorm's factor moved into the weights of the layer before it.

    A layer's weights become gamma / sqrt(running variance + eps) times what they were; its norm then has the running mean and
    variance of the scaled layer, and a factor that undoes that variance exactly.
    """
    network, state = float_network(model), dict(model.state)
    for layer, norm in norm_pairs(network, model.architecture.image_shape).items():
        state |= _folded(state, layer, norm, network.get_submodule(norm).eps)
    return state


def _folded(state: State, layer: str, norm: str, eps: float) -> State:
    weight, gamma = state[f"{layer}.weight"], state[f"{norm}.weight"]
    factor = gamma / (state[f"{norm}.running_var"] + eps).sqrt()
    # eps counts twice otherwise; where gamma^2 lies below it the variance is 0 and the norm's own factor makes up for it
    variance = (gamma.square() - eps).clamp(min=0.0)
    changed = {f"{layer}.weight": weight * factor.view(-1, *[1] * (weight.ndim - 1)),
               f"{norm}.running_mean": state[f"{norm}.running_mean"] * factor,
               f"{norm}.running_var": variance, f"{norm}.weight": (variance + eps).sqrt()}
    if f"{layer}.bias" in state:
        changed[f"{layer}.bias"] = state[f"{layer}.bias"] * factor
    return changed
