"""Retrain one network on many data sets side by side, and read its accuracy after growing numbers of images.

As published: all layers, Adam with rate 0.001 and weight decay 0.00001, batches of 32, no schedule. An "epoch" of the engine is here
the stretch between two readings; the stream of images runs on across it. What is read goes into memory that all processes share.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.data.bundled import array_hash
from core.lab.experiment import Context
from core.retraining.cost import points_up_to
from core.training.config import TrainingConfig
from core.training.forked import shared_array
from core.training.loop import EpochPass, Trainee, evaluate
from core.training.many import train_many
from core.training.workbench import State, flattened

READ = ("accuracy", "change", "gradient_norm", "cpu_seconds")


@dataclass(frozen=True, eq=False)
class Course:
    """One retraining: on which images, tested on which, from which weights; ``stream`` names its random order."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    start: State
    stream: int


def retraining_config(model: str, width: int, learning_rate: float, batch_size: int, cap: int) -> TrainingConfig:
    """Return how networks are retrained up to ``cap`` images."""
    return TrainingConfig(
        model=model, width=width, epochs=len(points_up_to(cap)) - 1, batch_size=batch_size, optimizer="adam",
        learning_rate=learning_rate, schedule="constant", weight_decay=1e-5)


def retrain_all(courses: Sequence[Course], config: TrainingConfig, cap: int, *, seed: int, n_classes: int,
                context: Context) -> list[dict[str, np.ndarray]]:
    """Return for each course what was read at every point, (P,) by the names in ``READ``; what is stored is not trained again.

    Readings: accuracy on the course's test images; mean over weight tensors of the root mean square of their change; length of the
    last batch's gradient; CPU seconds of training alone.
    """
    points = points_up_to(cap)
    identities = [_identity(course, config, cap, seed) for course in courses]
    found: dict[int, Mapping[str, np.ndarray]] = {}
    for index, identity in enumerate(identities):
        stored = context.models.get(identity)
        if stored is not None:
            found[index] = stored
    todo = [index for index in range(len(courses)) if index not in found]
    if todo:
        readings = shared_array((len(courses), len(points), len(READ)))
        x, y, places = _one_pool(courses)
        members = np.zeros((len(courses), len(x)), dtype=bool)
        for row, (train, _) in zip(members, places, strict=True):
            row[train] = True

        def begin(trainee: Trainee) -> EpochPass:
            return _stretches(trainee, torch.from_numpy(places[trainee.index][1]), points, readings[trainee.index])

        def keep(index: int, model: object) -> None:
            found[index] = {name: readings[index, :, column].copy() for column, name in enumerate(READ)}
            context.models.put(identities[index], found[index])

        train_many(x, y, members, config, seed=seed, n_classes=n_classes, device=context.device, report=context.report,
                   starts=[course.start for course in courses], routine=begin, on_model=keep, skip=found.keys(),
                   streams=[course.stream for course in courses], processes=context.threads)
    return [dict(found[index]) for index in range(len(courses))]


def _one_pool(courses: Sequence[Course]) -> tuple[np.ndarray, np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """Return all images as one pool, and for each course the places of its training and of its test images."""
    images, labels, places, known, offset = [], [], [], {}, 0
    for course in courses:
        pair = []
        for x, y in ((course.x, course.y), (course.x_test, course.y_test)):
            if (id(x), id(y)) not in known:
                known[id(x), id(y)] = np.arange(offset, offset + len(x))
                images.append(x)
                labels.append(y)
                offset += len(x)
            pair.append(known[id(x), id(y)])
        places.append((pair[0], pair[1]))
    return np.concatenate(images), np.concatenate(labels), places


def _stretches(trainee: Trainee, test: Tensor, points: Sequence[int], readings: np.ndarray) -> EpochPass:
    """Return the engine's epoch: train from one point to the next, then read; point 0 is read at once."""
    pool, bench = trainee.pool, trainee.bench
    test = test.to(pool.device)
    images, labels = pool.images[test], pool.labels[test]
    initial = [parameter.detach().clone() for parameter in bench.network.parameters()]
    stream = _endless(trainee)

    def read(place: int, gradient: float, seconds: float) -> None:
        logits, _ = evaluate(bench.working, images, bench.dtype)
        change = [float((now.detach() - before).square().mean().sqrt())
                  for now, before in zip(bench.network.parameters(), initial, strict=True)]
        readings[place] = (float((logits.argmax(1) == labels).double().mean()), float(np.mean(change)), gradient, seconds)

    read(0, 0.0, 0.0)
    bench.train_mode()

    def train(epoch: int) -> tuple[float, float]:
        started, total, right, seen, gradient = time.thread_time(), 0.0, 0, 0, 0.0
        for _ in range(max(1, (points[epoch + 1] - points[epoch]) // trainee.config.batch_size)):
            indices = next(stream).to(pool.device)
            wanted = pool.labels[indices]
            logits, _ = trainee.forward(pool.images[indices])
            loss = F.cross_entropy(logits, wanted)
            loss.backward()
            flat = bench.gradient()
            gradient = float(flat.norm())
            trainee.optimizer.step(bench.weights, flat, trainee.config.learning_rate)
            bench.follow()
            total += float(loss.detach()) * len(indices)
            right += int((logits.argmax(1) == wanted).sum())
            seen += len(indices)
        read(epoch + 1, gradient, readings[epoch, READ.index("cpu_seconds")] + time.thread_time() - started)
        return total / seen, right / seen

    return train


def _endless(trainee: Trainee):
    """Yield batches of places for ever, each round through the images in a fresh order."""
    size, left = trainee.config.batch_size, torch.zeros(0, dtype=torch.int64)
    while True:
        while len(left) < size:
            left = torch.cat([left, trainee.rows[torch.randperm(len(trainee.rows), generator=trainee.streams.order)]])
        yield left[:size]
        left = left[size:]


def _identity(course: Course, config: TrainingConfig, cap: int, seed: int) -> dict[str, Any]:
    digest = array_hash(np.concatenate([flattened(value.float()).numpy() for value in course.start.values()]))
    return {"kind": "retraining curve", "version": 1, "training": repr(config), "cap": cap, "seed": seed, "stream": course.stream,
            "images": array_hash(course.x) + array_hash(course.y), "test": array_hash(course.x_test) + array_hash(course.y_test),
            "start": digest}
