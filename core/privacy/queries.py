"""What the auditor asks of every trained model: outputs, feature norms, labels of perturbed copies, gradient norms.

Label-only and white-box questions cost ten times as much as the rest, so they go to the first ``COSTLY_TARGETS`` models only.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from core.lab.experiment import Context
from core.measures.gradients import gradient_norms
from core.models.registry import build
from core.privacy.attacks.label_only import perturbed_copies, shifted
from core.privacy.audited_models import AuditData, AuditedModel
from core.privacy.config import PrivacyConfig
from core.privacy.signals import Signals
from core.training.forked import one_thread, run_each, shared_array
from core.training.images import on_device, to_input
from core.training.loop import evaluate

COSTLY_TARGETS = 4
NOISE_SCALES = (0.05, 0.1, 0.2)
SHIFTS = [(dx, dy) for reach in range(1, 5) for dx in range(-reach, reach + 1) for dy in range(-reach, reach + 1)
          if abs(dx) + abs(dy) == reach]


def augmented_queries(x: np.ndarray, n_queries: int) -> list[np.ndarray]:
    """Return the query images, each (N, H, W, C): the image itself, its mirror, then shifts of growing size."""
    queries = [x, np.ascontiguousarray(x[:, :, ::-1])]
    queries += [shifted(x, dx=dx, dy=dy) for dx, dy in SHIFTS[:max(0, n_queries - 2)]]
    return queries[:n_queries]


def collect(audit: AuditData, models: list[AuditedModel], config: PrivacyConfig, context: Context) -> Signals:
    """Return the outputs of every model on pool and population, and feature norms of the pool."""
    pool, population = audit.pool[0], audit.population[0]
    everything = np.concatenate([pool, population])
    images = [on_device(query, context.device) for query in augmented_queries(everything, config.n_queries)]
    n_pool, n_models = len(pool), len(models)
    logits = shared_array((n_models, n_pool + len(population), len(images), audit.n_classes), np.float32)
    norms = shared_array((n_models, n_pool), np.float32)

    def ask(index: int, network: nn.Module) -> None:
        for query, batch in enumerate(images):
            values, features = evaluate(network, batch)
            logits[index, :, query] = values.cpu().numpy()
            if query == 0:
                norms[index] = features[:n_pool].norm(dim=1).cpu().numpy()

    for_each_model(ask, models, audit, config, context)
    return Signals(
        logits=logits[:, :n_pool], y=audit.pool[1], members=audit.members, population_logits=logits[:, n_pool:],
        population_y=audit.population[1], sample_ids=audit.split.pool_ids, feature_norms=norms)


def collect_costly(audit: AuditData, models: list[AuditedModel], config: PrivacyConfig, seed: int, context: Context,
                   signals: Signals) -> Signals:
    """Return the signals of the first ``COSTLY_TARGETS`` models, with label-only answers and, if asked for, gradient norms."""
    pool, y = audit.pool
    few = models[:COSTLY_TARGETS]
    copies = [on_device(images, context.device) for _, images in perturbed_copies(
        pool, noise_scales=NOISE_SCALES, copies_per_scale=1, seed=seed)]
    labels = torch.from_numpy(y).to(context.device)
    inputs = to_input(on_device(pool, context.device))
    correct = shared_array((len(few), len(pool), len(copies)), np.bool_)
    input_norms, weight_norms = (shared_array((len(few), len(pool)), np.float32) for _ in range(2))

    def ask(index: int, network: nn.Module) -> None:
        for copy, images in enumerate(copies):
            correct[index, :, copy] = (evaluate(network, images)[0].argmax(dim=1) == labels).cpu().numpy()
        if config.white_box:
            norms = gradient_norms(network, inputs, labels)
            input_norms[index], weight_norms[index] = norms.inputs.numpy(), norms.parameters.numpy()

    for_each_model(ask, few, audit, config, context)
    n = len(few)
    return Signals(
        logits=signals.logits[:n], y=y, members=signals.members[:n], population_logits=signals.population_logits[:n],
        population_y=signals.population_y, sample_ids=signals.sample_ids, feature_norms=signals.feature_norms[:n],
        label_only_correct=correct, input_gradient_norms=input_norms if config.white_box else None,
        parameter_gradient_norms=weight_norms if config.white_box else None)


def for_each_model(ask: Callable[[int, nn.Module], None], models: list[AuditedModel], audit: AuditData, config: PrivacyConfig,
                   context: Context) -> None:
    """Call ``ask(index, network)`` for every model, in evaluation mode; on the CPU in ``context.threads`` processes.

    ``ask`` leaves its answers in shared arrays. The number of processes changes no bit.
    """
    channels, height, width = audit.data.x_train.shape[3], *audit.data.x_train.shape[1:3]
    with one_thread():
        network = build(config.model, n_classes=audit.n_classes, image_shape=(channels, height, width), width=config.width)
        network = network.to(context.device).to(memory_format=torch.channels_last).eval()
        done = 0

        def work(index: int) -> None:
            network.load_state_dict(models[index].state)
            ask(index, network)

        def count(_: int) -> None:
            nonlocal done
            done += 1
            context.report(done / len(models), f"Asked {done} of {len(models)} models")

        run_each(len(models), work, processes=context.threads, device=context.device, on_done=count)
