"""Models, shifts and courses of one seed."""

from dataclasses import dataclass

import numpy as np

from core.data.corruptions import CORRUPTIONS, corrupt
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
    shifts = []
    for kind, level in config.grid:
        train, test = (corrupt(x, kind, level, generator(seed, "shift", kind, level, part))
                       for part, x in (("train", parts.x_new), ("test", parts.x_test)))
        shifts.append(Shift(kind, level, train, parts.y_new, test, parts.y_test))
    if config.new != "corruptions":
        own = load(config.new)
        check_same_classes(data, own)
        train = stratified(own.y_train, min(len(own.y_train), len(parts.y_new)), generator(seed, "own images"))
        test = stratified(own.y_test, min(len(own.y_test), config.n_test), generator(seed, "own test images"))
        shifts.append(Shift(OWN, 1, own.x_train[train], own.y_train[train], own.x_test[test], own.y_test[test]))
    return parts, shifts, len(data.class_names)


def train_models(config: RetrainingConfig, parts: Parts, n_classes: int, seed: int, context: Context) -> list[Model]:
    """Return the models, trained on all cores or taken from the store."""
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
    networks = train_kept(pool, wanted, seed=seed, context=context)
    return [Model(name, title, family, width, network.state)
            for (name, title, family, width), network in zip(plans, networks, strict=True)]
