"""The training loop of one variation."""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import torch
from torch import Tensor, nn

from core.lab.errors import RunFailed
from core.lab.seeds import torch_seed
from core.training.loop import EVALUATION_BATCH, batches_of
from core.training.optimizer import Optimizer
from core.training.trained import CURVE_COLUMNS
from core.training.variation import ADAM, Course, Feed, Variation, order_generator, per_weight, set_dropout
from core.training.workbench import State, flattened, make_workbench, state_of

OnEpoch = Callable[[int, np.ndarray], None]
OnEvaluation = Callable[[int, nn.Module, Tensor], None]


def autocast(course: Course, device: str) -> AbstractContextManager:
    """Return the arithmetic in which networks of a course compute."""
    return torch.autocast(torch.device(device).type, dtype=torch.bfloat16) if course.half_precision else nullcontext()


def train_alone(variation: Variation, course: Course, *, seed: int, device: str, on_epoch: OnEpoch, on_evaluation: OnEvaluation) -> State:
    """Return the trained weights of one variation.

    Args:
        variation: What to train.
        course: For how long.
        seed: Seed of the order of samples and of dropout.
        device: ``cpu`` or a CUDA device.
        on_epoch: Called after each epoch with its number (from 1) and its row of ``CURVE_COLUMNS``.
        on_evaluation: Called at each evaluation with its place (from 0), the network in evaluation mode, and logits (N, C).

    Raises:
        RunFailed: If the loss stops being finite.
    """
    network, feed = variation.network, variation.feed
    network.load_state_dict(variation.start)
    set_dropout(network, variation.dropout)
    bench, _ = make_workbench(network, torch.float32, device)
    optimizer = _optimizer(variation, device)
    inputs, labels = feed.inputs.to(device), feed.labels.to(device)
    objective = variation.objective(feed.n_train, feed.n_classes, device)
    order, steps = order_generator(seed), batches_of(feed.n_train, course.batch_size)
    with torch.random.fork_rng(devices=[] if device == "cpu" else [torch.device(device)]):
        torch.manual_seed(torch_seed(seed, "dropout"))
        for epoch in range(course.epochs):
            network.train()
            totals = torch.zeros(2, device=device)
            for batch, rows in enumerate(torch.randperm(feed.n_train, generator=order).to(device).tensor_split(steps)):
                with autocast(course, device):
                    logits = network(feed.prepare(inputs[rows]))[0]
                value = objective(logits.float(), labels[rows], rows)
                value.backward()
                optimizer.step(bench.weights, bench.gradient(), course.rate(epoch * steps + batch, course.epochs * steps))
                totals += torch.stack([value.detach() * len(rows), (logits.detach().argmax(1) == labels[rows]).sum()])
            row = curve_row(totals / feed.n_train, epoch, variation.label)
            if epoch + 1 in course.evaluated:
                logits = predict(network, feed, inputs, course, device)
                row[2:] = test_figures(logits, labels, feed)
                on_evaluation(course.evaluated.index(epoch + 1), network, logits)
            on_epoch(epoch + 1, row)
    return state_of(network)


def curve_row(means: Tensor, epoch: int, label: str) -> np.ndarray:
    """Return a row of ``CURVE_COLUMNS`` from mean loss and accuracy (2,), the test columns still NaN.

    Raises:
        RunFailed: If the loss is not finite.
    """
    row = np.full(len(CURVE_COLUMNS), np.nan)
    row[:2] = means.cpu().double().numpy()
    if not math.isfinite(row[0]):
        raise RunFailed(f"the loss must stay finite, but became {row[0]} in epoch {epoch + 1} of {label}: lower the learning rate.")
    return row


@torch.no_grad()
def predict(network: nn.Module, feed: Feed, inputs: Tensor, course: Course, device: str) -> Tensor:
    """Return float32 logits (N, C) of all samples; the network is left in evaluation mode."""
    network.eval()
    with autocast(course, device):
        return torch.cat([network(feed.prepare(batch))[0].float() for batch in inputs.split(EVALUATION_BATCH)])


def test_figures(logits: Tensor, labels: Tensor, feed: Feed) -> tuple[float, float]:
    """Return mean loss and accuracy on the samples that are not trained on; NaN where there are none."""
    if len(labels) == feed.n_train:
        return math.nan, math.nan
    logits, labels = logits[feed.n_train :], labels[feed.n_train :]
    return nn.functional.cross_entropy(logits, labels).item(), (logits.argmax(1) == labels).double().mean().item()


def _optimizer(variation: Variation, device: str) -> Optimizer:
    flat = [None if values is None else torch.cat([flattened(value) for value in values]).to(device)
            for values in (per_weight(variation.network, variation.rates, 1.0), per_weight(variation.network, variation.decay, 0.0))]
    return Optimizer(*ADAM, rates=flat[0], decoupled=flat[1])
