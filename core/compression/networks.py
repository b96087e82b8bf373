"""Networks of this room, trained once and kept as artefacts: the float network of each copy, and what compression is trained into."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.compression.cohorts import Cohorts
from core.compression.compressed_model import Architecture, FloatModel
from core.compression.config import StudyConfig
from core.compression.retraining import Retraining, retraining_routine
from core.lab.experiment import Context
from core.lab.folders import digest_of
from core.training.config import TrainingConfig
from core.training.given import GivenNetwork
from core.training.kept import Images, Kept, Wanted, train_kept
from core.training.workbench import State

N_CURVE = 256
VERSION = 1  # of how networks are trained further; part of what they are kept under


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
    return TrainingConfig.of(config)


def further_training(config: StudyConfig) -> TrainingConfig:
    """Return how networks are trained further; always in float32, in which the grids of quantisation are."""
    return base_training(config).replace(epochs=config.retrain_epochs, precision="float32")


def train_base(cohorts: Cohorts, config: StudyConfig, seed: int, context: Context, which: Sequence[int] = (0, 1), *,
               given: GivenNetwork | None = None) -> list[Kept]:
    """Return the float network of each copy asked for, training only what is not stored.

    A given network takes the place of the first copy's: it is not trained, and the second copy's is its twin of the house.

    Raises:
        RunFailed: If training diverges.
    """
    training = base_training(config)
    if given is not None:
        own = given.kept(cohorts.train[0][:0], n_classes=cohorts.n_classes, epoch=config.epochs)
        return [own, *(train_base(cohorts, config, seed, context, which[1:]) if len(which) > 1 else [])]
    wanted = [Wanted(cohorts.members[copy], training, index) for index, copy in enumerate(which)]
    return train_kept(_images(cohorts), wanted, seed=seed, context=context)


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
    groups = digest_of(",".join(map(str, cohorts.group_train.tolist())))
    wanted = [
        Wanted(cohorts.members[job.copy], training, routine=retraining_routine(job.retraining, cohorts.group_train), start=job.start,
               trainable=job.trainable,
               recipe={"further": VERSION, "stream": job.retraining.stream, "groups": groups, **job.recipe})
        for job in jobs]
    return train_kept(_images(cohorts), wanted, seed=seed, context=context)


def _images(cohorts: Cohorts) -> Images:
    x_test, y_test = cohorts.test
    some = np.linspace(0, len(y_test) - 1, min(N_CURVE, len(y_test))).astype(int)
    return Images(*cohorts.train, cohorts.n_classes, x_test[some], y_test[some])


def float_models(cohorts: Cohorts, config: StudyConfig, networks: Sequence[Kept]) -> list[FloatModel]:
    """Return trained float networks in the form that compression takes."""
    return [FloatModel(architecture_of(cohorts, config), network.state) for network in networks]
