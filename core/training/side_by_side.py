"""Variants of one model trained side by side: the same samples in the same batches and order, so that only what is compared differs.

On a CPU each variation trains in a forked process of its own, one by one where forking is not sound; on a GPU variations of one
network train in one batched computation.
"""

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from core.lab.devices import cpu_cores
from core.training.forked import one_thread, run_each, shared_array
from core.training.precision import check_device
from core.training.progress import Report, TrainingProgress, watch
from core.training.variation import Course, Trained, Variation
from core.training.variation_loop import train_alone
from core.training.variation_stack import train_stack
from core.training.workbench import State

Measure = Callable[[int, int, nn.Module], None]


class _Records:
    """What all variations leave, in memory that forked children share."""

    def __init__(self, variations: Sequence[Variation], course: Course, measure: Measure | None) -> None:
        """Make room for every variation."""
        self.variations, self.measure = variations, measure
        shapes = [(len(course.evaluated), len(one.feed.labels), one.feed.n_classes) for one in variations]
        self.logits = [shared_array(shape, np.float32) for shape in shapes]
        self.seconds = shared_array((len(variations),))
        self.weights = [{name: shared_array(tuple(value.shape), _dtype(value)) for name, value in one.start.items()} if one.keep else {}
                        for one in variations]

    def evaluated(self, index: int, place: int, network: nn.Module, logits: Tensor) -> None:
        """Record an evaluation, then let the caller measure more."""
        self.logits[index][place] = logits.cpu().numpy()
        if self.measure is not None:
            self.measure(index, place, network)

    def finished(self, index: int, state: State, seconds: float) -> None:
        """Record the end of a training."""
        self.seconds[index] = seconds
        for name, array in self.weights[index].items():
            array[...] = state[name].numpy()

    def trained(self, index: int, progress: TrainingProgress) -> Trained:
        """Return what one variation left."""
        table = progress.table(index)
        state = {name: torch.from_numpy(array.copy()) for name, array in self.weights[index].items()}
        return Trained(self.logits[index], table[:, 0], table[:, 1], float(self.seconds[index]), state or None)


def train_side_by_side(
    variations: Sequence[Variation], course: Course, *, seed: int, device: str = "cpu", report: Report | None = None,
    measure: Measure | None = None, processes: int | None = None, batched: bool | None = None,
) -> list[Trained]:  # fmt: skip
    """Return what training leaves of every variation, in order; forked and one by one give the same bits.

    Args:
        variations: What to train.
        course: How long and how fast.
        seed: Seed of the order of samples and of dropout, the same for all variations.
        device: ``cpu`` or a CUDA device.
        report: Receives progress a few times a second; may raise to stop.
        measure: Called at each evaluation with the variation's index, the evaluation's place (from 0) and the network in
            evaluation mode. It may run in a forked process: let it write to ``core.training.forked.shared_array``.
        processes: Forked processes on the CPU; None takes every core.
        batched: Train variations of one network in one computation; None does so on CUDA.

    Raises:
        RunFailed: If a loss stops being finite.
    """
    check_device(device)
    records = _Records(variations, course, measure)
    todo = list(range(len(variations)))
    progress = watch(report, [course.epochs] * len(variations), todo)
    processes = min(processes or cpu_cores(), len(variations))
    with one_thread():
        if batched if batched is not None else device != "cpu":
            for group in _groups(variations):
                _train_group(records, group, course, seed, device, progress)
        else:
            run_each(todo, lambda index: _train_one(records, index, course, seed, device, progress, tick=True), processes=processes,
                     device=device, on_tick=progress.tick)
        progress.tick(force=True)
    return [records.trained(index, progress) for index in todo]


def _train_one(records: _Records, index: int, course: Course, seed: int, device: str, progress: TrainingProgress, *, tick: bool) -> None:
    started = time.perf_counter()
    state = train_alone(
        records.variations[index], course, seed=seed, device=device, on_epoch=progress.publisher(index, tick=tick),
        on_evaluation=lambda place, network, logits: records.evaluated(index, place, network, logits))
    records.finished(index, state, time.perf_counter() - started)


def _train_group(records: _Records, group: list[int], course: Course, seed: int, device: str, progress: TrainingProgress) -> None:
    if len(group) == 1:
        _train_one(records, group[0], course, seed, device, progress, tick=True)
        return
    started = time.perf_counter()
    publishers = [progress.publisher(index, tick=True) for index in group]
    states = train_stack(
        [records.variations[index] for index in group], course, seed=seed, device=device,
        on_epoch=lambda member, epoch, row: publishers[member](epoch, row),
        on_evaluation=lambda member, place, network, logits: records.evaluated(group[member], place, network, logits))
    for index, state in zip(group, states, strict=True):
        records.finished(index, state, (time.perf_counter() - started) / len(group))


def _groups(variations: Sequence[Variation]) -> list[list[int]]:
    """Return which variations can be computed together: same network, samples and dropout."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for index, one in enumerate(variations):
        alone = -1 if one.can_stack else index
        groups.setdefault((id(one.network), id(one.feed), round(1e6 * one.dropout), alone), []).append(index)
    return list(groups.values())


def _dtype(value: Tensor) -> np.dtype:
    return value.numpy().dtype
