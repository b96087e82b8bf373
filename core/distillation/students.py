"""Students side by side: one initial network, one order of images, and for each arm its own targets."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.distillation.soft_losses import LOSSES
from core.lab.config import to_dict
from core.lab.experiment import Context
from core.training.config import TrainingConfig
from core.training.forked import shared_array
from core.training.loop import EpochPass, Routine, Trainee
from core.training.many import Machine, train_wanted
from core.training.trained import TrainedModel
from core.training.wanted import Images, Wanted
from core.training.workbench import State

VERSION = 1  # of how students are trained; part of what they are kept under


@dataclass(frozen=True, eq=False)
class Term:
    """One soft part of a loss: ``weight`` times the loss ``form`` at ``temperature`` against ``targets``, (N, C) of the pool."""

    targets: np.ndarray
    weight: float
    temperature: float
    form: str


@dataclass(frozen=True, eq=False)
class Arm:
    """One student.

    Attributes:
        id: Slug.
        title: On screen.
        family: Which arms it is compared with.
        hard: Weight of the cross-entropy against the label.
        terms: The soft parts.
        weight: Weight a of the soft part, for tables.
        temperature: Temperature T, for tables.
        makers: What must be made before it can train: ``autoencoder``, ``teacher``, ``student``.
    """

    id: str
    title: str
    family: str
    hard: float = 1.0
    terms: tuple[Term, ...] = ()
    weight: float = 0.0
    temperature: float = 1.0
    makers: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Student:
    """A trained network and the CPU seconds of its training."""

    state: State
    cpu_seconds: float


@dataclass(frozen=True, eq=False)
class Lesson:
    """What all students of one call share: images, labels, how to train, what identifies them."""

    x: np.ndarray
    y: np.ndarray
    n_classes: int
    training: TrainingConfig
    seed: int
    data: str


def train_students(lesson: Lesson, arms: Sequence[Arm], context: Context) -> list[Student]:
    """Return one student per arm, in order; trained once and kept.

    All draw the same initial weights, order and augmentation: arms differ by their targets alone.

    Raises:
        RunFailed: If a training diverges.
    """
    return train_and_keep([lesson] * len(arms), [_identity(lesson, arm) for arm in arms], _routine(arms), context)


def train_and_keep(lessons: Sequence[Lesson], identities: Sequence[dict[str, Any]], routine: Routine, context: Context) -> list[Student]:
    """Return a network per identity, from the store where it is there, trained with ``routine`` where it is not.

    The lessons have one seed, and may differ in how they train and in how many images they have, the images of a shorter one being the
    first of a longer one: all that is missing fills the cores together, long trainings first, and among equally long ones those that
    stand first.
    """
    found = [_unpack(context.models.get(identity)) for identity in identities]
    stored = [index for index, student in enumerate(found) if student is not None]
    if len(stored) == len(found):
        return found
    spent = shared_array((len(identities),))

    def keep(index: int, model: TrainedModel) -> None:
        found[index] = Student(model.state, float(spent[index]))
        context.models.put(identities[index], _pack(found[index]))

    pool, timed = max(lessons, key=lambda lesson: len(lesson.x)), _timed(routine, spent)
    wanted = [Wanted(np.arange(len(pool.x)) < len(lesson.x), lesson.training, routine=timed) for lesson in lessons]
    train_wanted(Images(pool.x, pool.y, pool.n_classes), wanted, seed=pool.seed,
                 machine=Machine(context.device, context.threads, context.report), on_model=keep, skip=stored)
    return found


def _timed(routine: Routine, spent: np.ndarray) -> Routine:
    """Return the routine with the CPU seconds of each model's process written to ``spent``."""

    def begin(trainee: Trainee) -> EpochPass:
        train_epoch = routine(trainee)

        def timed(epoch: int) -> tuple[float, float]:
            started = time.process_time()
            told = train_epoch(epoch)
            spent[trainee.index] += time.process_time() - started
            return told

        return timed

    return begin


def _routine(arms: Sequence[Arm]) -> Routine:
    def begin(trainee: Trainee) -> EpochPass:
        arm, pool = arms[trainee.index], trainee.pool
        targets = [torch.from_numpy(term.targets.astype(np.float32)).to(pool.device) for term in arm.terms]

        def train_epoch(epoch: int) -> tuple[float, float]:
            total, correct, seen = 0.0, 0, 0
            for batch, (indices, images) in enumerate(trainee.batches()):
                labels = pool.labels[indices]
                logits, _ = trainee.forward(images)
                value = arm.hard * torch.nn.functional.cross_entropy(logits, labels)
                for term, soft in zip(arm.terms, targets, strict=True):
                    value = value + term.weight * LOSSES[term.form](logits, soft[indices], term.temperature)
                trainee.update(value, trainee.learning_rate(epoch, batch, trainee.n_batches))
                total += float(value.detach()) * len(indices)
                correct += int((logits.detach().argmax(1) == labels).sum())
                seen += len(indices)
            return total / seen, correct / seen

        return train_epoch

    return begin


def identity_of(lesson: Lesson, recipe: dict[str, Any]) -> dict[str, Any]:
    """Return what a network of this lesson is kept under; ``recipe`` holds everything else that decides its weights."""
    rows = hashlib.blake2b(np.ascontiguousarray(lesson.x), digest_size=16)
    rows.update(np.ascontiguousarray(lesson.y))
    return {"room": "distillation", "version": VERSION, "training": to_dict(lesson.training), "data": lesson.data, "seed": lesson.seed,
            "images": rows.hexdigest(), "recipe": recipe}


def _identity(lesson: Lesson, arm: Arm) -> dict[str, Any]:
    parts = hashlib.blake2b(digest_size=16)
    for term in arm.terms:
        parts.update(f"{term.weight!r} {term.temperature!r} {term.form}".encode())
        parts.update(np.ascontiguousarray(term.targets.astype(np.float32)))
    return identity_of(lesson, {"hard": arm.hard, "terms": parts.hexdigest()})


def _pack(student: Student) -> dict[str, np.ndarray]:
    return {"cpu_seconds": np.array([student.cpu_seconds])} | {f"state/{name}": value.numpy() for name, value in student.state.items()}


def _unpack(arrays: dict[str, np.ndarray] | None) -> Student | None:
    if arrays is None:
        return None
    state = {name.removeprefix("state/"): torch.from_numpy(array) for name, array in arrays.items() if name.startswith("state/")}
    return Student(state, float(arrays["cpu_seconds"][0]))
