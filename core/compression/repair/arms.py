"""The repairs side by side: what each arm starts from, how it is trained, and the compressed network that comes out.

All arms of a family get equally many epochs. "Held before" trains the float network itself under the penalty on group losses, from
the same initial weights and as long as the plain one, and retrains plainly after pruning; "held both" retrains under it as well.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.compression.cohorts import Cohorts
from core.compression.compressed_model import CompressedModel, FloatModel
from core.compression.jobs import Origin, finetune_job, plain_network, prune_job, qat_job, qat_layers, rounded_network
from core.compression.layers import LayerPlan
from core.compression.networks import Further, Kept, architecture_of, base_training, train_further
from core.compression.points import FLOAT_ARMS, PLAIN, PRUNE_ARMS, QAT_ARMS, Point, RepairArm, fine_tuned, qat, retrained, retrained_float
from core.compression.pruning import prune
from core.compression.repair.config import RepairConfig
from core.compression.retraining import Retraining, trainable_weights
from core.lab.experiment import Context
from core.training.workbench import fresh_network, state_of


@dataclass(frozen=True, eq=False)
class Repaired:
    """One arm after its training.

    Attributes:
        setting: Which.
        model: Its compressed network.
        curves: Its training curves by name, (epochs,).
    """

    setting: Point
    model: CompressedModel
    curves: Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class _Plan:
    setting: Point
    job: Further
    finish: Callable[[Kept], CompressedModel]


def held_network(cohorts: Cohorts, config: RepairConfig, seed: int, context: Context) -> FloatModel:
    """Return the float network of the long-tailed copy trained from the start with group losses held, or from the store.

    Raises:
        RunFailed: If training diverges.
    """
    architecture, training = architecture_of(cohorts, config), base_training(config).replace(precision="float32")
    start = state_of(fresh_network(training, n_classes=cohorts.n_classes, image_shape=architecture.image_shape, seed=seed, index=0))
    retraining = Retraining("0", config.learning_rate, penalty_step=config.penalty_step, penalty_form=config.penalty)
    job = Further(0, start, retraining, trainable_weights(architecture.build()), {"train": "held from the start", **_penalty(config)})
    return FloatModel(architecture, train_further(cohorts, config, seed, context, [job], training)[0].state)


def _penalty(config: RepairConfig) -> dict[str, Any]:
    return {"penalty_step": config.penalty_step, "penalty": config.penalty, "penalty_divided": True}


def train_repairs(
    source: Origin, held: FloatModel, bits_by_layer: Mapping[str, int], cohorts: Cohorts, config: RepairConfig, seed: int, context: Context
) -> list[Repaired]:
    """Return every arm of every family: rounded, pruned and float.

    Args:
        source: The float network of the long-tailed copy.
        held: The one whose group losses were held from the start.
        bits_by_layer: Weight bits of the mixed arms.
        cohorts: Images and groups.
        config: How arms are trained.
        seed: Seed of the run.
        context: Device, processes, stored networks.

    Raises:
        RunFailed: If training diverges.
    """
    plans = [*_rounded(source, bits_by_layer, config), *_pruned(source, held, config), *_float(source, config)]
    kept = train_further(cohorts, config, seed, context, [plan.job for plan in plans])
    return [Repaired(plan.setting, plan.finish(network), network.curves) for plan, network in zip(plans, kept, strict=True)]


def _rounded(source: Origin, bits_by_layer: Mapping[str, int], config: RepairConfig) -> list[_Plan]:
    by_kind = {False: qat_layers(source, config), True: qat_layers(source, config, bits_by_layer)}

    def plan(arm: RepairArm, layers: Mapping[str, LayerPlan]) -> _Plan:
        return _Plan(qat(arm, config.qat_bits, config.qat_activation_bits), qat_job(source, arm, config, layers),
                     lambda network: rounded_network(source, network, layers))

    return [plan(arm, by_kind[arm.mixed]) for arm in QAT_ARMS]


def _pruned(source: Origin, held: FloatModel, config: RepairConfig) -> list[_Plan]:
    share = config.prune_percent / 100.0
    starts = {words: prune(model, share, scope=config.scope, unit=config.unit)
              for words, model in (("float", source.model), ("held", held))}

    def plan(arm: RepairArm) -> _Plan:
        words = "held" if arm.constraint in ("before", "both") else "float"
        step = config.penalty_step if arm.constraint in ("after", "both") else 0.0
        job = prune_job(source, arm, config, starts[words], penalty_step=step, penalty=config.penalty, origin_words=words)
        if words == "held":
            job = replace(job, recipe={**job.recipe, "held": _penalty(config)})
        return _Plan(retrained(arm, share), job, lambda network: plain_network(source, network.state, starts[words].kept))

    return [plan(arm) for arm in PRUNE_ARMS]


def _float(source: Origin, config: RepairConfig) -> list[_Plan]:
    asked = [*((fine_tuned(arm), arm, config.qat_learning_rate) for arm in FLOAT_ARMS),
             (retrained_float(), PLAIN, config.prune_learning_rate)]
    return [_Plan(setting, finetune_job(source, arm, config, rate), lambda network: plain_network(source, network.state))
            for setting, arm, rate in asked]
