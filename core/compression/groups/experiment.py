"""The study: two copies, two float networks, every compressed one of each, and who loses by which chain of causes."""

import numpy as np
import pandas as pd

from core.compression.census import CensusFound, ask_census, census_left_out
from core.compression.cohorts import Cohorts, draw
from core.compression.compressed_model import CompressedModel, FloatModel, float_network
from core.compression.effects import effect_table
from core.compression.groups.config import CompressionConfig
from core.compression.groups.flips import flipped_samples
from core.compression.groups.headline import causes, contrasts, usual_bits
from core.compression.groups.result import CompressionResult
from core.compression.groups.tables import confusion_table, curves_table, int8_table
from core.compression.groups.taylor import taylor_table
from core.compression.identity import size_identity
from core.compression.jobs import (
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
from core.compression.layers import layers_of
from core.compression.networks import Kept, float_models, train_base, train_further
from core.compression.observe import NetworkAtPoint, observe
from core.compression.points import (
    FLOAT,
    PLAIN,
    Point,
    fine_tuned,
    one_shot,
    parse_bits,
    parse_sparsities,
    qat,
    retrained,
    retrained_float,
)
from core.compression.pruning import prune
from core.compression.tables import Measured, chain_table, disparity_draws, group_table, joined, layer_table, setting_table
from core.data.sources import load
from core.lab.experiment import Context
from core.training.given import given_network


def run(config: CompressionConfig, seed: int, context: Context) -> CompressionResult:
    """Return one seed of the study.

    Raises:
        InputError: If the data has too few images for the groups asked for.
        RunFailed: If a network diverges.
    """
    context.begin(0)
    data = load(config.dataset)
    cohorts, given = draw(data, config, seed), given_network(config.model, data, context.device)
    config = config if given is None else given.config(config)
    context.begin(1)
    networks = train_base(cohorts, config, seed, context, given=given)
    origins = [origin(cohorts, config, seed, copy, model) for copy, model in enumerate(float_models(cohorts, config, networks))]
    context.begin(2)
    rounded = measure_one_shot(origins, cohorts, config, seed, context)
    context.begin(3)
    tasks = train_small(origins, cohorts, config, seed, context)
    context.begin(4)
    trained = measure(tasks, cohorts, origins, config, seed, context)
    taylor = taylor_table(origins[0], cohorts, config, seed, context)
    context.begin(5)
    census = ask_census(seed, context) if config.census else census_left_out()
    context.begin(6)
    return report(joined([rounded, trained]), networks, origins[0].model, taylor, census, config, seed)


def measure_one_shot(origins: list[Origin], cohorts: Cohorts, config: CompressionConfig, seed: int, context: Context) -> Measured:
    """Return the float networks and every setting that needs no training; weights or activations alone in the long-tailed copy."""
    tasks = []
    for source in origins:
        for setting in one_shot(parse_bits(config.bits), parse_sparsities(config.sparsities)):
            if not (setting.is_alone and source.copy == 1):
                tasks.append(_one_shot_task(source, setting, config))
    return measure(tasks, cohorts, origins, config, seed, context)


def _one_shot_task(source: Origin, setting: Point, config: CompressionConfig) -> NetworkAtPoint:
    def make() -> CompressedModel:
        return one_shot_model(source, setting, config, reestimated=config.batch_norm == "reestimated",
                              calibrated=config.rounding == "calibrated")

    def record() -> CompressedModel:
        return one_shot_model(source, setting, config, reestimated=False, calibrated=config.rounding == "calibrated")

    return NetworkAtPoint(source.copy, setting, make, setting.id == FLOAT or (source.copy == 0 and not setting.is_alone), record)


def train_small(origins: list[Origin], cohorts: Cohorts, config: CompressionConfig, seed: int, context: Context) -> list[NetworkAtPoint]:
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
    kept = train_further(cohorts, config, seed, context, [job for _, _, job, _ in planned])
    return [NetworkAtPoint(source.copy, setting, lambda finish=finish, network=network: finish(network),
                           curved=source.copy == 0 and setting.family != "none")
            for (source, setting, _, finish), network in zip(planned, kept, strict=True)]


def measure(tasks: list[NetworkAtPoint], cohorts: Cohorts, origins: list[Origin], config: CompressionConfig, seed: int,
            context: Context) -> Measured:
    """Return what the tasks show, with the record of every network."""
    layers = tuple(layers_of(origins[0].model.architecture.build()))
    observed = observe(tasks, cohorts, layers, seed, context, n_chain=config.n_chain, n_probes=config.n_probes)
    return Measured(tasks, [(task.record or task.make)() for task in tasks], observed, cohorts)


def report(measured: Measured, networks: list[Kept], float_model: FloatModel, taylor: pd.DataFrame, census: CensusFound,
           config: CompressionConfig, seed: int) -> CompressionResult:
    """Return the result: tables, then what the tables say in numbers."""
    cohorts = measured.cohorts
    chain, groups = chain_table(measured), group_table(measured)
    draws = disparity_draws(measured, seed)
    settings, effects = setting_table(measured, chain, draws, seed), effect_table(chain, groups)
    samples, images = flipped_samples(measured)
    identity, exactness = size_identity(cohorts, seed, float_network(float_model), decay=config.weight_decay)
    quoted = float(effects.set_index("setting").at[usual_bits(config), "did"])
    return CompressionResult(
        **contrasts(settings, effects), **causes(groups, chain, taylor, config, seed), **exactness, did_ptq=quoted,
        did_census=census.did, placebo_census=census.placebo, settings=settings, groups=groups, chain=chain,
        layers=layer_table(measured), taylor=taylor, confusions=confusion_table(measured), effects=effects, identity=identity,
        int8=int8_table(measured), census=census.table, curves=curves_table(networks), samples=samples, sample_images=images,
        disparity_draws=draws, classes=pd.DataFrame({"y": np.arange(cohorts.n_classes), "name": cohorts.data.class_names}))
