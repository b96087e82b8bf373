"""One forward pass that leaves everything an index needs: channel means of every layer, the last map, features, logits."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.lab.errors import InputError
from core.models.registry import build
from core.training.forked import one_thread
from core.training.images import on_device, to_input
from core.training.workbench import State

BATCH = 200


@dataclass(frozen=True, eq=False)
class Pass:
    """What a network makes of N samples.

    Attributes:
        layers: Channel means (N, C) of the outputs of each layer with more channels than classes, before normalisation, by name.
        chosen: Channel means of the layer that a class-wise index reads, (N, C).
        flat: The last feature map flattened, (N, C * H * W); the features where there is no convolution.
        mean: The same averaged over positions, (N, C).
        features: Penultimate activations (N, D).
        logits: (N, classes).
    """

    layers: dict[str, np.ndarray]
    chosen: np.ndarray
    flat: np.ndarray
    mean: np.ndarray
    features: np.ndarray
    logits: np.ndarray

    @property
    def probabilities(self) -> np.ndarray:
        """Softmax of the logits, (N, classes)."""
        shifted = np.exp(self.logits - self.logits.max(1, keepdims=True))
        return shifted / shifted.sum(1, keepdims=True)


def network_of(model: str, width: int, state: State, n_classes: int, image_shape: tuple[int, int, int]) -> nn.Module:
    """Return the network of a state in evaluation mode."""
    network = build(model, n_classes=n_classes, image_shape=image_shape, width=width)
    network.load_state_dict(state)
    return network.eval()


def layers_of(network: nn.Module) -> dict[str, nn.Module]:
    """Return the convolutions and linear layers by name, in order; the last is the classifier."""
    return {name: module for name, module in network.named_modules() if isinstance(module, nn.Conv2d | nn.Linear)}


def chosen_layer(network: nn.Module, layer: str) -> str:
    """Return the layer that a class-wise index reads: the last convolution for ``last``, else the named one.

    Raises:
        InputError: If the network has no layer of that name.
    """
    layers = layers_of(network)
    if layer == "last":
        convolutions = [name for name, module in layers.items() if isinstance(module, nn.Conv2d)]
        return convolutions[-1] if convolutions else list(layers)[-2]
    if layer not in layers:
        raise InputError(f"layer must be last or one of {', '.join(list(layers)[:12])}, got {layer!r}.")
    return layer


@torch.no_grad()
def forward(network: nn.Module, images: np.ndarray, layer: str = "last") -> Pass:
    """Return what the network makes of uint8 images (N, H, W, C)."""
    found: dict[str, list[Tensor]] = {}
    flats: list[Tensor] = []
    layers, wanted = layers_of(network), chosen_layer(network, layer)
    has_map = any(isinstance(module, nn.Conv2d) for module in layers.values())
    after_map = next((name for name, module in layers.items() if isinstance(module, nn.Linear)), "") if has_map else ""
    handles = []
    for name, module in layers.items():
        handles.append(module.register_forward_hook(
            lambda module, given, output, name=name: found.setdefault(name, []).append(_channel_means(output))))
        if name == after_map:
            handles.append(module.register_forward_hook(lambda module, given, output: flats.append(given[0].flatten(1))))
    try:
        with one_thread():
            parts = [network(to_input(batch)) for batch in on_device(images, "cpu").split(BATCH)]
    finally:
        for handle in handles:
            handle.remove()
    logits, features = (torch.cat([part[place] for part in parts]).numpy() for place in (0, 1))
    outputs = {name: torch.cat(values).numpy() for name, values in found.items()}
    flat = torch.cat(flats).numpy() if flats else features
    return Pass(
        layers={name: values for name, values in outputs.items() if values.shape[1] > logits.shape[1]}, chosen=outputs[wanted],
        flat=flat, mean=_over_positions(flat, outputs, layers) if flats else features, features=features, logits=logits)


def _channel_means(output: Tensor) -> Tensor:
    return output.mean((2, 3)) if output.ndim == 4 else output.flatten(1)


def _over_positions(flat: np.ndarray, outputs: dict[str, np.ndarray], layers: dict[str, nn.Module]) -> np.ndarray:
    channels = outputs[[name for name, module in layers.items() if isinstance(module, nn.Conv2d)][-1]].shape[1]
    return flat.reshape(len(flat), channels, -1).mean(2) if flat.shape[1] % channels == 0 else flat


@torch.no_grad()
def multiplications(network: nn.Module, image_shape: tuple[int, int, int]) -> float:
    """Return the multiply-accumulate operations of one image's forward pass, convolutions and linear layers."""
    total = 0.0

    def count(module: nn.Module, given: tuple[Tensor], output: Tensor) -> None:
        nonlocal total
        total += output[0].numel() * module.weight[0].numel()

    handles = [module.register_forward_hook(count) for module in layers_of(network).values()]
    network(torch.zeros(1, *image_shape))
    for handle in handles:
        handle.remove()
    return total
