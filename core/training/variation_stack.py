"""Several variations of one network in one batched computation: the way to train them on a GPU.

Each step forms the batch once and maps the network over the stacked weights; order of samples and arithmetic are those of the loop
of one variation, so both ways agree up to rounding. Only dropout draws other random numbers.
"""

import copy
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from core.lab.seeds import torch_seed
from core.training.batched import Stack
from core.training.config import TrainingConfig
from core.training.loop import EVALUATION_BATCH, batches_of
from core.training.optimizer import Optimizer
from core.training.variation import ADAM, Course, Variation, order_generator, per_weight, set_dropout
from core.training.variation_loop import autocast, curve_row, test_figures
from core.training.workbench import State


class OnStackEvaluation(Protocol):
    """Receives one variation's evaluation."""

    def __call__(self, member: int, place: int, network: nn.Module, logits: Tensor) -> None:
        """Take the variation's place in the stack, the evaluation's (from 0), its network in evaluation mode, and logits (N, C)."""


class OnStackEpoch(Protocol):
    """Receives one variation's epoch."""

    def __call__(self, member: int, epoch: int, row: np.ndarray) -> None:
        """Take the variation's place in the stack, the epoch (from 1) and its row of ``CURVE_COLUMNS``."""


def train_stack(
    variations: Sequence[Variation], course: Course, *, seed: int, device: str, on_epoch: OnStackEpoch, on_evaluation: OnStackEvaluation
) -> list[State]:
    """Return the trained weights of variations that share network, feed and dropout. See ``variation_loop.train_alone``.

    Raises:
        RunFailed: If a loss stops being finite.
    """
    feed, stack = variations[0].feed, _stack(variations, device)
    inputs, labels = feed.inputs.to(device), feed.labels.to(device)
    objectives = [variation.objective(feed.n_train, feed.n_classes, device) for variation in variations]
    order, steps = order_generator(seed), batches_of(feed.n_train, course.batch_size)
    with torch.random.fork_rng(devices=[] if device == "cpu" else [torch.device(device)]):
        torch.manual_seed(torch_seed(seed, "dropout"))
        for epoch in range(course.epochs):
            stack.template.train()
            totals = torch.zeros(len(variations), 2, device=device)
            for batch, rows in enumerate(torch.randperm(feed.n_train, generator=order).to(device).tensor_split(steps)):
                logits = _forward(stack, feed.prepare(inputs[rows]), course, device)
                values = torch.stack([objective(one, labels[rows], rows) for objective, one in zip(objectives, logits, strict=True)])
                values.sum().backward()  # variations share no weight, so the gradient of the sum holds each one's own
                stack.step(course.rate(epoch * steps + batch, course.epochs * steps))
                totals += torch.stack([values.detach() * len(rows), (logits.detach().argmax(2) == labels[rows]).sum(1)], dim=1)
            table = [curve_row(means, epoch, variation.label)
                     for means, variation in zip(totals / feed.n_train, variations, strict=True)]
            if epoch + 1 in course.evaluated:
                _evaluate(stack, variations, course, inputs, labels, course.evaluated.index(epoch + 1), table, on_evaluation, device)
            for member, row in enumerate(table):
                on_epoch(member, epoch + 1, row)
    return stack.states()


def _stack(variations: Sequence[Variation], device: str) -> Stack:
    networks = [copy.deepcopy(variation.network).cpu() for variation in variations]
    for network, variation in zip(networks, variations, strict=True):
        network.load_state_dict(variation.start)
        set_dropout(network, variation.dropout)
    stack = Stack(networks, TrainingConfig(optimizer="adam"), device)
    tables = []
    for default, field in ((1.0, "rates"), (0.0, "decay")):
        rows = [per_weight(variation.network, getattr(variation, field), default) for variation in variations]
        flat = [None if row is None else torch.cat([value.flatten() for value in row]) for row in rows]
        plain = torch.full_like(stack.weights[0], default, device="cpu")
        tables.append(None if all(row is None for row in flat) else
                      torch.stack([plain if row is None else row for row in flat]).to(device))
    stack.optimizer = Optimizer(*ADAM, rates=tables[0], decoupled=tables[1])
    return stack


def _forward(stack: Stack, x: Tensor, course: Course, device: str) -> Tensor:
    with autocast(course, device), sdpa_kernel(SDPBackend.MATH):  # fused attention cannot be mapped over models
        return stack.forward(x.expand(len(stack.weights), *x.shape))[0].float()


@torch.no_grad()
def _evaluate(stack: Stack, variations: Sequence[Variation], course: Course, inputs: Tensor, labels: Tensor, place: int,
              table: list[np.ndarray], on_evaluation: OnStackEvaluation, device: str) -> None:
    stack.template.eval()
    feed = variations[0].feed
    logits = torch.cat([_forward(stack, feed.prepare(batch), course, device) for batch in inputs.split(EVALUATION_BATCH)], dim=1)
    network = copy.deepcopy(variations[0].network).to(device).eval()
    for member, state in enumerate(stack.states()):
        network.load_state_dict(state)
        table[member][2:] = test_figures(logits[member], labels, feed)
        on_evaluation(member, place, network, logits[member])
