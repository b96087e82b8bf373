"""Networks of this room, trained once and kept as artefacts: the float network of each copy, and what compression is trained into."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.compression.cohorts import COHORTS, Cohorts
from core.compression.compressed_model import Architecture, FloatModel
from core.compression.config import StudyConfig
from core.compression.retraining import Retraining, retraining_routine
from core.lab.config import to_dict
from core.lab.experiment import Context
from core.lab.folders import digest_of
from core.training.config import TrainingConfig
from core.training.many import train_many
from core.training.trained import TrainedModel
from core.training.workbench import State

N_CURVE = 256
VERSION = 1  # of how networks are trained further; part of what they are kept under


@dataclass(frozen=True, eq=False)
class Kept:
    """A trained network: its state, and its curves by name, (epochs,)."""

    state: State
    curves: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Further:
    """One network to be trained further.

    Attributes:
        copy: On which copy, 0 or 1.
        start: What from.
        retraining: How.
        trainable: Boolean per parameter name: which weights move.
        recipe: Everything that decides start, rounding and masks, as JSON scalars by name.
    """

    copy: int
    start: State
    retraining: Retraining
    trainable: State
    recipe: dict[str, Any]


def architecture_of(cohorts: Cohorts, config: StudyConfig) -> Architecture:
    """Return the architecture of the study's networks."""
    _, height, width, channels = cohorts.data.x_train.shape
    return Architecture(config.model, config.width, cohorts.n_classes, (channels, height, width))


def base_training(config: StudyConfig) -> TrainingConfig:
    """Return how the float networks are trained."""
    return TrainingConfig(
        model=config.model, width=config.width, epochs=config.epochs, batch_size=config.batch_size,
        learning_rate=config.learning_rate, weight_decay=config.weight_decay)


def further_training(config: StudyConfig) -> TrainingConfig:
    """Return how networks are trained further; always in float32, in which the grids of quantisation are."""
    return base_training(config).replace(epochs=config.retrain_epochs, precision="float32")


def train_base(cohorts: Cohorts, config: StudyConfig, seed: int, context: Context, which: Sequence[int] = (0, 1)) -> list[Kept]:
    """Return the float network of each copy asked for, training only what is not stored.

    Raises:
        RunFailed: If training diverges.
    """
    training = base_training(config)
    identities = [_identity(cohorts, training, seed, copy, {"kind": "float network"}) for copy in which]
    return _train(cohorts, training, [cohorts.members[copy] for copy in which], identities, seed, context)


def train_further(cohorts: Cohorts, config: StudyConfig, seed: int, context: Context, jobs: Sequence[Further],
                  training: TrainingConfig | None = None) -> list[Kept]:
    """Return every network trained further, in order, training only what is not stored.

    Args:
        cohorts: Images and groups.
        config: How long, unless ``training`` says it.
        seed: Seed of the run.
        context: Device, processes, stored networks.
        jobs: What is trained from where, and how.
        training: Another length and schedule, as for networks that begin anew.

    Raises:
        RunFailed: If training diverges.
    """
    training = training or further_training(config)
    identities = [_identity(cohorts, training, seed, job.copy, {"kind": "trained further", "version": VERSION, **job.recipe})
                  for job in jobs]
    return _train(cohorts, training, [cohorts.members[job.copy] for job in jobs], identities, seed, context, jobs)


def _identity(cohorts: Cohorts, training: TrainingConfig, seed: int, copy: int, recipe: dict[str, Any]) -> dict[str, Any]:
    return {"room": "compression", "copy": COHORTS[copy], "training": to_dict(training), "data": cohorts.data.fingerprint, "seed": seed,
            "rows": digest_of(",".join(map(str, cohorts.train_rows[cohorts.members[copy]]))), "recipe": recipe}


def _train(cohorts: Cohorts, training: TrainingConfig, members: list[np.ndarray], identities: list[dict[str, Any]], seed: int,
           context: Context, jobs: Sequence[Further] | None = None) -> list[Kept]:
    kept = [_unpack(context.models.get(identity)) for identity in identities]
    stored = [index for index, network in enumerate(kept) if network is not None]
    if len(stored) == len(kept):
        return kept

    def keep(index: int, model: TrainedModel) -> None:
        kept[index] = Kept(model.state, model.curves)
        context.models.put(identities[index], _pack(kept[index]))

    x, y = cohorts.train
    x_test, y_test = cohorts.test
    some = np.linspace(0, len(y_test) - 1, min(N_CURVE, len(y_test))).astype(int)
    train_many(
        x, y, np.stack(members), training, seed=seed, n_classes=cohorts.n_classes, device=context.device, report=context.report,
        x_test=x_test[some], y_test=y_test[some], on_model=keep, skip=stored, processes=context.threads,
        starts=None if jobs is None else [job.start for job in jobs],
        trainable=None if jobs is None else [job.trainable for job in jobs],
        routine=None if jobs is None else retraining_routine([job.retraining for job in jobs], cohorts.group_train))
    return kept


def _pack(network: Kept) -> dict[str, np.ndarray]:
    arrays = {f"state/{name}": value.numpy() for name, value in network.state.items()}
    return arrays | {f"curve/{name}": np.asarray(value) for name, value in network.curves.items()}


def _unpack(arrays: dict[str, np.ndarray] | None) -> Kept | None:
    if arrays is None:
        return None
    state = {name.removeprefix("state/"): torch.from_numpy(array) for name, array in arrays.items() if name.startswith("state/")}
    return Kept(state, {name.removeprefix("curve/"): array for name, array in arrays.items() if name.startswith("curve/")})


def float_models(cohorts: Cohorts, config: StudyConfig, networks: Sequence[Kept]) -> list[FloatModel]:
    """Return trained float networks in the form that compression takes."""
    return [FloatModel(architecture_of(cohorts, config), network.state) for network in networks]
