"""The study: two copies, two float networks, every compressed one of each, and who loses by which chain of causes."""

import numpy as np
import pandas as pd
import torch

from core.compression.census import CensusFound, ask_census, census_left_out
from core.compression.copies import COPIES, Copies, draw
from core.compression.effects import effect_table
from core.compression.flips import flipped_samples
from core.compression.headlines import causes, contrasts, usual_bits
from core.compression.identity import size_identity
from core.compression.int8 import int8_check
from core.compression.layers import layers_of
from core.compression.networks import Kept, float_models, train_base, train_further
from core.compression.observe import Task, observe
from core.compression.pruning import prune
from core.compression.record import CompressedModel, FloatModel, float_network
from core.compression.result import CompressionResult
from core.compression.settings import (
    FLOAT,
    PLAIN,
    Setting,
    fine_tuned,
    one_shot,
    parse_bits,
    parse_sparsities,
    qat,
    retrained,
    retrained_float,
)
from core.compression.small_networks import (
    Origin,
    finetune_job,
    one_shot_model,
    origin,
    plain_network,
    prune_job,
    qat_job,
    qat_layers,
    rounded_network,
)
from core.compression.spec import CompressionConfig
from core.compression.tables import (
    Measured,
    chain_table,
    confusion_table,
    disparity_draws,
    group_table,
    joined,
    layer_table,
    setting_table,
)
from core.compression.taylor import taylor_table
from core.data.sources import load
from core.lab.experiment import Context

N_INT8, INT8_BITS = 100, 8


def run(config: CompressionConfig, seed: int, context: Context) -> CompressionResult:
    """Return one seed of the study.

    Raises:
        InputError: If the data has too few images for the groups asked for.
        RunFailed: If a network diverges.
    """
    context.begin(0)
    copies = draw(load(config.dataset), config, seed)
    context.begin(1)
    networks = train_base(copies, config, seed, context)
    origins = [origin(copies, config, seed, copy, model) for copy, model in enumerate(float_models(copies, config, networks))]
    context.begin(2)
    rounded = measure_one_shot(origins, copies, config, seed, context)
    context.begin(3)
    tasks = train_small(origins, copies, config, seed, context)
    context.begin(4)
    trained = measure(tasks, copies, origins, config, seed, context)
    taylor = taylor_table(origins[0], copies, config, seed, context)
    context.begin(5)
    census = ask_census(seed, context) if config.census else census_left_out()
    context.begin(6)
    return report(joined([rounded, trained]), networks, origins[0].model, taylor, census, config, seed)


def measure_one_shot(origins: list[Origin], copies: Copies, config: CompressionConfig, seed: int, context: Context) -> Measured:
    """Return the float networks and every setting that needs no training; weights or activations alone in the long-tailed copy."""
    tasks = []
    for source in origins:
        for setting in one_shot(parse_bits(config.bits), parse_sparsities(config.sparsities)):
            if not (setting.is_alone and source.copy == 1):
                tasks.append(_one_shot_task(source, setting, config))
    return measure(tasks, copies, origins, config, seed, context)


def _one_shot_task(source: Origin, setting: Setting, config: CompressionConfig) -> Task:
    def make() -> CompressedModel:
        return one_shot_model(source, setting, config, reestimated=config.batch_norm == "reestimated",
                              calibrated=config.rounding == "calibrated")

    def record() -> CompressedModel:
        return one_shot_model(source, setting, config, reestimated=False, calibrated=config.rounding == "calibrated")

    return Task(source.copy, setting, make, setting.id == FLOAT or (source.copy == 0 and not setting.is_alone), record)


def train_small(origins: list[Origin], copies: Copies, config: CompressionConfig, seed: int, context: Context) -> list[Task]:
    """Return the trained settings of both copies: quantisation-aware, pruned and retrained, each with its sham that is neither."""
    planned = []
    for source in origins:
        layers = qat_layers(source, config)
        start = prune(source.model, config.prune_percent / 100.0, scope=config.scope, unit=config.unit)
        planned += [
            (source, qat(PLAIN, config.qat_bits, config.qat_activation_bits), qat_job(source, PLAIN, config, layers),
             lambda kept, source=source, layers=layers: rounded_network(source, kept, layers)),
            (source, retrained(PLAIN, config.prune_percent / 100.0), prune_job(source, PLAIN, config, start),
             lambda kept, source=source, start=start: plain_network(source, kept.state, start.kept)),
            *((source, sham, finetune_job(source, PLAIN, config, rate), lambda kept, source=source: plain_network(source, kept.state))
              for sham, rate in ((fine_tuned(PLAIN), config.qat_learning_rate), (retrained_float(), config.prune_learning_rate)))]
    kept = train_further(copies, config, seed, context, [job for _, _, job, _ in planned])
    return [Task(source.copy, setting, lambda finish=finish, network=network: finish(network),
                 curved=source.copy == 0 and setting.family != "none")
            for (source, setting, _, finish), network in zip(planned, kept, strict=True)]


def measure(tasks: list[Task], copies: Copies, origins: list[Origin], config: CompressionConfig, seed: int,
            context: Context) -> Measured:
    """Return what the tasks show, with the record of every network."""
    layers = tuple(layers_of(origins[0].model.architecture.build()))
    observed = observe(tasks, copies, layers, seed, context, n_chain=config.n_chain, n_probes=config.n_probes)
    return Measured(tasks, [(task.record or task.make)() for task in tasks], observed, copies)


def report(measured: Measured, networks: list[Kept], float_model: FloatModel, taylor: pd.DataFrame, census: CensusFound,
           config: CompressionConfig, seed: int) -> CompressionResult:
    """Return the result: tables, then what the tables say in numbers."""
    copies = measured.copies
    chain, groups = chain_table(measured), group_table(measured)
    draws = disparity_draws(measured, seed)
    settings, effects = setting_table(measured, chain, draws, seed), effect_table(chain, groups)
    samples, images = flipped_samples(measured)
    identity, exactness = size_identity(copies, seed, float_network(float_model), decay=config.weight_decay)
    quoted = float(effects.set_index("setting").at[usual_bits(config), "did"])
    return CompressionResult(
        **contrasts(settings, effects), **causes(groups, chain, taylor, config, seed), **exactness, did_ptq=quoted,
        did_census=census.did, placebo_census=census.placebo, settings=settings, groups=groups, chain=chain,
        layers=layer_table(measured), taylor=taylor, confusions=confusion_table(measured), effects=effects, identity=identity,
        int8=int8_table(measured), census=census.table, curves=curves_table(networks), samples=samples, sample_images=images,
        disparity_draws=draws, classes=pd.DataFrame({"y": np.arange(copies.n_classes), "name": copies.data.class_names}))


def int8_table(measured: Measured) -> pd.DataFrame:
    """Return how whole-number arithmetic answers beside the simulation: every rounding to at most 8 bits, long-tailed copy."""
    images, rows = torch.from_numpy(measured.copies.test[0][:: max(1, len(measured.copies.test_rows) // N_INT8)]), []
    for task, record in zip(measured.tasks, measured.records, strict=True):
        bits = task.setting.weight_bits
        if task.copy == 0 and task.setting.family == "quantise" and bits <= INT8_BITS and task.setting.activation_bits <= INT8_BITS:
            check = int8_check(record, images)
            rows.append((task.setting.id, check.is_available, check.reason, check.n_layers, check.same_predictions,
                         check.largest_difference))
    return pd.DataFrame(rows, columns=["setting", "is_available", "reason", "n_layers", "same_predictions", "largest_difference"])


def curves_table(networks: list[Kept]) -> pd.DataFrame:
    """Return one row per copy and epoch of the float networks' training."""
    columns = ["copy", "epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"]
    return pd.concat([pd.DataFrame(network.curves).assign(copy=name)[columns]
                      for name, network in zip(COPIES, networks, strict=True)], ignore_index=True)


