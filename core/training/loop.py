"""The training loop of one model.

Randomness is drawn on the CPU from generators of its own (initial weights, data order, augmentation, dropout), so that a seed
means the same run on every device; on the CPU with one thread it means the same bits.
"""

import math
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from core.lab.errors import RunFailed
from core.lab.seeds import torch_seed
from core.training.config import TrainingConfig
from core.training.forked import one_thread
from core.training.images import Shifts, draw_shifts, gather_moved, padding, to_input
from core.training.losses import Loss, cross_entropy
from core.training.optimizer import Optimizer, optimizer_for
from core.training.pool import Pool, make_pool
from core.training.precision import check_device, resolve_precision
from core.training.schedule import learning_rate_at
from core.training.trained import CURVE_COLUMNS, TrainedModel, curve_epochs, curves_from
from core.training.workbench import State, Workbench, fresh_network, make_workbench, state_of

EVALUATION_BATCH = 128
CURVE_POINTS = 10
OnEpoch = Callable[[int, np.ndarray], None]
EpochPass = Callable[[int], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Extras:
    """What a run may add to plain training.

    Attributes:
        loss: The loss; None is cross-entropy with the config's label smoothing.
        routine: For training that is more than a loss: called once with the model's ``Trainee``, it returns the function that
            trains one epoch (counted from 0) and returns its mean loss and accuracy. ``loss`` is then not used.
        checkpoints: Epochs (from 1) after which the logits of the whole pool are kept.
        start: State to begin from instead of fresh weights.
        trainable: Boolean tensors by parameter name: False keeps that weight's bits. A BatchNorm without any trainable weight
            is frozen whole, running averages included. None trains everything.
        curve_points: About how many epochs the test set is evaluated after.
    """

    loss: Loss | None = None
    routine: "Routine | None" = None
    checkpoints: Collection[int] = ()
    start: State | None = None
    trainable: State | None = None
    curve_points: int = CURVE_POINTS


@dataclass(eq=False)
class Streams:
    """The random streams of one model after its initial weights."""

    order: torch.Generator = field(default_factory=torch.Generator)
    augmentation: torch.Generator = field(default_factory=torch.Generator)


def streams_of(seed: int, index: int) -> Streams:
    """Return the streams of model ``index``."""
    streams = Streams()
    streams.order.manual_seed(torch_seed(seed, "data order", index))
    streams.augmentation.manual_seed(torch_seed(seed, "augmentation", index))
    return streams


@dataclass(frozen=True, eq=False)
class Trainee:
    """One model in the middle of its training, as a routine sees it.

    Attributes:
        bench: Its network, weights and gradients.
        optimizer: Moves all its weights.
        pool: The images of the run.
        rows: Which of them it trains on, (n,).
        config: How to train.
        streams: Its random streams.
        seed: Seed of the run.
        index: Which model of the run it is.
    """

    bench: Workbench
    optimizer: Optimizer
    pool: Pool
    rows: Tensor
    config: TrainingConfig
    streams: Streams
    seed: int
    index: int

    @property
    def n_batches(self) -> int:
        """Number of batches that an epoch of its own images is cut into."""
        return batches_of(len(self.rows), self.config.batch_size)

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (indices into the pool, uint8 images) of each batch of one epoch over its own images."""
        return epoch_batches(self.pool, self.rows, self.config, self.streams, self.n_batches)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return float32 logits (B, C) and features (B, D) of uint8 images (B, H, W, C), for ``update`` to follow back."""
        logits, features = self.bench.working(to_input(images, self.bench.dtype))
        return logits.float(), features.float()

    def learning_rate(self, epoch: int, batch: int, n_batches: int) -> float:
        """Return the learning rate of batch ``batch`` out of ``n_batches`` in epoch ``epoch``, both from 0."""
        return learning_rate_at(
            epoch * n_batches + batch, self.config.epochs * n_batches, base=self.config.learning_rate, schedule=self.config.schedule
        )

    def update(self, value: Tensor, learning_rate: float) -> None:
        """Move the weights one step down the gradient of ``value``."""
        value.backward()
        self.optimizer.step(self.bench.weights, self.bench.gradient(), learning_rate)
        self.bench.follow()


Routine = Callable[[Trainee], EpochPass]


def train_one(
    x: np.ndarray,
    y: np.ndarray,
    config: TrainingConfig,
    *,
    seed: int,
    n_classes: int,
    device: str = "cpu",
    index: int = 0,
    x_test: np.ndarray | None = None,
    y_test: np.ndarray | None = None,
    extras: Extras | None = None,
    on_epoch: OnEpoch | None = None,
) -> TrainedModel:
    """Return one model trained on all of ``x`` uint8 (N, H, W, C) and ``y`` (N,).

    Args:
        x: Training images.
        y: Their classes, 0 to n_classes - 1.
        config: How to train.
        seed: Seed of the run.
        n_classes: Number of logits.
        device: ``cpu`` or a CUDA device.
        index: Which model of the run this is: another index means other initial weights, order and augmentation.
        x_test: Held-out images for the curves.
        y_test: Their classes.
        extras: Loss, checkpoints, start, frozen weights.
        on_epoch: Called after each epoch with its number (from 1) and its row of ``CURVE_COLUMNS``.

    Raises:
        InputError: If data, device and config do not go together.
        RunFailed: If the loss stops being finite.
    """
    check_device(device)
    with one_thread():
        pool = make_pool(x, y, config, n_classes=n_classes, device=device, x_test=x_test, y_test=y_test)
        return train_member(pool, np.arange(len(x)), config, seed=seed, index=index, extras=extras or Extras(), on_epoch=on_epoch)


def train_member(
    pool: Pool,
    rows: np.ndarray,
    config: TrainingConfig,
    *,
    seed: int,
    index: int,
    extras: Extras,
    on_epoch: OnEpoch | None = None,
    stream: int | None = None,
) -> TrainedModel:
    """Return model ``index`` trained on the ``rows`` of the pool, see ``train_one``; ``stream`` names other random streams than its own."""
    started = time.perf_counter()
    stream = index if stream is None else stream
    network = fresh_network(config, n_classes=pool.n_classes, image_shape=pool.image_shape, seed=seed, index=stream)
    if extras.start is not None:
        network.load_state_dict(extras.start)
    initial = state_of(network)
    bench, mask = make_workbench(network, resolve_precision(config.precision, pool.device), pool.device, extras.trainable)
    with _own_dropout(seed, stream, pool.device):
        places = torch.from_numpy(rows.astype(np.int64))
        trainee = Trainee(bench, optimizer_for(config, mask), pool, places, config, streams_of(seed, stream), seed, index)
        table, kept = _epochs(trainee, extras, on_epoch)
    return TrainedModel(index, state_of(bench.network), initial, curves_from(table), time.perf_counter() - started, kept)


@contextmanager
def _own_dropout(seed: int, index: int, device: str) -> Iterator[None]:
    """Give dropout inside networks, which draws from torch's global generators, a stream of this model's own."""
    with torch.random.fork_rng(devices=[] if device == "cpu" else [torch.device(device)]):
        torch.manual_seed(torch_seed(seed, "dropout", index))
        yield


def _epochs(trainee: Trainee, extras: Extras, on_epoch: OnEpoch | None) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    bench, pool, config = trainee.bench, trainee.pool, trainee.config
    routine = extras.routine or plain_routine(extras.loss or cross_entropy(config.label_smoothing))
    train_epoch = routine(trainee)
    evaluated = curve_epochs(config.last_epoch, extras.curve_points)
    table = np.full((config.last_epoch, len(CURVE_COLUMNS)), np.nan)
    kept: dict[int, np.ndarray] = {}
    for epoch in range(config.last_epoch):
        bench.train_mode()
        table[epoch, :2] = train_epoch(epoch)
        if not math.isfinite(table[epoch, 0]):
            raise RunFailed(
                f"the loss must stay finite, but became {table[epoch, 0]} in epoch {epoch + 1}: lower the learning rate."
            )
        if len(pool.test_labels) and epoch + 1 in evaluated:
            table[epoch, 2:] = _test(bench, pool)
        if epoch + 1 in extras.checkpoints:
            kept[epoch + 1] = evaluate(bench.network, pool.images)[0].cpu().numpy()
        if on_epoch is not None:
            on_epoch(epoch + 1, table[epoch])
    return table, kept


def batches_of(n: int, batch_size: int) -> int:
    """Return how many equal batches an epoch of ``n`` images is cut into, none above ``batch_size``."""
    return -(-n // batch_size)


def plain_routine(loss: Loss) -> Routine:
    """Return the routine of plain training: every epoch one step per batch down the gradient of ``loss``."""

    def begin(trainee: Trainee) -> EpochPass:
        return lambda epoch: _train_epoch(trainee, loss, epoch)

    return begin


def _train_epoch(trainee: Trainee, loss: Loss, epoch: int) -> tuple[float, float]:
    pool, n = trainee.pool, len(trainee.rows)
    total = torch.zeros((), device=pool.device)
    correct = torch.zeros((), dtype=torch.int64, device=pool.device)
    for batch, (indices, images) in enumerate(trainee.batches()):
        labels = pool.labels[indices]
        logits, features = trainee.forward(images)
        value = loss(logits, features, labels, epoch)
        trainee.update(value, trainee.learning_rate(epoch, batch, trainee.n_batches))
        total += value.detach() * len(indices)
        correct += (logits.detach().argmax(1) == labels).sum()
    return total.item() / n, correct.item() / n


def epoch_batches(pool: Pool, rows: Tensor, config: TrainingConfig, streams: Streams, n_batches: int):
    """Yield (indices into the pool, uint8 images) of each batch of one epoch, in a fresh random order."""
    order = rows[torch.randperm(len(rows), generator=streams.order)]
    _, height, width = pool.image_shape
    shifts = None
    if config.augmentation == "pad_crop_flip":
        drawn = draw_shifts(len(rows), padding(height, width), streams.augmentation)
        shifts = Shifts(*(part.to(pool.device) for part in (drawn.rows, drawn.columns, drawn.flips)))
    order = order.to(pool.device)
    for places in torch.arange(len(rows), device=pool.device).tensor_split(n_batches):
        indices = order[places]
        if shifts is None:
            yield indices, pool.images[indices]
        else:
            moved = Shifts(shifts.rows[places], shifts.columns[places], shifts.flips[places])
            yield indices, gather_moved(pool.padded, indices, moved, height, width)


@torch.no_grad()
def evaluate(network: nn.Module, images: Tensor, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """Return float32 logits (N, C) and features (N, D) of uint8 images (N, H, W, C); ``dtype`` is that of the network."""
    network.eval()
    parts = [network(to_input(batch, dtype)) for batch in images.split(EVALUATION_BATCH)]
    return torch.cat([logits for logits, _ in parts]).float(), torch.cat([features for _, features in parts]).float()


def _test(bench: Workbench, pool: Pool) -> tuple[float, float]:
    logits, _ = evaluate(bench.working, pool.test_images, bench.dtype)  # a curve needs no float32
    value = nn.functional.cross_entropy(logits, pool.test_labels)
    return value.item(), (logits.argmax(1) == pool.test_labels).double().mean().item()
