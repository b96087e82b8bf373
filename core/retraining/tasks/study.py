"""Sources and their starts, of one seed."""

from dataclasses import dataclass

import numpy as np
from torch import nn

from core.lab.experiment import Context
from core.retraining.forward import layers_of, network_of
from core.retraining.tasks.catalogue import FASHION, SOURCES
from core.retraining.tasks.config import TasksConfig
from core.retraining.tasks.draw import Pool
from core.training.config import TrainingConfig
from core.training.kept import Images, Wanted, train_kept
from core.training.workbench import State, fresh_network, state_of

RANDOM_STREAM, HEAD_STREAM = 40, 60


@dataclass(frozen=True, eq=False)
class Source:
    """What a retraining begins from: old network of so many classes, trained or random."""

    name: str
    state: State
    n_classes: int

    @property
    def title(self) -> str:
        """Its name on screen."""
        return SOURCES[self.name]


def train_sources(config: TasksConfig, pools: dict[str, Pool], seed: int, context: Context) -> list[Source]:
    """Return every source, trained or taken from the store, and random weights as the last."""
    training, sources = training_of(config), []
    by_classes: dict[int, list[str]] = {}
    for name, pool in pools.items():
        by_classes.setdefault(len(pool.data.class_names), []).append(name)
    for n_classes, names in by_classes.items():  # sources of equally many classes are trained side by side
        sizes = [len(pools[name].seen) for name in names]
        images = Images(*(np.concatenate([getattr(pools[name].data, part)[pools[name].seen] for name in names])
                          for part in ("x_train", "y_train")), n_classes)
        owner = np.repeat(np.arange(len(names)), sizes)
        wanted = [Wanted(members=owner == place, stream=place, training=training) for place in range(len(names))]
        sources += [Source(name, kept.state, n_classes)
                    for name, kept in zip(names, train_kept(images, wanted, seed=seed, context=context), strict=True)]
    shape = image_shape(pools[FASHION].data.x_train)
    fresh = fresh_network(training, n_classes=10, image_shape=shape, seed=seed, index=RANDOM_STREAM)
    return [*sources, Source("random", state_of(fresh), 10)]


def training_of(config: TasksConfig) -> TrainingConfig:
    """Return how sources are trained."""
    return TrainingConfig(model=config.model, width=config.width, epochs=config.epochs)


def image_shape(images: np.ndarray) -> tuple[int, int, int]:
    """Return channels, height and breadth of images (N, H, W, C)."""
    return (images.shape[3], *images.shape[1:3])


def network(config: TasksConfig, source: Source, shape: tuple[int, int, int]) -> nn.Module:
    """Return the source's network in evaluation mode."""
    return network_of(config.model, config.width, source.state, source.n_classes, shape)


def with_new_head(config: TasksConfig, source: Source, n_classes: int, shape: tuple[int, int, int], seed: int) -> State:
    """Return the source's weights under a fresh classifier; every source of one task is given the same one."""
    training = training_of(config)
    fresh = fresh_network(training, n_classes=n_classes, image_shape=shape, seed=seed, index=HEAD_STREAM + n_classes)
    head = list(layers_of(fresh))[-1]
    new = state_of(fresh)
    return {name: new[name] if name.startswith(f"{head}.") else value for name, value in source.state.items()}
