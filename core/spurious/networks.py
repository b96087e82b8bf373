"""Networks on versions of one training set: trained once, kept as artefacts, on all cores.

A version replaces some images and labels of the base set (carriers get their mark, some labels become wrong); an arm is a version
and a mask of what is kept. All arms of a seed draw from the same random streams, so that they differ by their training set alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.data.bundled import array_hash
from core.lab.config import to_dict
from core.lab.experiment import Context
from core.lab.folders import digest_of
from core.spurious.settings import SpuriousConfig
from core.training.config import TrainingConfig
from core.training.loop import batches_of
from core.training.many import train_many
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
class Arm:
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
    return TrainingConfig(
        model=config.model, width=config.width, epochs=config.epochs, batch_size=config.batch_size, learning_rate=config.learning_rate,
        schedule=config.schedule, weight_decay=config.weight_decay, augmentation=config.augmentation, precision=config.precision)


def training_of(arm: Arm, config: SpuriousConfig) -> TrainingConfig:
    """Return how one arm is trained: with ``budget=steps`` a pruned arm has more epochs, so that it takes as many steps."""
    training = training_config(config)
    if config.budget == "steps":
        whole, mine = batches_of(len(arm.kept), config.batch_size), batches_of(int(arm.kept.sum()), config.batch_size)
        training = training.replace(epochs=min(1000, max(1, round(training.epochs * whole / mine))))
    return training.replace(stop_epoch=arm.stop_epoch)


def train_arms(
    versions: Versions, arms: Mapping[str, Arm], config: SpuriousConfig, *, seed: int, n_classes: int, context: Context,
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
    trainings = {name: training_of(arm, config) for name, arm in arms.items()}
    identities = {name: _identity(versions, arm, trainings[name], seed, tuple(checkpoints)) for name, arm in arms.items()}
    keys = {name: digest_of(repr(sorted(identity.items()))) for name, identity in identities.items()}
    found = {keys[name]: _unpack(context.models.get(identities[name])) for name in arms}
    leaders = {keys[name]: name for name in reversed(arms)}
    missing = [name for key, name in leaders.items() if found[key] is None]
    order = sorted(missing, key=lambda name: -trainings[name].last_epoch * int(arms[name].kept.sum()))  # long ones first fill the cores
    for training in dict.fromkeys(trainings[name] for name in order):
        names = [name for name in order if trainings[name] == training]

        def keep(index: int, model: Any, names: list[str] = names) -> None:
            name = names[index]
            logits = {epoch: values[versions.rows[arms[name].version]] for epoch, values in model.checkpoint_logits.items()}
            network = Network(model.state, model.curves, logits, *_size(arms[name], trainings[name]))
            context.models.put(identities[name], _pack(network))
            found[keys[name]] = network

        x_test, y_test = test or (None, None)
        train_many(
            versions.x, versions.y, _members(versions, [arms[name] for name in names]), training, seed=seed, n_classes=n_classes,
            device=context.device, report=context.report, x_test=x_test, y_test=y_test, checkpoints=checkpoints, on_model=keep,
            streams=[arms[name].stream for name in names], processes=context.threads)
    return {name: found[keys[name]] for name in arms}


def _members(versions: Versions, arms: list[Arm]) -> np.ndarray:
    members = np.zeros((len(arms), len(versions.y)), dtype=bool)
    for row, arm in zip(members, arms, strict=True):
        row[versions.rows[arm.version][arm.kept]] = True
    return members


def _size(arm: Arm, training: TrainingConfig) -> tuple[int, int]:
    epochs = training.last_epoch
    return epochs, epochs * batches_of(int(arm.kept.sum()), training.batch_size)


def _digest(x: np.ndarray, y: np.ndarray) -> str:
    return array_hash(x) + array_hash(y)


def _identity(versions: Versions, arm: Arm, training: TrainingConfig, seed: int, checkpoints: tuple[int, ...]) -> dict[str, Any]:
    """Return what decides a network's bits: its training set in pool order, how it is trained, its streams, what is kept of it."""
    whole = versions.rows[arm.version]
    rows, asked = np.sort(whole[arm.kept]), _digest(versions.x[whole], versions.y[whole]) if checkpoints else ""
    return {"kind": "network on a version", "training": repr(sorted(to_dict(training).items())),
            "images": _digest(versions.x[rows], versions.y[rows]), "seed": seed, "stream": arm.stream,
            "checkpoints": ",".join(map(str, checkpoints)), "pool": asked}


def _pack(network: Network) -> dict[str, np.ndarray]:
    arrays = {f"state/{name}": value.numpy() for name, value in network.state.items()}
    arrays |= {f"curve/{name}": np.asarray(value) for name, value in network.curves.items()}
    arrays |= {f"logits/{epoch}": logits for epoch, logits in network.logits.items()}
    return arrays | {"size": np.array([network.epochs, network.steps])}


def _unpack(arrays: Mapping[str, np.ndarray] | None) -> Network | None:
    if arrays is None:
        return None
    parts: dict[str, dict[str, np.ndarray]] = {"state": {}, "curve": {}, "logits": {}}
    for name, array in arrays.items():
        kind, _, rest = name.partition("/")
        if rest:
            parts[kind][rest] = array
    return Network({name: torch.from_numpy(array) for name, array in parts["state"].items()}, parts["curve"],
                   {int(epoch): logits for epoch, logits in parts["logits"].items()}, *(int(number) for number in arrays["size"]))
