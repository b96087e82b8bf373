"""Many networks on subsets of one pool: on forked processes of the CPU, or in batched computations on a GPU."""

import json
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import safetensors.torch
import torch

from core.lab.devices import cpu_cores
from core.lab.errors import InputError
from core.training.batched import Batch, can_batch, check_batch, train_batched
from core.training.config import TrainingConfig
from core.training.forked import can_fork, one_thread, run_forked
from core.training.loop import Extras, OnEpoch, Routine, train_member
from core.training.losses import Loss
from core.training.pool import Pool, make_pool
from core.training.precision import check_device
from core.training.progress import Report, TrainingProgress, watch
from core.training.trained import TrainedModel, curves_from
from core.training.wanted import Images, Wanted
from core.training.workbench import State

OnModel = Callable[[int, TrainedModel], None]
Keep = Callable[[TrainedModel], None]


@dataclass(frozen=True)
class Machine:
    """Where networks are trained, and how many side by side; changes no bit, but for the rounding of batched computations.

    Attributes:
        device: ``cpu`` or a CUDA device.
        processes: Forked processes on the CPU; None takes every core.
        report: Receives progress a few times a second; may raise to stop.
        batched: Train alike networks in one computation; None does so on CUDA wherever it can be done.
    """

    device: str = "cpu"
    processes: int | None = None
    report: Report | None = None
    batched: bool | None = None


@dataclass(frozen=True, eq=False)
class _Job:
    """What every way of training many networks needs; ``pools`` holds the images by augmentation."""

    pools: dict[str, Pool]
    wanted: Sequence[Wanted]
    seed: int
    checkpoints: frozenset[int]

    def pool(self, index: int) -> Pool:
        """Return the images as one network needs them."""
        return self.pools[self.wanted[index].training.augmentation]

    def train(self, index: int, on_epoch: OnEpoch) -> TrainedModel:
        """Train one network in this process."""
        one = self.wanted[index]
        extras = Extras(one.loss, one.routine, self.checkpoints, one.start, one.trainable)
        return train_member(self.pool(index), np.flatnonzero(one.members), one.training, seed=self.seed, index=index, extras=extras,
                            on_epoch=on_epoch, stream=one.stream)


def train_wanted(
    images: Images, wanted: Sequence[Wanted], *, seed: int, machine: Machine | None = None, checkpoints: Collection[int] = (),
    on_model: OnModel | None = None, skip: Collection[int] = (),
) -> list[TrainedModel | None]:  # fmt: skip
    """Return every network wanted, in order; forked and one by one give the same bits, batched differs by rounding.

    Args:
        images: The pool that networks are trained on subsets of.
        wanted: What is trained, from where, towards what; trainings of different lengths and sizes fill the cores together.
        seed: Seed of the run.
        machine: Where, and how many side by side; by default on every core.
        checkpoints: Epochs (from 1) after which each network's logits on the whole pool are kept.
        on_model: Called in this process with place and network as soon as it is finished, also when a later one fails.
        skip: Networks that need no training (they are kept already); their places in the list are None.

    Raises:
        InputError: If images, members, device and training do not go together.
        RunFailed: If a network cannot be trained.
    """
    machine = machine or Machine()
    check_device(machine.device)
    _check_members(wanted, len(images.x))
    models: list[TrainedModel | None] = [None] * len(wanted)
    todo = [index for index in range(len(wanted)) if index not in set(skip)]
    if not todo:
        return models
    wanted = [_in_hand(one) if index in todo else one for index, one in enumerate(wanted)]
    todo.sort(key=lambda index: -wanted[index].training.last_epoch * int(wanted[index].members.sum()))  # long ones first fill the cores

    def keep(model: TrainedModel) -> None:
        models[model.index] = model
        if on_model is not None:
            on_model(model.index, model)

    with one_thread():
        trainings = {wanted[index].training.augmentation: wanted[index].training for index in todo}
        pools = {name: make_pool(images.x, images.y, training, n_classes=images.n_classes, device=machine.device, x_test=images.x_test,
                                 y_test=images.y_test) for name, training in trainings.items()}
        progress = watch(machine.report, [one.training.last_epoch for one in wanted], todo)
        _train(_Job(pools, wanted, seed, frozenset(checkpoints)), todo, progress, keep, machine)
        progress.tick(force=True)
    return models


def train_many(
    x: np.ndarray, y: np.ndarray, members: np.ndarray, config: TrainingConfig, *, seed: int, n_classes: int, device: str = "cpu",
    report: Report | None = None, x_test: np.ndarray | None = None, y_test: np.ndarray | None = None, loss: Loss | None = None,
    starts: Sequence[State] | None = None, trainable: State | Sequence[State] | None = None, routine: Routine | None = None,
    streams: Sequence[int] | None = None, processes: int | None = None, batched: bool | None = None, checkpoints: Collection[int] = (),
    on_model: OnModel | None = None, skip: Collection[int] = (),
) -> list[TrainedModel | None]:  # fmt: skip
    """Return one network per row of the membership table ``members`` (K, N), all trained in one way; see ``train_wanted``.

    Row k draws from stream k unless ``streams`` says otherwise; ``trainable`` is one record for all, or one each.
    """
    wanted = [Wanted(row, config, index if streams is None else streams[index], {}, loss, routine,
                     None if starts is None else starts[index], trainable[index] if isinstance(trainable, list) else trainable)
              for index, row in enumerate(members)]
    return train_wanted(Images(x, y, n_classes, x_test, y_test), wanted, seed=seed, machine=Machine(device, processes, report, batched),
                        checkpoints=checkpoints, on_model=on_model, skip=skip)


def _in_hand(one: Wanted) -> Wanted:
    """Return a network with its start and mask made: here and not in a child, for making them may itself train on all cores."""
    start, trainable = (given() if callable(given) else given for given in (one.start, one.trainable))
    return replace(one, start=start, trainable=trainable)


def _train(job: _Job, todo: list[int], progress: TrainingProgress, keep: Keep, machine: Machine) -> None:
    on_cpu, processes = machine.device == "cpu", min(machine.processes or cpu_cores(), len(todo))
    batched = machine.batched if machine.batched is not None else not on_cpu
    if machine.batched:
        for index in todo:
            check_batch(job.wanted[index])
    together = [index for index in todo if batched and can_batch(job.wanted[index])]
    for alike in _alike(job.wanted, together):
        train_batched(Batch(job.pool(alike[0]), job.wanted, alike, job.seed, job.checkpoints), progress=progress, on_model=keep)
    alone = [index for index in todo if index not in together]
    if on_cpu and min(processes, len(alone)) > 1 and can_fork():
        _train_forked(job, alone, progress, keep, processes)
        return
    for index in alone:
        keep(job.train(index, progress.publisher(index, tick=True)))


def _alike(wanted: Sequence[Wanted], todo: list[int]) -> list[list[int]]:
    """Return the networks ``todo`` in groups that one computation can train: one training, one loss, batches of one size."""
    groups: dict[tuple, list[int]] = {}
    for index in sorted(todo):
        one = wanted[index]
        groups.setdefault((one.training, id(one.loss), int(one.members.sum())), []).append(index)
    return list(groups.values())


def _check_members(wanted: Sequence[Wanted], n: int) -> None:
    if not len(wanted):
        raise InputError("at least one network must be wanted, got none.")
    for one in wanted:
        if one.members.dtype != bool or one.members.shape != (n,):
            raise InputError(f"members must be a boolean array ({n},), got {one.members.dtype} of shape {one.members.shape}.")
        if (count := int(one.members.sum())) < 2:
            raise InputError(f"a model must train on at least 2 images, got {count}.")
        if one.loss is not None and one.routine is not None:
            raise ValueError("a routine brings its own loss: give one of the two")


def _train_forked(job: _Job, todo: list[int], progress: TrainingProgress, keep: Keep, processes: int) -> None:
    with tempfile.TemporaryDirectory(prefix="glasshouse-training-") as folder:
        here = Path(folder)

        def work(index: int) -> None:
            _write(here, job.train(index, progress.publisher(index, tick=False)))

        def done(index: int) -> None:
            keep(_read(here, index, progress.table(index)))

        run_forked(todo, work, on_done=done, on_tick=progress.tick, processes=processes)


def _write(folder: Path, model: TrainedModel) -> None:
    tensors = {f"state/{name}": value for name, value in model.state.items()}
    tensors |= {f"initial/{name}": value for name, value in model.initial_state.items()}
    tensors |= {f"logits/{epoch}": torch.from_numpy(logits) for epoch, logits in model.checkpoint_logits.items()}
    safetensors.torch.save_file(
        tensors,
        folder / f"{model.index}.safetensors",
        metadata={"seconds": repr(model.seconds), "names": json.dumps(list(tensors))},
    )


def _read(folder: Path, index: int, table: np.ndarray) -> TrainedModel:
    path = folder / f"{index}.safetensors"
    with safetensors.safe_open(path, framework="pt") as file:
        metadata = file.metadata()  # the names in their order, which the format does not keep
        tensors = {name: file.get_tensor(name).clone() for name in json.loads(metadata["names"])}
    path.unlink()
    parts: dict[str, dict[str, torch.Tensor]] = {"state": {}, "initial": {}, "logits": {}}
    for name, value in tensors.items():
        kind, _, rest = name.partition("/")
        parts[kind][rest] = value
    logits = {int(epoch): value.numpy() for epoch, value in parts["logits"].items()}
    return TrainedModel(index, parts["state"], parts["initial"], curves_from(table), float(metadata["seconds"]), logits)
