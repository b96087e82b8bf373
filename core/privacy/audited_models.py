"""The models of an audit: trained once, kept as artefacts, never retrained while they are stored."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.data.dataset import ImageDataset
from core.lab.config import to_dict
from core.lab.experiment import Context
from core.lab.folders import digest_of
from core.privacy.protocol import Split, assign_members, draw_split
from core.privacy.spec import PrivacyConfig
from core.training.config import TrainingConfig
from core.training.loop import Routine
from core.training.losses import Loss
from core.training.many import train_many
from core.training.trained import TrainedModel
from core.training.workbench import State

N_TEST = 1000
CHECKPOINTS = 4


@dataclass(frozen=True, eq=False)
class AuditData:
    """Images of one audit: three sets that share none, and who is a member of what.

    Attributes:
        data: The data set they come from.
        split: Which of its images are pool, population and test.
        members: (K, N) bool; whether model k trains on pool image i.
    """

    data: ImageDataset
    split: Split
    members: np.ndarray

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.data.class_names)

    @property
    def pool(self) -> tuple[np.ndarray, np.ndarray]:
        """Images (N, H, W, C) uint8 and classes (N,) that may be members."""
        return self.data.x_train[self.split.pool], self.data.y_train[self.split.pool]

    @property
    def population(self) -> tuple[np.ndarray, np.ndarray]:
        """Images and classes that no model trains on."""
        return self.data.x_train[self.split.population], self.data.y_train[self.split.population]

    @property
    def reference(self) -> tuple[np.ndarray, np.ndarray]:
        """Images and classes for defences that need more than their members: every other image of the population.

        No model trains on them as a member, and attacks on defended models ask only about ``strangers``. Not the first half:
        images from folders come class by class.
        """
        return tuple(part[0::2] for part in self.population)

    @property
    def strangers(self) -> tuple[np.ndarray, np.ndarray]:
        """Images and classes of the population that no defence has seen either: what attacks on defended models compare with."""
        return tuple(part[1::2] for part in self.population)

    @property
    def test(self) -> tuple[np.ndarray, np.ndarray]:
        """Test images and classes, for accuracy."""
        return self.data.x_test[self.split.test], self.data.y_test[self.split.test]


@dataclass(frozen=True, eq=False)
class AuditedModel:
    """One trained model: weights, weights before training, curves by name (epochs,), pool logits (N, C) by epoch."""

    state: dict[str, Tensor]
    initial_state: dict[str, Tensor]
    curves: dict[str, np.ndarray]
    checkpoint_logits: dict[int, np.ndarray]


def draw(data: ImageDataset, config: PrivacyConfig, seed: int) -> AuditData:
    """Return pool, population, test set and memberships of one seed.

    Raises:
        InputError: If the data set has too few distinct images.
    """
    split = draw_split(data.x_train, data.x_test, n_pool=config.n_pool, n_population=config.n_population,
                       n_test=min(N_TEST, len(data.x_test) // 2), seed=seed)
    members = assign_members(config.n_reference_models + 1, config.n_pool, seed=seed, y=data.y_train[split.pool])
    return AuditData(data, split, members)


def training_config(config: PrivacyConfig) -> TrainingConfig:
    """Return the part of an audit's config that decides how its models are trained."""
    return TrainingConfig(
        model=config.model, width=config.width, epochs=config.epochs, batch_size=config.batch_size, optimizer=config.optimizer,
        learning_rate=config.learning_rate, schedule=config.schedule, weight_decay=config.weight_decay,
        augmentation=config.augmentation, label_smoothing=config.label_smoothing, stop_epoch=config.stop_epoch,
        precision=config.precision)


def checkpoint_epochs(last_epoch: int) -> tuple[int, ...]:
    """Return the epochs whose outputs are kept: evenly spaced in the logarithm, since leakage grows fastest early, with the last."""
    return tuple(sorted({round(float(epoch)) for epoch in np.geomspace(1, last_epoch, CHECKPOINTS)}))


def train(audit: AuditData, config: PrivacyConfig, seed: int, context: Context) -> list[AuditedModel]:
    """Return all models of an audit, training only those that are not stored; each is stored as soon as it is finished.

    Raises:
        RunFailed: If a model diverges.
    """
    training = training_config(config)
    return train_stored(audit, training, seed=seed, context=context, checkpoints=checkpoint_epochs(training.last_epoch))


def train_stored(
    audit: AuditData, training: TrainingConfig, *, seed: int, context: Context, checkpoints: Collection[int],
    recipe: Mapping[str, Any] | None = None, loss: Loss | None = None, routine: Routine | None = None,
    starts: Callable[[], Sequence[State]] | None = None, trainable: Callable[[], Sequence[State]] | None = None,
) -> list[AuditedModel]:
    """Return one model per row of the membership table, training only those that are not stored.

    Args:
        audit: Images and memberships.
        training: How to train.
        seed: Seed of the run.
        context: Device, store, progress.
        checkpoints: Epochs (from 1) whose pool logits are kept.
        recipe: Everything else that decides the weights (loss, start, frozen weights), as JSON scalars by name; a defence puts
            its id, strength, version and options here. Two recipes must never share one spelling. None for plain training.
        loss: See ``core.training.many.train_many``.
        routine: See ``train_many``.
        starts: Returns one state per model to begin from; asked only when a model has to be trained.
        trainable: Returns one mask per model, see ``train_many``; asked only when a model has to be trained.

    Raises:
        RunFailed: If a model diverges.
    """
    epochs = tuple(sorted(set(checkpoints)))
    identities = [_identity(audit, training, seed, index, epochs, recipe) for index in range(len(audit.members))]
    models = [_unpack(context.models.get(identity)) for identity in identities]
    stored = [index for index, model in enumerate(models) if model is not None]
    if len(stored) == len(models):
        return models
    x, y = audit.pool
    x_test, y_test = audit.test

    def keep(index: int, model: TrainedModel) -> None:
        context.models.put(identities[index], _pack(model))
        models[index] = AuditedModel(model.state, model.initial_state, model.curves, model.checkpoint_logits)

    train_many(x, y, audit.members, training, seed=seed, n_classes=audit.n_classes, device=context.device, report=context.report,
               x_test=x_test[:256], y_test=y_test[:256], checkpoints=epochs, on_model=keep, processes=context.threads,
               skip=stored, loss=loss, routine=routine, starts=starts() if starts else None, trainable=trainable() if trainable else None)
    return models


def _identity(audit: AuditData, training: TrainingConfig, seed: int, index: int, epochs: tuple[int, ...],
              recipe: Mapping[str, Any] | None) -> Mapping[str, Any]:
    members = audit.split.pool_ids[audit.members[index]]
    plain = {"kind": "classifier", "training": to_dict(training), "data": audit.data.fingerprint, "seed": seed, "index": index,
             "members": digest_of("".join(members)), "pool": digest_of("".join(audit.split.pool_ids)),
             "checkpoints": ",".join(map(str, epochs))}
    return plain if recipe is None else plain | {"kind": "defended classifier", "recipe": dict(recipe)}


def _pack(model: TrainedModel) -> dict[str, np.ndarray]:
    arrays = {f"state/{name}": value.numpy() for name, value in model.state.items()}
    arrays |= {f"initial/{name}": value.numpy() for name, value in model.initial_state.items()}
    arrays |= {f"curve/{name}": np.asarray(value) for name, value in model.curves.items()}
    return arrays | {f"logits/{epoch}": logits for epoch, logits in model.checkpoint_logits.items()}


def _unpack(arrays: Mapping[str, np.ndarray] | None) -> AuditedModel | None:
    if arrays is None:
        return None
    parts: dict[str, dict[str, np.ndarray]] = {"state": {}, "initial": {}, "curve": {}, "logits": {}}
    for name, array in arrays.items():
        kind, _, rest = name.partition("/")
        parts[kind][rest] = array
    return AuditedModel({name: torch.from_numpy(array) for name, array in parts["state"].items()},
                        {name: torch.from_numpy(array) for name, array in parts["initial"].items()},
                        parts["curve"], {int(epoch): logits for epoch, logits in parts["logits"].items()})
