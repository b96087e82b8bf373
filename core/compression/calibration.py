"""Grids of activations from calibration images: static ranges, measured once on the float network."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from core.compression.bits import FLOAT_BITS
from core.compression.plan import LayerPlan, Plan, Quantisation, check_covers, layers_of, plan_widths
from core.compression.ranges import RangeRule, activation_range
from core.lab.errors import InputError
from core.training.images import to_input

CalibrationSet = Literal["natural", "balanced", "majority"]


def calibration_rows(groups: np.ndarray, n: int, kind: CalibrationSet, rng: np.random.Generator) -> np.ndarray:
    """Return which ``n`` of the training samples calibrate, ascending and each at most once.

    ``natural`` draws at random, ``balanced`` equally many of every group (one more of some where ``n`` asks for it), ``majority``
    from the largest group alone.

    Args:
        groups: Group of each training sample, int (N,).
        n: How many.
        kind: Which samples.
        rng: Draws them.

    Raises:
        InputError: If there are too few samples.
    """
    names, counts = np.unique(groups, return_counts=True)
    if kind == "natural":
        wanted = {None: n}
    elif kind == "majority":
        wanted = {names[counts.argmax()]: n}
    else:
        wanted = {name: n // len(names) + (place < n % len(names)) for place, name in enumerate(names)}
    chosen = []
    for name, share in wanted.items():
        candidates = np.arange(len(groups)) if name is None else np.flatnonzero(groups == name)
        if len(candidates) < share:
            where = "all groups together" if name is None else f"group {name}"
            raise InputError(f"{kind} calibration on {n} samples needs {share} of {where}, got {len(candidates)}: "
                             "calibrate on fewer samples.")
        chosen.append(rng.choice(candidates, share, replace=False))
    return np.sort(np.concatenate(chosen))


@contextmanager
def recorded_inputs(network: nn.Module, names: list[str]) -> Iterator[dict[str, Tensor]]:
    """Give a record that holds, after a pass of ``network`` inside, the input of each layer named."""
    record: dict[str, Tensor] = {}

    def keeper(name: str):
        def keep(module: nn.Module, arguments: tuple[Tensor, ...]) -> None:
            record[name] = arguments[0].detach()

        return keep

    handles = [network.get_submodule(name).register_forward_pre_hook(keeper(name)) for name in names]
    try:
        yield record
    finally:
        for handle in handles:
            handle.remove()


def layer_inputs(network: nn.Module, images: Tensor) -> dict[str, Tensor]:
    """Return the input of every covered layer for uint8 images (N, H, W, C), by name in the order of the computation."""
    check_covers(network)
    network.eval()
    with torch.no_grad(), recorded_inputs(network, list(layers_of(network))) as record:
        network(to_input(images, next(network.parameters()).dtype))
    return record


def grids(plan: Plan, inputs: Mapping[str, Tensor], rule: RangeRule) -> dict[str, LayerPlan]:
    """Return the plan with a grid for the inputs of each layer that wants one."""
    return {name: layer if layer.input_bits == FLOAT_BITS else
            replace(layer, inputs=activation_range(inputs[name], layer.input_bits, rule)) for name, layer in plan.items()}


def calibrated(
    inputs: Mapping[str, Tensor], settings: Quantisation, bits: Mapping[str, int] | None = None
) -> dict[str, LayerPlan]:
    """Return the plan of a network from the inputs of its layers.

    Args:
        inputs: What ``layer_inputs`` returns on the calibration images; measured once, it serves any number of settings.
        settings: Widths and rules.
        bits: Widths of weights by layer instead of ``settings.weight_bits``.
    """
    return grids(plan_widths(list(inputs), settings, bits), inputs, settings.activation_range)
