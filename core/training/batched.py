"""All models in one batched computation: the way to train many small networks on a GPU.

Weights are stacked along a first axis of models and the network is mapped over it, so that every layer is one large operation.
BatchNorm keeps the statistics of each model apart. Each model sees the initial weights, data order and augmentation that the
loop of one model would give it, so both ways agree up to rounding.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from core.lab.errors import InputError, RunFailed
from core.models.names import MODEL_NAMES, can_be_batched
from core.training.config import TrainingConfig
from core.training.images import to_input
from core.training.loop import CURVE_POINTS, EVALUATION_BATCH, batches_of, epoch_batches, streams_of
from core.training.losses import Loss, cross_entropy
from core.training.optimizer import optimizer_for
from core.training.pool import Pool
from core.training.precision import resolve_precision
from core.training.progress import TrainingProgress
from core.training.schedule import learning_rate_at
from core.training.trained import CURVE_COLUMNS, TrainedModel, curve_epochs, curves_from
from core.training.wanted import Wanted
from core.training.workbench import State, fresh_network, state_of

MEMORY_SHARE = 0.6  # of the free device memory, left room for fragmentation


class Stack:
    """The stacked weights, buffers and optimiser of several models."""

    def __init__(self, networks: list[nn.Module], config: TrainingConfig, device: str) -> None:
        """Stack ``networks``, which must be of one architecture."""
        parameters, buffers = stack_module_state(networks)
        self.template = networks[0].to(device)
        self.names = list(parameters)
        shapes = [parameters[name].shape for name in self.names]
        self.weights = torch.cat([parameters[name].detach().to(device).flatten(1) for name in self.names], dim=1)
        self.buffers = {name: value.to(device) for name, value in buffers.items()}
        self.parameters: dict[str, Tensor] = {}
        offset = 0
        for name, shape in zip(self.names, shapes, strict=True):
            size = math.prod(shape[1:])
            # each leaf is a view of its columns of the flat weights, so one update moves all
            leaf = self.weights[:, offset : offset + size].view(shape).detach()
            self.parameters[name] = leaf.requires_grad_()
            offset += size
        self.optimizer = optimizer_for(config)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (K, B, C) and features (K, B, D) of per-model inputs x (K, B, C, H, W)."""

        def one(parameters: dict, buffers: dict, inputs: Tensor) -> tuple[Tensor, Tensor]:
            return functional_call(self.template, (parameters, buffers), (inputs,))

        return vmap(one, randomness="different")(self.parameters, self.buffers, x)

    def step(self, learning_rate: float) -> None:
        """Update every model against its gradient."""
        gradients = []
        for name in self.names:
            leaf = self.parameters[name]
            gradients.append((torch.zeros_like(leaf) if leaf.grad is None else leaf.grad).flatten(1))
            leaf.grad = None
        self.optimizer.step(self.weights, torch.cat(gradients, dim=1), learning_rate)

    def states(self) -> list[State]:
        """Return each model's weights and buffers on the CPU, in the order of ``state_dict``."""
        values = {**self.parameters, **self.buffers}
        values = {name: values[name].detach().cpu() for name in self.template.state_dict()}
        return [{name: value[model].clone() for name, value in values.items()} for model in range(len(self.weights))]


@dataclass(frozen=True, eq=False)
class Batch:
    """Networks that are trained in one computation: alike in training, loss and number of images.

    Attributes:
        pool: The images.
        wanted: All networks of the call, their starts in hand.
        alike: Which of them.
        seed: Seed of the run.
        checkpoints: Epochs after which logits of the pool are kept.
    """

    pool: Pool
    wanted: Sequence[Wanted]
    alike: list[int]
    seed: int
    checkpoints: frozenset[int]

    @property
    def config(self) -> TrainingConfig:
        """How all of them are trained."""
        return self.wanted[self.alike[0]].training

    @property
    def loss(self) -> Loss:
        """The loss of all of them."""
        return self.wanted[self.alike[0]].loss or cross_entropy(self.config.label_smoothing)

    def networks(self) -> list[nn.Module]:
        """Return the networks where training begins."""
        networks, pool = [], self.pool
        for one in (self.wanted[index] for index in self.alike):
            network = fresh_network(self.config, n_classes=pool.n_classes, image_shape=pool.image_shape, seed=self.seed, index=one.stream)
            if one.start is not None:
                network.load_state_dict(one.start)
            networks.append(network)
        return networks


def can_batch(wanted: Wanted) -> bool:
    """Return whether a network can be trained in one computation with others."""
    return wanted.trainable is None and wanted.routine is None and can_be_batched(wanted.training.model)


def check_batch(wanted: Wanted) -> None:
    """Refuse a network that only the one-by-one loop can train.

    Raises:
        InputError: If weights are to be frozen, a routine is given or the model is torchvision's (dropout).
    """
    model = wanted.training.model
    if not can_be_batched(model):
        raise InputError(f"batched training takes {', '.join(MODEL_NAMES)}, got {model!r}: leave batched unset.")
    if not can_batch(wanted):
        what = "frozen weights need" if wanted.routine is None else "a training routine needs"
        raise InputError(f"{what} one-by-one training, got batched=True: leave batched unset.")


def train_batched(
    batch: Batch, *, progress: TrainingProgress, on_model: Callable[[TrainedModel], None], models_at_once: int | None = None
) -> None:
    """Train networks in as few batched computations as memory allows; ``on_model`` receives each one.

    Raises:
        RunFailed: If a loss stops being finite.
    """
    at_once = models_at_once or _models_that_fit(batch)
    for first in range(0, len(batch.alike), at_once):
        _train_chunk(replace(batch, alike=batch.alike[first : first + at_once]), progress, on_model)


def _train_chunk(batch: Batch, progress: TrainingProgress, on_model: Callable[[TrainedModel], None]) -> None:
    started = time.perf_counter()
    pool, config, chunk = batch.pool, batch.config, batch.alike
    networks = batch.networks()
    initial = [state_of(network) for network in networks]
    stack = Stack(networks, config, pool.device)
    rows = [torch.from_numpy(np.flatnonzero(batch.wanted[index].members)) for index in chunk]
    streams = [streams_of(batch.seed, batch.wanted[index].stream) for index in chunk]
    evaluated = curve_epochs(config.last_epoch, CURVE_POINTS)
    tables = np.full((len(chunk), config.last_epoch, len(CURVE_COLUMNS)), np.nan)
    kept: dict[int, np.ndarray] = {}
    publishers = [progress.publisher(index, tick=False) for index in chunk]
    for epoch in range(config.last_epoch):
        tables[:, epoch, :2] = _train_epoch(stack, pool, rows, config, streams, batch.loss, epoch)
        if not np.isfinite(tables[:, epoch, 0]).all():
            raise RunFailed(f"the loss must stay finite, but did not in epoch {epoch + 1}: lower the learning rate.")
        if len(pool.test_labels) and epoch + 1 in evaluated:
            tables[:, epoch, 2:] = _test(stack, pool)
        if epoch + 1 in batch.checkpoints:
            kept[epoch + 1] = _logits(stack, pool.images).cpu().numpy()
        for publish, table in zip(publishers, tables, strict=True):
            publish(epoch + 1, table[epoch])
        progress.tick()
    seconds = (time.perf_counter() - started) / len(chunk)
    for place, (index, state) in enumerate(zip(chunk, stack.states(), strict=True)):
        logits = {epoch: values[place] for epoch, values in kept.items()}
        on_model(TrainedModel(index, state, initial[place], curves_from(tables[place]), seconds, logits))


def _train_epoch(
    stack: Stack, pool: Pool, rows: list[Tensor], config: TrainingConfig, streams: list, loss: Loss, epoch: int
) -> np.ndarray:
    stack.template.train()
    n = len(rows[0])
    n_batches = batches_of(n, config.batch_size)
    dtype = resolve_precision(config.precision, pool.device)
    totals = torch.zeros(2, len(rows), device=pool.device)
    feeds = [epoch_batches(pool, row, config, stream, n_batches) for row, stream in zip(rows, streams, strict=True)]
    for batch, parts in enumerate(zip(*feeds, strict=True)):
        labels = pool.labels[torch.stack([indices for indices, _ in parts])]
        x = to_input(torch.stack([images for _, images in parts]))
        with torch.autocast(torch.device(pool.device).type, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
            logits, features = stack.forward(x)
        logits, features = logits.float(), features.float()
        values = vmap(lambda *tensors: loss(*tensors, epoch))(logits, features, labels)
        values.sum().backward()  # models share no weight, so the gradient of the sum holds each one's own
        stack.step(
            learning_rate_at(
                epoch * n_batches + batch, config.epochs * n_batches, base=config.learning_rate, schedule=config.schedule
            )
        )
        totals[0] += values.detach() * labels.shape[1]
        totals[1] += (logits.detach().argmax(2) == labels).sum(1)
    return (totals / n).T.cpu().double().numpy()


@torch.no_grad()
def _logits(stack: Stack, images: Tensor) -> Tensor:
    stack.template.eval()
    models = len(stack.weights)
    parts = [stack.forward(to_input(batch).expand(models, -1, -1, -1, -1))[0] for batch in images.split(EVALUATION_BATCH)]
    return torch.cat(parts, dim=1)


def _test(stack: Stack, pool: Pool) -> np.ndarray:
    logits = _logits(stack, pool.test_images)
    losses = torch.stack([nn.functional.cross_entropy(one, pool.test_labels) for one in logits])
    return torch.stack([losses, (logits.argmax(2) == pool.test_labels).float().mean(1)], dim=1).cpu().double().numpy()


def _models_that_fit(batch: Batch) -> int:
    """Return how many models one computation can hold, from what two steps of a single one take on the device."""
    pool, config = batch.pool, batch.config
    if not pool.device.startswith("cuda"):
        return len(batch.alike)
    torch.cuda.reset_peak_memory_stats(pool.device)
    before = torch.cuda.memory_allocated(pool.device)
    stack = Stack(replace(batch, alike=batch.alike[:1]).networks(), config, pool.device)
    rows = torch.arange(min(len(pool.labels), 2 * config.batch_size))
    _train_epoch(stack, pool, [rows], config, [streams_of(batch.seed, 0)], batch.loss, 0)
    _logits(stack, pool.images[:EVALUATION_BATCH])
    needed = torch.cuda.max_memory_allocated(pool.device) - before
    del stack
    torch.cuda.empty_cache()
    free, _ = torch.cuda.mem_get_info(pool.device)
    return max(1, min(len(batch.alike), int(MEMORY_SHARE * free / max(needed, 1))))
