"""The models of an audit: trained once, kept as artefacts, never retrained while they are stored."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from core.data.dataset import ImageDataset
from core.lab.experiment import Context
from core.lab.folders import digest_of
from core.privacy.config import PrivacyConfig
from core.privacy.protocol import Split, assign_members, draw_split
from core.training.config import TrainingConfig
from core.training.kept import Images, Kept, Wanted, train_kept
from core.training.loop import Routine
from core.training.losses import Loss
from core.training.workbench import State

AuditedModel = Kept

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
    return TrainingConfig.of(config)


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
        loss: See ``core.training.kept.Wanted``.
        routine: See ``Wanted``.
        starts: Returns one state per model to begin from; asked only when a model has to be trained.
        trainable: Returns one mask per model, likewise.

    Raises:
        RunFailed: If a model diverges.
    """
    given = {} if recipe is None else _given(audit) | recipe
    x_test, y_test = audit.test
    images = Images(*audit.pool, audit.n_classes, x_test[:256], y_test[:256])
    all_starts, masks = (None if states is None else cache(states) for states in (starts, trainable))
    wanted = [Wanted(row, training, index, given, loss, routine, _one_of(all_starts, index), _one_of(masks, index))
              for index, row in enumerate(audit.members)]
    return train_kept(images, wanted, seed=seed, context=context, checkpoints=checkpoints)


def _given(audit: AuditData) -> dict[str, str]:
    """Return what a defence may read beside the members of its model: where all images come from, and who is apart."""
    return {"data": audit.data.fingerprint, "pool": digest_of("".join(audit.split.pool_ids)),
            "population": digest_of("".join(audit.split.population_ids))}


def _one_of(states: Callable[[], Sequence[State]] | None, index: int) -> Callable[[], State] | None:
    return None if states is None else lambda: states()[index]
