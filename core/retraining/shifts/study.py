"""Models, shifts and courses of one seed."""

from dataclasses import dataclass

import numpy as np

from core.data.corruptions import CORRUPTIONS, corrupt
from core.data.dataset import ImageDataset
from core.data.sources import load
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.retraining.data import Parts, check_same_classes, divide, stratified
from core.retraining.shifts.config import NOISY_UP_TO, RetrainingConfig
from core.training.config import TrainingConfig
from core.training.kept import Images, Wanted, train_kept
from core.training.workbench import State

OWN = "own"
PLAIN = ("half", "full")


@dataclass(frozen=True, eq=False)
class Model:
    """One model that was trained on old data: name, architecture, width, weights."""

    name: str
    title: str
    family: str
    width: int
    state: State


@dataclass(frozen=True, eq=False)
class Shift:
    """Old images under one kind and level, or own new data: what is retrained on and what is tested on."""

    kind: str
    level: int
    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    @property
    def title(self) -> str:
        """The shift on screen."""
        return "own new data" if self.kind == OWN else f"{CORRUPTIONS[self.kind].title} {self.level}"


def read(config: RetrainingConfig, seed: int) -> tuple[Parts, list[Shift], int]:
    """Return the parts of the old data, every shift, and the number of classes.

    Raises:
        InputError: If data are missing or do not go together.
    """
    data = load(config.dataset)
    parts = divide(data, config.n_images, config.n_test, seed)
    shifts = [shifted(parts, kind, level, seed) for kind, level in config.grid]
    if config.new != "corruptions":
        shifts.append(own_new(data, load(config.new), parts, config.n_test, seed))
    return parts, shifts, len(data.class_names)


def shifted(parts: Parts, kind: str, level: int, seed: int) -> Shift:
    """Return the retraining and test images under one kind and level."""
    train, test = (corrupt(x, kind, level, generator(seed, "shift", kind, level, part))
                   for part, x in (("train", parts.x_new), ("test", parts.x_test)))
    return Shift(kind, level, train, parts.y_new, test, parts.y_test)


def own_new(old: ImageDataset, own: ImageDataset, parts: Parts, n_test: int, seed: int) -> Shift:
    """Return own new data as a shift of the old.

    Raises:
        InputError: If their shapes or classes differ.
    """
    check_same_classes(old, own)
    train = stratified(own.y_train, min(len(own.y_train), len(parts.y_new)), generator(seed, "own images"))
    test = stratified(own.y_test, min(len(own.y_test), n_test), generator(seed, "own test images"))
    return Shift(OWN, 1, own.x_train[train], own.y_train[train], own.x_test[test], own.y_test[test])


def old_images(parts: Parts, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of ``n`` old images that an index compares with, and of further ones, to see what sampling alone does."""
    known = stratified(parts.y_old, min(n, len(parts.y_old)), generator(seed, "old index images"))
    rest = np.setdiff1d(np.arange(len(parts.y_old)), known)
    return known, rest[stratified(parts.y_old[rest], min(n, len(rest)), generator(seed, "further old images"))]


def index_images(parts: Parts, shift: Shift, n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return new images and classes that every index is computed from, and clean twins of them with their classes."""
    chosen = stratified(shift.y, min(n, len(shift.y)), generator(seed, "new index images"))
    if len(shift.y) == len(parts.y_new) and np.array_equal(shift.y, parts.y_new):
        twins = chosen
    else:
        twins = same_classes(parts.y_new, shift.y[chosen])
    return shift.x[chosen], shift.y[chosen], parts.x_new[twins], parts.y_new[twins]


def same_classes(y_old: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return places of old samples whose classes are ``y``, one by one: the nearest thing to twins that own new data have."""
    places, taken = np.zeros(len(y), np.int64), dict.fromkeys(np.unique(y).tolist(), 0)
    for index, label in enumerate(y.tolist()):
        mine = np.flatnonzero(y_old == label)
        places[index] = mine[taken[label] % len(mine)]
        taken[label] += 1
    return places


def train_models(config: RetrainingConfig, parts: Parts, n_classes: int, seed: int, context: Context,
                 only: str | None = None) -> list[Model]:
    """Return the models, or the one called ``only``, trained on all cores or taken from the store."""
    half = max(2, config.width // 2)
    plans = [("half", f"{config.model}, width {half}", config.model, half), ("full", f"{config.model}, width {config.width}", config.model,
             config.width), ("robust", "trained with noise", config.model, config.width)]
    if config.models == "four":
        plans.append(("mlp", "multilayer perceptron", "mlp", config.width))
    noisy = parts.x_old.copy()
    levels = generator(seed, "noise levels").integers(0, NOISY_UP_TO + 1, len(noisy))
    for level in range(1, NOISY_UP_TO + 1):
        noisy[levels == level] = corrupt(noisy[levels == level], "gaussian", level, generator(seed, "noise", level))
    n = len(parts.x_old)
    pool = Images(np.concatenate([parts.x_old, noisy]), np.concatenate([parts.y_old, parts.y_old]), n_classes,
                  x_test=parts.x_test[:256], y_test=parts.y_test[:256])
    wanted = [Wanted(members=np.arange(2 * n) // n == (name == "robust"), stream=stream, training=TrainingConfig(
        model=family, width=width, epochs=config.epochs)) for stream, (name, _, family, width) in enumerate(plans)]
    chosen = [place for place, plan in enumerate(plans) if only in (None, plan[0])]
    networks = train_kept(pool, [wanted[place] for place in chosen], seed=seed, context=context)
    return [Model(*plans[place], network.state) for place, network in zip(chosen, networks, strict=True)]
