"""Many models on subsets of one pool: on forked processes of the CPU, or all in one batched computation on a GPU."""

import json
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import safetensors.torch
import torch

from core.lab.devices import cpu_cores
from core.lab.errors import InputError
from core.models.names import can_be_batched
from core.training.batched import train_batched
from core.training.config import TrainingConfig
from core.training.forked import can_fork, one_thread, run_forked
from core.training.loop import Extras, OnEpoch, Routine, train_member
from core.training.losses import Loss
from core.training.pool import Pool, make_pool
from core.training.precision import check_device
from core.training.progress import Report, TrainingProgress, watch
from core.training.trained import TrainedModel, curves_from
from core.training.workbench import State

OnModel = Callable[[int, TrainedModel], None]
Keep = Callable[[TrainedModel], None]


@dataclass(frozen=True, eq=False)
class _Job:
    """What every way of training many models needs."""

    pool: Pool
    members: np.ndarray
    config: TrainingConfig
    seed: int
    extras: Extras
    starts: Sequence[State] | None
    trainable: Sequence[State] | None
    streams: Sequence[int] | None

    def train(self, index: int, on_epoch: OnEpoch) -> TrainedModel:
        """Train one model in this process."""
        extras = self.extras if self.starts is None else replace(self.extras, start=self.starts[index])
        extras = extras if self.trainable is None else replace(extras, trainable=self.trainable[index])
        return train_member(
            self.pool,
            np.flatnonzero(self.members[index]),
            self.config,
            seed=self.seed,
            index=index,
            extras=extras,
            on_epoch=on_epoch,
            stream=None if self.streams is None else self.streams[index],
        )


def train_many(
    x: np.ndarray, y: np.ndarray, members: np.ndarray, config: TrainingConfig, *, seed: int, n_classes: int, device: str = "cpu",
    report: Report | None = None, x_test: np.ndarray | None = None, y_test: np.ndarray | None = None, loss: Loss | None = None,
    checkpoints: Collection[int] = (), starts: Sequence[State] | None = None,
    trainable: State | Sequence[State] | None = None, routine: Routine | None = None, on_model: OnModel | None = None,
    skip: Collection[int] = (), streams: Sequence[int] | None = None, processes: int | None = None, batched: bool | None = None,
) -> list[TrainedModel | None]:  # fmt: skip
    """Return one model per row of ``members``, in order; forked and one by one give the same bits, batched differs by rounding.

    Args:
        x: Pool of images, uint8 (N, H, W, C).
        y: Their classes (N,), 0 to n_classes - 1.
        members: Boolean (K, N): model k trains on the images of row k.
        config: How to train.
        seed: Seed of the run; model k draws weights, order and augmentation from streams of its own.
        n_classes: Number of logits.
        device: ``cpu`` or a CUDA device.
        report: Receives progress a few times a second; may raise to stop.
        x_test: Held-out images for the curves; some hundred are enough.
        y_test: Their classes.
        loss: ``loss(logits, features, labels, epoch) -> scalar``; None is cross-entropy with the config's label smoothing.
        checkpoints: Epochs (from 1) after which each model's logits on the whole pool are kept.
        starts: One state per model to begin from instead of fresh weights.
        trainable: Boolean tensors by parameter name, False where a weight must keep its bits; one record for all models, or one
            each.
        routine: Training that is more than a loss, see ``Extras``; excludes ``loss``.
        on_model: Called in this process with index and model as soon as it is finished, also when a later one fails.
        skip: Models that need no training (they are stored already); their places in the list are None.
        streams: For each model, whose random streams it draws from (initial weights, order, augmentation); models that share one
            differ by nothing but their images. None gives each its own.
        processes: Forked processes on the CPU; None takes every core.
        batched: Train all models in one computation; None does so on CUDA, unless weights are frozen, a routine is given or the
            model is torchvision's.

    Raises:
        InputError: If data, members, device and config do not go together.
        RunFailed: If a model cannot be trained.
    """
    check_device(device)
    if loss is not None and routine is not None:
        raise ValueError("a routine brings its own loss: give one of the two")
    members = np.asarray(members)
    _check_members(members, len(x), starts, streams)
    todo = [index for index in range(len(members)) if index not in set(skip)]
    models: list[TrainedModel | None] = [None] * len(members)

    def keep(model: TrainedModel) -> None:
        models[model.index] = model
        if on_model is not None:
            on_model(model.index, model)

    with one_thread():
        pool = make_pool(x, y, config, n_classes=n_classes, device=device, x_test=x_test, y_test=y_test)
        each = None if trainable is None or isinstance(trainable, Mapping) else trainable
        extras = Extras(loss=loss, routine=routine, checkpoints=frozenset(checkpoints), trainable=None if each else trainable)
        progress = watch(report, len(members), config.last_epoch, todo)
        _train(_Job(pool, members, config, seed, extras, starts, each, streams), todo, progress, keep, processes, batched)
        progress.tick(force=True)
    return models


def _train(
    job: _Job, todo: list[int], progress: TrainingProgress, keep: Keep, processes: int | None, batched: bool | None
) -> None:
    on_cpu = job.pool.device == "cpu"
    processes = min(processes or cpu_cores(), len(todo))
    if batched is None:
        plain = job.trainable is None and job.extras.trainable is None and job.extras.routine is None
        batched = not on_cpu and plain and can_be_batched(job.config.model)
    if batched and job.trainable is not None:
        raise InputError("frozen weights need one-by-one training, got batched=True: leave batched unset.")
    if batched:
        for alike in _by_size(job.members, todo):  # one computation takes batches of one size
            train_batched(
                job.pool,
                job.members,
                job.config,
                alike,
                seed=job.seed,
                extras=job.extras,
                starts=job.starts,
                progress=progress,
                on_model=keep,
                streams=job.streams,
            )
    elif on_cpu and processes > 1 and can_fork():
        _train_forked(job, todo, progress, keep, processes)
    else:
        for index in todo:
            keep(job.train(index, progress.publisher(index, tick=True)))


def _by_size(members: np.ndarray, todo: list[int]) -> list[list[int]]:
    """Return the models ``todo`` in groups that train on equally many images."""
    sizes = members.sum(1)
    return [[index for index in todo if sizes[index] == size] for size in dict.fromkeys(sizes[todo].tolist())]


def _check_members(members: np.ndarray, n: int, starts: Sequence[State] | None, streams: Sequence[int] | None) -> None:
    if members.dtype != bool or members.ndim != 2 or members.shape[1] != n or not len(members):
        raise InputError(f"members must be a boolean array (models, {n}), got {members.dtype} of shape {members.shape}.")
    if (fewest := members.sum(1).min()) < 2:
        raise InputError(f"a model must train on at least 2 images, got {fewest}.")
    for name, given in (("starts", starts), ("streams", streams)):
        if given is not None and len(given) != len(members):
            raise InputError(f"{name} must hold one entry per model, got {len(given)} for {len(members)} models.")


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
