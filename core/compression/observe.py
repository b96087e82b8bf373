"""Every setting of every copy, observed: outputs on test and training images, activations, gradients and curvature.

Settings are independent, so on a CPU each is one task of a forked process, which makes its network, observes it and writes into shared
memory; nothing but numbers comes back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.compression.cohorts import Cohorts
from core.compression.compressed_model import CompressedModel, network_of
from core.compression.group_outputs import activation_change
from core.compression.points import Point
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.measures.curvature import curvature_by_group
from core.training.forked import one_thread, run_each, shared_array
from core.training.images import to_input
from core.training.loop import evaluate

CURVATURE = ("gradient_norm", "eigenvalue", "eigenvalue_error", "trace", "trace_error")
TOLERANCE = 0.01  # of an eigenvalue: other images of the group would move it by ten times as much


@dataclass(frozen=True, eq=False)
class NetworkAtPoint:
    """One network to look at: one copy at one setting.

    Attributes:
        copy: 0 long-tailed, 1 balanced.
        setting: Which.
        make: Makes its network; called where the task runs.
        curved: Whether gradients and curvature are measured, which takes most of the time.
        record: Makes the same network as far as weights and storage go, where that is cheaper.
    """

    copy: int
    setting: Point
    make: Callable[[], CompressedModel]
    curved: bool = False
    record: Callable[[], CompressedModel] | None = None


@dataclass(frozen=True, eq=False)
class Observed:
    """What K tasks showed, in order.

    Attributes:
        test_logits: (K, T, C) on the test images.
        train_logits: Per task (S, C) on the chain's training images of its copy.
        activations: (K, L, G) mean relative change of each layer's input.
        curvature: By name, (K, G); NaN where it was not measured.
        layers: Paths of the layers.
        chain_rows: Rows of each copy's chain images among the training rows used.
    """

    test_logits: np.ndarray
    train_logits: tuple[np.ndarray, ...]
    activations: np.ndarray
    curvature: dict[str, np.ndarray]
    layers: tuple[str, ...]
    chain_rows: tuple[np.ndarray, ...]


def chain_rows(cohorts: Cohorts, copy: int, n_chain: int, seed: int) -> np.ndarray:
    """Return at most ``n_chain`` training rows of each group of a copy, ascending: what gradients and curvature are measured on."""
    rng = generator(seed, "chain", copy)
    members = np.flatnonzero(cohorts.members[copy])
    groups = cohorts.group_train[members]
    return np.sort(np.concatenate([rng.permutation(members[groups == group])[:n_chain] for group in range(cohorts.n_groups)]))


def observe(tasks: Sequence[NetworkAtPoint], cohorts: Cohorts, layers: tuple[str, ...], seed: int, context: Context, *, n_chain: int,
            n_probes: int = 0) -> Observed:
    """Return what every task shows.

    Args:
        tasks: Settings; those with curvature are begun first.
        cohorts: Images and groups.
        layers: Paths of the layers whose inputs are compared.
        seed: Seed of the run.
        context: Device, processes, progress.
        n_chain: Training images a group for everything but test accuracy.
        n_probes: Random directions for the trace of those with curvature; 0 leaves it out.

    Raises:
        RunFailed: If a process dies.
    """
    rows = tuple(chain_rows(cohorts, copy, n_chain, seed) for copy in (0, 1))
    most = max(len(part) for part in rows)
    tests = shared_array((len(tasks), len(cohorts.test_rows), cohorts.n_classes), np.float32)
    trains = shared_array((len(tasks), most, cohorts.n_classes), np.float32)
    changes = shared_array((len(tasks), len(layers), cohorts.n_groups))
    curved = shared_array((len(tasks), len(CURVATURE), cohorts.n_groups))
    curved[:] = np.nan
    with one_thread():
        x, y = (torch.from_numpy(part) for part in cohorts.train)
        x_test, groups = torch.from_numpy(cohorts.test[0]), torch.from_numpy(cohorts.group_train.astype(np.int64))
        sets = [(x[part].to(context.device), y[part].to(context.device), groups[part]) for part in (torch.from_numpy(r) for r in rows)]
        x_test = x_test.to(context.device)

        def work(index: int) -> None:
            task = tasks[index]
            images, labels, of = sets[task.copy]
            model = task.make()
            network = network_of(model, device=context.device)
            tests[index] = evaluate(network, x_test)[0].cpu().numpy()
            trains[index, : len(images)] = evaluate(network, images)[0].cpu().numpy()
            changes[index] = activation_change(model, images, of, cohorts.n_groups)[1]
            if task.curved:
                curved[index] = _curvature(model, images, labels, of, cohorts.n_groups, seed, context.device, n_probes)

        _run(tasks, work, context)
    return Observed(tests, tuple(trains[index, : len(rows[task.copy])] for index, task in enumerate(tasks)), changes,
                    {name: curved[:, place] for place, name in enumerate(CURVATURE)}, layers, rows)


def _run(tasks: Sequence[NetworkAtPoint], work: Callable[[int], None], context: Context) -> None:
    order = sorted(range(len(tasks)), key=lambda index: not tasks[index].curved)
    done = 0

    def tick() -> None:
        context.report(done / len(tasks), f"Observing: {done} of {len(tasks)} settings done")

    def count(index: int) -> None:
        nonlocal done
        done += 1

    run_each(order, work, processes=context.threads, device=context.device, on_done=count, on_tick=tick)


def _curvature(model: CompressedModel, images: Tensor, labels: Tensor, groups: Tensor, n_groups: int, seed: int, device: str,
               n_probes: int) -> np.ndarray:
    """Return what ``CURVATURE`` names, of the float graph at the compressed weights, (5, G)."""
    network = network_of(model, rounded_activations=False, device=device)
    found = curvature_by_group(network, to_input(images), labels, groups, n_groups, seed=seed, tolerance=TOLERANCE, n_probes=n_probes)
    return np.stack([getattr(found, name) for name in CURVATURE])
