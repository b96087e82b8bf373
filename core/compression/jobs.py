"""The compressed networks of a study: rounded or pruned as they are, and trained further."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.compression.calibration import Calibration, calibrate
from core.compression.calibration_set import calibration_rows
from core.compression.cohorts import Cohorts
from core.compression.compressed_model import CompressedModel, FloatModel, QuantPlan
from core.compression.config import StudyConfig
from core.compression.layers import LayerPlan, layer_reports
from core.compression.networks import Further, Kept
from core.compression.points import Point, RepairArm
from core.compression.pruning import prune
from core.compression.quantise import compressed, plan_layers, quantise, reestimate
from core.compression.retraining import Retraining, trainable_weights
from core.lab.seeds import generator
from core.training.workbench import State


@dataclass(frozen=True, eq=False)
class Origin:
    """One copy's float network and the images that calibrate it.

    Attributes:
        copy: 0 long-tailed, 1 balanced.
        model: The trained float network.
        images: Calibration images, uint8 (n, H, W, C).
        folded: What they do to the network with BatchNorm folded in.
    """

    copy: int
    model: FloatModel
    images: Tensor
    folded: Calibration


def origin(cohorts: Cohorts, config: StudyConfig, seed: int, copy: int, model: FloatModel) -> Origin:
    """Return a float network with its calibration.

    Raises:
        InputError: If there are too few images of a group to calibrate with.
    """
    members = np.flatnonzero(cohorts.members[copy])
    rows = calibration_rows(cohorts.group_train[members], config.n_calibration, config.calibration, generator(seed, "calibration", copy))
    images = torch.from_numpy(cohorts.train[0][members[rows]])
    return Origin(copy, model, images, calibrate(model, images, folded=True))


def plan_of(config: StudyConfig, weight_bits: int, activation_bits: int, bits_by_layer: Mapping[str, int] | None = None) -> QuantPlan:
    """Return the plan with the config's rules at these bits."""
    return QuantPlan(weight_bits, activation_bits, config.granularity, config.ranges, config.edges == "eight",
                     bits_by_layer=bits_by_layer or {})


def one_shot_model(
    source: Origin, setting: Point, config: StudyConfig, *, reestimated: bool, calibrated: bool = False
) -> CompressedModel:
    """Return the network of a setting that needs no training.

    Args:
        source: The float network.
        setting: Float, rounded or pruned.
        config: The rules of rounding and pruning.
        reestimated: Whether BatchNorm statistics are measured anew on the calibration images.
        calibrated: Whether rounding is chosen layer by layer on the calibration images.
    """
    if setting.family == "quantise":
        plan = plan_of(config, setting.weight_bits, setting.activation_bits)
        if calibrated:
            from core.compression.adaquant import quantise_calibrated

            model = quantise_calibrated(source.model, plan, source.folded)
        else:
            model = quantise(source.model, plan, source.folded)
    else:
        model = prune(source.model, setting.sparsity, scope=config.scope, unit=config.unit)
    untouched = setting.family == "none"
    return reestimate(model, source.images) if reestimated and not untouched else model


def qat_layers(
    source: Origin, config: StudyConfig, bits_by_layer: Mapping[str, int] | None = None, *, bits: tuple[int, int] | None = None
) -> dict[str, LayerPlan]:
    """Return how each layer rounds in quantisation-aware training.

    Args:
        source: The float network.
        config: The rules of rounding, and bits of weights and activations unless ``bits`` says otherwise.
        bits_by_layer: Weight bits of layers that differ.
        bits: Weight and activation bits; 32 leaves a side in float.
    """
    weights, activations = bits or (config.qat_bits, config.qat_activation_bits)
    return plan_layers(plan_of(config, weights, activations, bits_by_layer), source.folded)


def qat_job(source: Origin, arm: RepairArm, config: StudyConfig, layers: Mapping[str, LayerPlan]) -> Further:
    """Return quantisation-aware training of one arm, from the float network as it is.

    Norms stay beside their layers while they train. Folded weights are of another length, and behind a norm that makes another
    step size of the same learning rate: the contrast between groups then scattered twice as much over seeds.
    """
    recipe = {"train": "rounded", "arm": arm.id, "from": _start(config), "norms": "beside", "weight_bits": config.qat_bits,
              "by_layer": {path: [layer.weight_bits, layer.input_bits] for path, layer in layers.items()},
              **_rules(config), "calibration": config.calibration, "n_calibration": config.n_calibration,
              "learning_rate": config.qat_learning_rate}
    retraining = Retraining(f"{source.copy}", config.qat_learning_rate, layers, arm.balanced, arm.weighted)
    return Further(source.copy, source.model.state, retraining, trainable_weights(source.model.architecture.build()), recipe)


def finetune_job(source: Origin, arm: RepairArm, config: StudyConfig, learning_rate: float) -> Further:
    """Return as much further training in float, at the learning rate of what it is held to; without a repair it is a sham."""
    recipe = {"train": "float", "arm": arm.id, "from": _start(config), "learning_rate": learning_rate}
    retraining = Retraining(f"{source.copy}", learning_rate, None, arm.balanced, arm.weighted)
    return Further(source.copy, source.model.state, retraining, trainable_weights(source.model.architecture.build()), recipe)


def prune_job(source: Origin, arm: RepairArm, config: StudyConfig, start: CompressedModel, *, penalty_step: float = 0.0,
              penalty: str = "one_sided", origin_words: str = "float") -> Further:
    """Return retraining of a pruned network with its mask fixed.

    Args:
        source: The float network it comes from.
        arm: What is repaired.
        config: Learning rate.
        start: The pruned network.
        penalty_step: Of the penalty on group losses; 0 leaves it out.
        penalty: Form of the penalty.
        origin_words: What network was pruned, as part of what the result is kept under.
    """
    recipe = {"train": "pruned", "arm": arm.id, "from": _start(config), "pruned": origin_words, "percent": config.prune_percent,
              "scope": config.scope, "unit": config.unit, "learning_rate": config.prune_learning_rate,
              "penalty_step": penalty_step, "penalty": penalty}
    if penalty_step:
        recipe["penalty_divided"] = True  # by one plus the sum of its multipliers
    retraining = Retraining(f"{source.copy}", config.prune_learning_rate, None, arm.balanced, arm.weighted, penalty_step, penalty)
    masks = trainable_weights(source.model.architecture.build(), kept=start.kept)
    return Further(source.copy, start.state, retraining, masks, recipe)


def _start(config: StudyConfig) -> dict[str, Any]:
    return {"epochs": config.epochs, "learning_rate": config.learning_rate, "precision": "auto", "batch_size": config.batch_size}


def _rules(config: StudyConfig) -> dict[str, Any]:
    return {"granularity": config.granularity, "ranges": config.ranges, "edges": config.edges}


def rounded_network(source: Origin, network: Kept, layers: Mapping[str, LayerPlan]) -> CompressedModel:
    """Return what quantisation-aware training arrived at, rounded for good."""
    return compressed(source.model.architecture, network.state, source.model.state, layers)


def plain_network(source: Origin, state: State, kept: State | None = None) -> CompressedModel:
    """Return a network that is not rounded, with the mask of its pruning if there is one."""
    reports = layer_reports(source.model.architecture.build(), state, {})
    return CompressedModel(source.model.architecture, state, source.model.state, {}, reports, kept)


def mean_weight_bits(models: Sequence[CompressedModel]) -> list[float]:
    """Return bits a weight takes on average in each network, over convolutions and linear layers."""
    means = []
    for model in models:
        layers = [report for report in model.layers if report.kind in ("convolution", "linear")]
        means.append(sum(report.weight_bits * report.n_weights for report in layers) / sum(report.n_weights for report in layers))
    return means

