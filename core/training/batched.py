"""All models in one batched computation: the way to train many small networks on a GPU.

Weights are stacked along a first axis of models and the network is mapped over it, so that every layer is one large operation.
BatchNorm keeps the statistics of each model apart. Each model sees the initial weights, data order and augmentation that the
loop of one model would give it, so both ways agree up to rounding.
"""

import math
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state, vmap

from core.lab.errors import InputError, RunFailed
from core.models.names import MODEL_NAMES, can_be_batched
from core.training.config import TrainingConfig
from core.training.images import to_input
from core.training.loop import EVALUATION_BATCH, Extras, batches_of, epoch_batches, streams_of
from core.training.losses import cross_entropy
from core.training.optimizer import optimizer_for
from core.training.pool import Pool
from core.training.precision import resolve_precision
from core.training.progress import TrainingProgress
from core.training.schedule import learning_rate_at
from core.training.trained import CURVE_COLUMNS, TrainedModel, curve_epochs, curves_from
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


def train_batched(
    pool: Pool,
    members: np.ndarray,
    config: TrainingConfig,
    todo: list[int],
    *,
    seed: int,
    extras: Extras,
    starts: Sequence[State] | None,
    progress: TrainingProgress,
    on_model: Callable[[TrainedModel], None],
    models_at_once: int | None = None,
    streams: Sequence[int] | None = None,
) -> None:
    """Train the models ``todo`` in as few batched computations as memory allows; ``on_model`` receives each one.

    Raises:
        InputError: If weights are to be frozen, a routine is given or the model is torchvision's (dropout): only the one-by-one
            loop can do that.
        RunFailed: If a loss stops being finite.
    """
    if not can_be_batched(config.model):
        raise InputError(f"batched training takes {', '.join(MODEL_NAMES)}, got {config.model!r}: leave batched unset.")
    if extras.trainable is not None:
        raise InputError("frozen weights need one-by-one training, got batched=True: leave batched unset.")
    if extras.routine is not None:
        raise InputError("a training routine needs one-by-one training, got batched=True: leave batched unset.")
    at_once = models_at_once or _models_that_fit(pool, config, seed, len(todo))
    for first in range(0, len(todo), at_once):
        _train_chunk(pool, members, config, todo[first : first + at_once], seed, extras, starts, progress, on_model, streams)


def _networks(
    pool: Pool, config: TrainingConfig, chunk: list[int], seed: int, starts: Sequence[State] | None, streams: Sequence[int] | None
) -> list[nn.Module]:
    networks = []
    for index in chunk:
        stream = index if streams is None else streams[index]
        network = fresh_network(config, n_classes=pool.n_classes, image_shape=pool.image_shape, seed=seed, index=stream)
        if starts is not None:
            network.load_state_dict(starts[index])
        networks.append(network)
    return networks


def _train_chunk(
    pool: Pool,
    members: np.ndarray,
    config: TrainingConfig,
    chunk: list[int],
    seed: int,
    extras: Extras,
    starts: Sequence[State] | None,
    progress: TrainingProgress,
    on_model: Callable[[TrainedModel], None],
    streams_from: Sequence[int] | None,
) -> None:
    started = time.perf_counter()
    networks = _networks(pool, config, chunk, seed, starts, streams_from)
    initial = [state_of(network) for network in networks]
    stack = Stack(networks, config, pool.device)
    rows = [torch.from_numpy(np.flatnonzero(members[index])) for index in chunk]
    streams = [streams_of(seed, index if streams_from is None else streams_from[index]) for index in chunk]
    evaluated = curve_epochs(config.last_epoch, extras.curve_points)
    tables = np.full((len(chunk), config.last_epoch, len(CURVE_COLUMNS)), np.nan)
    kept: dict[int, np.ndarray] = {}
    publishers = [progress.publisher(index, tick=False) for index in chunk]
    for epoch in range(config.last_epoch):
        tables[:, epoch, :2] = _train_epoch(stack, pool, rows, config, streams, extras, epoch)
        if not np.isfinite(tables[:, epoch, 0]).all():
            raise RunFailed(f"the loss must stay finite, but did not in epoch {epoch + 1}: lower the learning rate.")
        if len(pool.test_labels) and epoch + 1 in evaluated:
            tables[:, epoch, 2:] = _test(stack, pool)
        if epoch + 1 in extras.checkpoints:
            kept[epoch + 1] = _logits(stack, pool.images).cpu().numpy()
        for publish, table in zip(publishers, tables, strict=True):
            publish(epoch + 1, table[epoch])
        progress.tick()
    seconds = (time.perf_counter() - started) / len(chunk)
    for place, (index, state) in enumerate(zip(chunk, stack.states(), strict=True)):
        logits = {epoch: values[place] for epoch, values in kept.items()}
        on_model(TrainedModel(index, state, initial[place], curves_from(tables[place]), seconds, logits))


def _train_epoch(
    stack: Stack, pool: Pool, rows: list[Tensor], config: TrainingConfig, streams: list, extras: Extras, epoch: int
) -> np.ndarray:
    stack.template.train()
    n = len(rows[0])
    n_batches = batches_of(n, config.batch_size)
    loss = extras.loss or cross_entropy(config.label_smoothing)
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


def _models_that_fit(pool: Pool, config: TrainingConfig, seed: int, wanted: int) -> int:
    """Return how many models one computation can hold, from what two steps of a single one take on the device."""
    if not pool.device.startswith("cuda"):
        return wanted
    torch.cuda.reset_peak_memory_stats(pool.device)
    before = torch.cuda.memory_allocated(pool.device)
    stack = Stack(_networks(pool, config, [0], seed, None, None), config, pool.device)
    rows = torch.arange(min(len(pool.labels), 2 * config.batch_size))
    _train_epoch(stack, pool, [rows], config, [streams_of(seed, 0)], Extras(), 0)
    _logits(stack, pool.images[:EVALUATION_BATCH])
    needed = torch.cuda.max_memory_allocated(pool.device) - before
    del stack
    torch.cuda.empty_cache()
    free, _ = torch.cuda.mem_get_info(pool.device)
    return max(1, min(wanted, int(MEMORY_SHARE * free / max(needed, 1))))
