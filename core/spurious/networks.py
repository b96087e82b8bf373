"""Networks on versions of one training set: trained once, kept as artefacts, on all cores.

A version replaces some images and labels of the base set (carriers get their mark, some labels become wrong); an arm is a version
and a mask of what is kept. All arms of a seed draw from the same random streams, so that they differ by their training set alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.lab.experiment import Context
from core.spurious.config import SpuriousConfig
from core.training.config import TrainingConfig
from core.training.kept import Images, Wanted, train_kept
from core.training.loop import batches_of
from core.training.workbench import State

N_CURVE = 256  # test images of the live curve


@dataclass(frozen=True, eq=False)
class Version:
    """What a training set changes in the base set: images (m, H, W, C) and labels (m,) at ``places`` (m,)."""

    places: np.ndarray
    images: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True, eq=False)
class Versions:
    """A base set and all versions of it as one pool of images.

    Attributes:
        x: uint8 (P, H, W, C): the base set, then what each version replaces.
        y: Labels (P,).
        rows: For each version by name, which pool image stands at each place of the base set, (N,).
    """

    x: np.ndarray
    y: np.ndarray
    rows: Mapping[str, np.ndarray]

    def images(self, name: str) -> np.ndarray:
        """Return the images of a version, (N, H, W, C)."""
        return self.x[self.rows[name]]

    def labels(self, name: str) -> np.ndarray:
        """Return the labels of a version, (N,)."""
        return self.y[self.rows[name]]


def make_versions(x: np.ndarray, y: np.ndarray, versions: Mapping[str, Version]) -> Versions:
    """Return the base set ``x``, ``y`` with its versions."""
    rows, offset = {}, len(y)
    for name, version in versions.items():
        rows[name] = np.arange(len(y))
        rows[name][version.places] = offset + np.arange(len(version.places))
        offset += len(version.places)
    parts = list(versions.values())
    return Versions(np.concatenate([x, *(part.images for part in parts)]), np.concatenate([y, *(part.labels for part in parts)]), rows)


@dataclass(frozen=True, eq=False)
class TrainingArm:
    """One network to train.

    Attributes:
        version: Name of the training set's version.
        kept: Which of its images are trained on, boolean (N,).
        stream: Number of the random streams; 0 but for repeats.
        stop_epoch: Epoch after which training ends early; 0 trains to the end.
    """

    version: str
    kept: np.ndarray
    stream: int = 0
    stop_epoch: int = 0


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network: weights, curves by name (epochs,), logits (N, C) of its version by epoch, epochs and steps of its training."""

    state: State
    curves: Mapping[str, np.ndarray]
    logits: Mapping[int, np.ndarray]
    epochs: int
    steps: int


def training_config(config: SpuriousConfig) -> TrainingConfig:
    """Return the part of the settings that decides how networks are trained."""
    return TrainingConfig.of(config)


def training_of(arm: TrainingArm, config: SpuriousConfig) -> TrainingConfig:
    """Return how one arm is trained: with ``budget=steps`` a pruned arm has more epochs, so that it takes as many steps."""
    training = training_config(config)
    if config.budget == "steps":
        whole, mine = batches_of(len(arm.kept), config.batch_size), batches_of(int(arm.kept.sum()), config.batch_size)
        training = training.replace(epochs=min(1000, max(1, round(training.epochs * whole / mine))))
    return training.replace(stop_epoch=arm.stop_epoch)


def train_arms(
    versions: Versions, arms: Mapping[str, TrainingArm], config: SpuriousConfig, *, seed: int, n_classes: int, context: Context,
    checkpoints: Sequence[int] = (), test: tuple[np.ndarray, np.ndarray] | None = None,
) -> dict[str, Network]:
    """Return one network per arm, training only those that are not stored; equal arms are trained once.

    Args:
        versions: Training sets.
        arms: What to train, by name.
        config: How to train.
        seed: Seed of the run.
        n_classes: Number of classes.
        context: Device, store, progress.
        checkpoints: Epochs (from 1) after which the logits of the whole version, pruned images too, are kept.
        test: Images and classes for the live curve.

    Raises:
        RunFailed: If a network diverges.
    """
    wanted, x_test, y_test = {}, *(test or (None, None))
    for name, arm in arms.items():
        rows = versions.rows[arm.version]
        members = np.zeros(len(versions.y), dtype=bool)
        members[rows[arm.kept]] = True
        wanted[name] = Wanted(members, training_of(arm, config), arm.stream, asked=rows)
    images = Images(versions.x, versions.y, n_classes, x_test, y_test)
    found = train_kept(images, list(wanted.values()), seed=seed, context=context, checkpoints=checkpoints)
    return {name: Network(kept.state, kept.curves, kept.checkpoint_logits, *_size(arms[name], wanted[name].training))
            for name, kept in zip(arms, found, strict=True)}


def _size(arm: TrainingArm, training: TrainingConfig) -> tuple[int, int]:
    epochs = training.last_epoch
    return epochs, epochs * batches_of(int(arm.kept.sum()), training.batch_size)
