"""One setting: both copies, float networks from the store where they are there, one small network of each, judged by group."""

import numpy as np
import pandas as pd

from core.compression.cohorts import Cohorts, draw
from core.compression.compressed_model import CompressedModel
from core.compression.effects import effect_table
from core.compression.jobs import Origin, one_shot_model, origin, plain_network, prune_job, qat_job, qat_layers, rounded_network
from core.compression.layers import layers_of
from core.compression.networks import float_models, train_base, train_further
from core.compression.observe import NetworkAtPoint, observe
from core.compression.points import FLOAT, FLOAT_BITS, Point, RepairArm
from core.compression.pruning import prune
from core.compression.setting.config import METHODS, SettingConfig
from core.compression.setting.result import SettingResult
from core.compression.tables import Measured, chain_table, disparity_draws, group_table, layer_table, setting_table
from core.data.sources import load
from core.lab.experiment import Context
from core.training.given import given_network

THIS = "this"
N_CHAIN = 64


def run(config: SettingConfig, seed: int, context: Context) -> SettingResult:
    """Return one seed of one setting.

    Raises:
        InputError: If the data has too few images for the groups asked for.
        RunFailed: If a network diverges.
    """
    context.begin(0)
    data = load(config.dataset)
    cohorts, given = draw(data, config, seed), given_network(config.model, data, context.device)
    config = config if given is None else given.config(config)
    context.begin(1)
    models = float_models(cohorts, config, train_base(cohorts, config, seed, context, given=given))
    origins = [origin(cohorts, config, seed, copy, model) for copy, model in enumerate(models)]
    context.begin(2)
    setting, small = setting_of(config), small_networks(origins, cohorts, config, seed, context)
    context.begin(3)
    tasks, records = [], []
    for source, network in zip(origins, small, strict=True):
        for which, model in ((Point(FLOAT, "Float", "none"), plain_network(source, source.model.state)), (setting, network)):
            tasks.append(NetworkAtPoint(source.copy, which, lambda model=model: model))
            records.append(model)
    layers = tuple(layers_of(models[0].architecture.build()))
    measured = Measured(tasks, records, observe(tasks, cohorts, layers, seed, context, n_chain=N_CHAIN), cohorts)
    return report(measured, seed)


def setting_of(config: SettingConfig) -> Point:
    """Return the setting that a config asks for."""
    arm = RepairArm("this", "this", balanced=config.balanced, weighted=config.weighted) if config.is_trained else None
    if not config.is_rounded:
        title = f"{METHODS[config.method]}, {config.prune_percent:g}%"
        return Point(THIS, title, "prune", sparsity=config.prune_percent / 100.0, arm=arm)
    weights, activations = bits_of(config)
    said = f"{activations} bits of activations" if config.part == "activations" else f"{weights} bits"
    return Point(THIS, f"{METHODS[config.method]}, {said}", "quantise", weights, activations, arm=arm)


def bits_of(config: SettingConfig) -> tuple[int, int]:
    """Return bits of weights and of activations; 32 for what stays in float."""
    return (FLOAT_BITS if config.part == "activations" else config.qat_bits,
            FLOAT_BITS if config.part == "weights" else config.qat_activation_bits)


def small_networks(origins: list[Origin], cohorts: Cohorts, config: SettingConfig, seed: int, context: Context) -> list[CompressedModel]:
    """Return the small network of each copy.

    Raises:
        RunFailed: If training diverges.
    """
    setting, share = setting_of(config), config.prune_percent / 100.0
    if setting.arm is None:
        return [one_shot_model(source, setting, config, reestimated=config.batch_norm == "reestimated",
                               calibrated=config.rounding == "calibrated") for source in origins]
    name = f"{'balanced' if config.balanced else 'natural'}-{'weighted' if config.weighted else 'plain'}"
    arm = RepairArm(f"setting-{name}", name, balanced=config.balanced, weighted=config.weighted)
    if config.is_rounded:
        planned = [qat_layers(source, config, bits=bits_of(config)) for source in origins]
        jobs = [qat_job(source, arm, config, layers) for source, layers in zip(origins, planned, strict=True)]
        kept = train_further(cohorts, config, seed, context, jobs)
        return [rounded_network(*parts) for parts in zip(origins, kept, planned, strict=True)]
    starts = [prune(source.model, share, scope=config.scope, unit=config.unit) for source in origins]
    jobs = [prune_job(source, arm, config, start) for source, start in zip(origins, starts, strict=True)]
    kept = train_further(cohorts, config, seed, context, jobs)
    return [plain_network(source, network.state, start.kept) for source, network, start in zip(origins, kept, starts, strict=True)]


def report(measured: Measured, seed: int) -> SettingResult:
    """Return the result: tables, then what they say in numbers."""
    chain, groups = chain_table(measured), group_table(measured)
    settings = setting_table(measured, chain, disparity_draws(measured, seed), seed)
    effect = effect_table(chain, groups).set_index("setting").loc[THIS]
    tail = settings[settings["copy"] == "tail"].set_index("setting")
    before, after = tail.loc[FLOAT], tail.loc[THIS]
    classes = measured.cohorts.data.class_names
    return SettingResult(
        did=float(effect["did"]), tail_drop=float(before["tail"] - after["tail"]), head_drop=float(before["head"] - after["head"]),
        placebo=float(effect["placebo"]), size_effect=float(effect["size_effect"]), float_accuracy=float(before["accuracy"]),
        accuracy=float(after["accuracy"]), gap_added=float(after["gap"] - before["gap"]),
        size_left=float(after["size_bytes"] / before["size_bytes"]), settings=settings, groups=groups, chain=chain,
        layers=layer_table(measured), classes=pd.DataFrame({"y": np.arange(len(classes)), "name": classes}))
