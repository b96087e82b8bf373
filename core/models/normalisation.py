"""LayerNorm and RMSNorm of any transformer: where they are, how far they moved, and what removing their values means.

Removing means scale 1 and bias 0; the normalisation itself stays (Singhal and Kim 2025, arXiv 2511.10566, section on LN removal).
Everything works on states (tensors by name), so that several variants of one network need no copies of it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from core.lab.errors import InputError
from core.models.readers import Reader

State = dict[str, Tensor]
Reads = Mapping[str, tuple[Reader, ...]]
GROUPS = ("early", "middle", "later")


@dataclass(frozen=True)
class NormPlace:
    """One normalisation of a network.

    Attributes:
        name: Path of the module; its scale is ``name.weight``.
        layer: Transformer layer, from 1; 0 before the first, n_layers + 1 after the last.
        place: Which norm of its layer, from 1; 0 outside the layers.
        has_bias: Whether there is a ``name.bias``: RMSNorm has none.
    """

    name: str
    layer: int
    place: int
    has_bias: bool

    @property
    def weights(self) -> tuple[str, ...]:
        """Names of its scale and, where there is one, its bias."""
        return (f"{self.name}.weight", f"{self.name}.bias") if self.has_bias else (f"{self.name}.weight",)


def is_norm(module: nn.Module) -> bool:
    """Return whether a module is a LayerNorm or an RMSNorm with values to learn; libraries have RMSNorms of their own by that name."""
    is_kind = isinstance(module, nn.LayerNorm) or type(module).__name__.endswith(("LayerNorm", "RMSNorm"))
    return is_kind and isinstance(getattr(module, "weight", None), nn.Parameter)


@torch.no_grad()
def is_relative(module: nn.Module) -> bool:
    """Return whether a norm stores its scale as a distance from one, as Gemma's do: with zeros in its place something still comes out."""
    weight = module.weight
    kept, probe = weight.clone(), torch.linspace(-1.0, 1.0, weight.shape[-1], dtype=weight.dtype, device=weight.device)
    shift = getattr(module, "bias", None)
    weight.zero_()
    try:
        out = module(probe[None])
    except (TypeError, RuntimeError):  # a norm of several inputs, or over several axes, cannot be asked like this
        return False
    finally:
        weight.copy_(kept)
    return bool(((out if shift is None else out - shift) != 0).any())


def find_norms(network: nn.Module) -> tuple[NormPlace, ...]:
    """Return every LayerNorm and RMSNorm in the order of the network's modules.

    A layer is read off the first number in a module's path (``encoder.layer.3.output.LayerNorm`` is in layer 4).

    Raises:
        InputError: If there is none inside a numbered layer, or one stores its scale as a distance from one.
    """
    found = [(name, module) for name, module in network.named_modules() if is_norm(module)]
    if relative := [name for name, module in found if is_relative(module)]:
        raise InputError(f"a norm must multiply by the scale it stores, but {relative[0]} of {type(network).__name__} multiplies by one "
                         "plus it, as Gemma's do, so that a scale of one would double it: choose a model of the BERT, GPT or LLaMA family.")
    numbers = [re.search(r"(?:^|[._])(\d+)\.", name) for name, _ in found]
    layers = [int(match[1]) + 1 if match else None for match in numbers]
    if not any(layers):
        raise InputError(f"a model must have LayerNorm or RMSNorm in its layers, got {type(network).__name__} without: "
                         "choose a transformer.")
    last = max(layer for layer in layers if layer)
    places, seen, is_past = [], {}, False
    for (name, module), layer in zip(found, layers, strict=True):
        if layer is None:
            places.append(NormPlace(name, last + 1 if is_past else 0, 0, getattr(module, "bias", None) is not None))
            continue
        is_past = True
        seen[layer] = seen.get(layer, 0) + 1
        places.append(NormPlace(name, layer, seen[layer], getattr(module, "bias", None) is not None))
    return tuple(places)


@torch.no_grad()
def placement_of(network: nn.Module, x: Tensor) -> Literal["pre", "post"]:
    """Return where a network normalises, as seen on prepared inputs ``x``: in Post-LN what leaves a layer is what leaves its last norm.

    Raises:
        InputError: If there is no norm inside a numbered layer.
    """
    last = next(norm for norm in reversed(find_norms(network)) if norm.place)
    block = last.name[: re.search(r"(?:^|[._])(\d+)(?=\.)", last.name).end()]
    met: dict[str, Tensor] = {}

    def keep(name: str):
        def hook(module: nn.Module, inputs: tuple, output: Tensor | tuple) -> None:
            met[name] = output[0] if isinstance(output, tuple) else output

        return hook

    handles = [network.get_submodule(name).register_forward_hook(keep(name)) for name in (last.name, block)]
    try:
        network.eval()(x)
    finally:
        for handle in handles:
            handle.remove()
    same = met[last.name].shape == met[block].shape and torch.equal(met[last.name], met[block])
    return "post" if same else "pre"


def n_layers_of(norms: Iterable[NormPlace]) -> int:
    """Return the number of layers that have a norm inside."""
    return max(norm.layer for norm in norms if norm.place)


def group_of(layer: int, n_layers: int) -> str:
    """Return "early", "middle" or "later" of layer ``layer`` (from 1), or "other" outside the layers.

    Example:
        >>> [group_of(layer, 6) for layer in range(8)]
        ['other', 'early', 'early', 'middle', 'middle', 'later', 'later', 'other']
    """
    return GROUPS[3 * (layer - 1) // n_layers] if 1 <= layer <= n_layers else "other"


def choose(norms: Iterable[NormPlace], group: str = "all", *, embedding: bool = False, final: bool = False) -> tuple[NormPlace, ...]:
    """Return the norms of the layers of a group ("all" or one of ``GROUPS``), in order.

    Args:
        norms: Norms of a network.
        group: Which layers.
        embedding: For "all", also norms before the first layer.
        final: For "all", also norms after the last layer.

    Raises:
        InputError: If the depth is not divisible by three where a third of it is asked for.
    """
    norms = tuple(norms)
    depth = n_layers_of(norms)
    if group != "all" and depth % 3:
        raise InputError(f"depth must be divisible by three (early, middle, later layers), got {depth}: strip all layers instead.")
    outside = {0} if embedding else set()
    outside |= {depth + 1} if final else set()
    return tuple(norm for norm in norms if (norm.place and group in ("all", group_of(norm.layer, depth)))
                 or (group == "all" and not norm.place and norm.layer in outside))


def strip(state: Mapping[str, Tensor], norms: Iterable[NormPlace]) -> State:
    """Return a state with scale 1 and bias 0 in ``norms``; the other tensors are shared with ``state``."""
    changed = dict(state)
    for norm in norms:
        changed[f"{norm.name}.weight"] = torch.ones_like(state[f"{norm.name}.weight"])
        if norm.has_bias:
            changed[f"{norm.name}.bias"] = torch.zeros_like(state[f"{norm.name}.bias"])
    return changed


def distance(state: Mapping[str, Tensor], norms: Iterable[NormPlace]) -> tuple[float, float]:
    """Return how far scales are from 1 and biases from 0: root mean squares over ``norms`` (NaN where none has a bias)."""
    norms = tuple(norms)
    scales = torch.cat([state[f"{norm.name}.weight"].flatten() for norm in norms]).double() - 1.0
    biases = [state[f"{norm.name}.bias"].flatten() for norm in norms if norm.has_bias]
    return float(scales.square().mean().sqrt()), float(torch.cat(biases).double().square().mean().sqrt()) if biases else float("nan")


def fold(state: Mapping[str, Tensor], reads: Reads) -> State:
    """Return a state of the same function in which every norm named in ``reads`` has scale 1 and bias 0.

    A linear layer that is the only reader of a norm takes over its values: ``W (w * n + b) + c = (W diag(w)) n + (W b + c)``. In a
    Pre-LN network the readers of each norm are linear layers alone; in Post-LN the residual stream reads it too, and folding
    changes the function.

    Args:
        state: Weights by name.
        reads: For each norm its linear layers, all of them.

    Raises:
        ValueError: If a norm has a bias that is not zero and one of its readers has none to take it.
    """
    return _with_values(state, reads, dict.fromkeys(reads, (1.0, None)))


def regauge(state: Mapping[str, Tensor], reads: Reads, values: Mapping[str, tuple[Tensor, Tensor]]) -> State:
    """Return a state of the same function in which each norm has the scale and bias in ``values``, as far as ``fold`` holds.

    Args:
        state: Weights by name.
        reads: See ``fold``; every reader needs a bias.
        values: New scale (no zeros) and bias of each norm.
    """
    return _with_values(state, reads, values)


def _with_values(state: Mapping[str, Tensor], reads: Reads, values: Mapping[str, tuple[Tensor | float, Tensor | None]]) -> State:
    """Move from the present values (w, b) of each norm to new ones (v, c): W' = W diag(w / v), bias' = bias + W b - W' c."""
    changed = dict(state)
    for name, readers in reads.items():
        scale, bias = state[f"{name}.weight"], state.get(f"{name}.bias")
        new_scale, new_bias = values[name]
        for reader in readers:
            weight, offset = _outputs_first(changed[reader.weight], reader), changed.get(reader.bias)
            moved = weight * (scale / new_scale)
            shift = torch.zeros_like(weight[:, 0]) if bias is None else weight @ bias
            shift = shift if new_bias is None else shift - moved @ new_bias
            if offset is not None:
                changed[reader.bias] = offset + shift
            elif shift.any():
                raise ValueError(f"{reader.weight} has no bias beside it to take the one of {name}")
            changed[reader.weight] = _outputs_first(moved, reader).contiguous()
        changed[f"{name}.weight"] = torch.ones_like(scale) * new_scale
        if bias is not None:
            changed[f"{name}.bias"] = torch.zeros_like(bias) if new_bias is None else new_bias.clone()
    return changed


def _outputs_first(weight: Tensor, reader: Reader) -> Tensor:
    """Return a reader's weight as (out, in), or back again."""
    return weight.T if reader.has_inputs_first else weight
