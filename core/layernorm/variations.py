"""From a row of the plan to a model that can be trained: start, frozen weights, loss."""

from collections.abc import Mapping

import torch
from torch import Tensor

from core.lab.seeds import generator
from core.layernorm.config import LayerNormConfig
from core.layernorm.displacement import displace_elsewhere
from core.layernorm.elr import early_learning
from core.layernorm.pretrained import Subject
from core.layernorm.variants import Variant
from core.models.normalisation import NormPlace, choose, fold, strip
from core.training.objectives import StartObjective, plain
from core.training.variation import Variation

KEPT = ("intact",)


def stripped_norms(subject: Subject, config: LayerNormConfig, group: str = "all") -> tuple[NormPlace, ...]:
    """Return the norms that stripping a group sets to 1 and 0, with the options of the config.

    Raises:
        InputError: If a third is asked of a depth that is not divisible by three.
    """
    return choose(subject.norms, group, embedding=config.embedding_norm, final=config.final_norm)


def variation_of(variant: Variant, subject: Subject, config: LayerNormConfig, seed: int) -> Variation:
    """Return the model that a variant trains, from the same weights as every other one but for what it changes."""
    state = subject.fresh if variant.kind == "scratch" else subject.state
    rates: Mapping[str, Tensor | float] = {}
    if variant.strip == "elsewhere":
        moved = displace_elsewhere(subject.network, state, stripped_norms(subject, config), generator(seed, "elsewhere", "elsewhere"))
        state, rates = moved.state, {name: torch.where(mask, 0.0, 1.0) for name, mask in moved.moved.items()}
    elif variant.strip != "none":
        group = variant.strip if variant.strip in ("early", "middle", "later") else "all"
        norms = stripped_norms(subject, config, group)
        rates = {name: 0.0 for norm in norms for name in norm.weights}
        if variant.strip == "folded":
            state = fold(state, subject.reads)
        if variant.strip != "frozen":
            state = strip(state, norms)
    return Variation(
        label=f"{subject.title}, {variant.title[0].lower()}{variant.title[1:]}", network=subject.network, feed=subject.task.feed,
        start=state, rates=rates, decay=_decay(variant, subject, config), objective=_objective(variant, config),
        dropout=config.dropout if variant.kind == "dropout" else config.dropout_everywhere, keep=variant.id in KEPT,
        can_stack=not subject.is_downloaded)


def n_changed(variant: Variant, subject: Subject, config: LayerNormConfig, variation: Variation) -> tuple[int, float]:
    """Return how many values a variant sets and freezes, and how far they moved from the weights it starts from (root mean square)."""
    if variant.strip == "none":
        return 0, 0.0
    base = subject.fresh if variant.kind == "scratch" else subject.state
    changes = []
    for name, rate in variation.rates.items():
        held = torch.as_tensor(rate).expand(base[name].shape) == 0
        changes.append((variation.start[name] - base[name])[held])
    moved = torch.cat(changes).double()
    return moved.numel(), float(moved.square().mean().sqrt())


def _decay(variant: Variant, subject: Subject, config: LayerNormConfig) -> Mapping[str, float]:
    if variant.rival != "norm_decay":
        return {}
    return {name: config.norm_decay for norm in stripped_norms(subject, config) for name in norm.weights}


def _objective(variant: Variant, config: LayerNormConfig) -> StartObjective:
    if variant.rival == "elr":
        return early_learning(config.elr_strength, config.elr_memory)
    return plain(config.label_smoothing if variant.rival == "label_smoothing" else 0.0)
