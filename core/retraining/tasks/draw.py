"""Images of sources and tasks, of one seed. Imports no torch."""

from dataclasses import dataclass

import numpy as np

from core.data.dataset import ImageDataset
from core.data.sources import load
from core.lab.errors import InputError
from core.lab.seeds import generator
from core.retraining.data import stratified
from core.retraining.tasks.catalogue import DIGITS, FASHION, OWN, Task
from core.retraining.tasks.config import NONE, TasksConfig


@dataclass(frozen=True, eq=False)
class Drawn:
    """One task's images and new labels from 0 on."""

    task: Task
    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    @property
    def n_classes(self) -> int:
        """Number of new classes."""
        return len(self.task.classes)


@dataclass(frozen=True, eq=False)
class Pool:
    """One data set, of which a source may have seen the ``seen`` rows and tasks take the others."""

    data: ImageDataset
    seen: np.ndarray
    unseen: np.ndarray


def read(config: TasksConfig, seed: int) -> tuple[dict[str, Pool], list[Drawn]]:
    """Return the data of every source, and the tasks.

    Raises:
        InputError: If data are missing or do not go together.
    """
    pools = {name: _pool(name, load(name), config.n_source, seed) for name in (FASHION, DIGITS)}
    shape = pools[FASHION].data.x_train.shape[1:]
    if config.own_source != NONE:
        data = load(config.own_source)
        _check_shape("own_source", data, shape)
        pools[OWN] = _pool(OWN, data, min(config.n_source, len(data.y_train)), seed)
    drawn = [_draw(task, pools[task.data], config, seed) for task in config.plan]
    if config.own_task != NONE:
        data = load(config.own_task)
        _check_shape("own_task", data, shape)
        task = Task(OWN, "Your task", OWN, tuple(range(len(data.class_names))))
        if len(task.classes) < 2:
            raise InputError("own_task must have at least 2 classes, got 1: add images of another class.")
        drawn.append(_draw(task, Pool(data, np.zeros(0, np.int64), np.arange(len(data.y_train))), config, seed))
    return pools, drawn


def _check_shape(name: str, data: ImageDataset, shape: tuple[int, ...]) -> None:
    if data.x_train.shape[1:] != shape:
        raise InputError(f"{name} must hold images of shape {shape} as the sources do, got {data.x_train.shape[1:]}: resize them.")


def _pool(name: str, data: ImageDataset, n: int, seed: int) -> Pool:
    seen = stratified(data.y_train, n, generator(seed, "source images", name))
    return Pool(data, seen, np.setdiff1d(np.arange(len(data.y_train)), seen))


def _draw(task: Task, pool: Pool, config: TasksConfig, seed: int) -> Drawn:
    """Return a task's images, the same number of each class as far as there are."""
    data, parts = pool.data, []
    for which, x, y, places, n in (("train", data.x_train, data.y_train, pool.unseen, config.n_task),
                                   ("test", data.x_test, data.y_test, np.arange(len(data.y_test)), config.n_test)):
        mine = places[np.isin(y[places], task.classes)]
        if len(np.unique(y[mine])) < len(task.classes):
            raise InputError(f"every class of a task needs {which} images that no source has seen, got {len(np.unique(y[mine]))} of "
                             f"{len(task.classes)} classes: lower n_source or add images.")
        chosen = mine[stratified(y[mine], min(n, len(mine)), generator(seed, "task images", task.name, which))]
        images = 255 - x[chosen] if task.is_inverted else x[chosen]
        parts += [images, np.searchsorted(task.classes, y[chosen]).astype(np.int64)]
    return Drawn(task, *parts)
