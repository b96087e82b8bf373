"""The repairs: one float network, every way of compressing it more fairly, all judged on the same test images."""

from collections.abc import Sequence

import numpy as np
import torch

from core.compression.bit_allocation import Allocation, allocate
from core.compression.bits import SIGN_BITS
from core.compression.cohorts import Cohorts, draw
from core.compression.compressed_model import Grouped, network_of
from core.compression.jobs import Origin, origin, plain_network
from core.compression.networks import float_models, train_base
from core.compression.observe import chain_rows
from core.compression.points import FLOAT, Point
from core.compression.repair.arms import Repaired, held_network, train_repairs
from core.compression.repair.config import RepairConfig
from core.compression.repair.headline import headlines
from core.compression.repair.result import RepairResult
from core.compression.repair.tables import allocation_table, arm_table, curve_table, group_table, sensitivity_table
from core.compression.sensitivity import Sensitivity, sensitivity
from core.data.sources import load
from core.lab.experiment import Context
from core.training.forked import one_thread, run_each, shared_array
from core.training.loop import evaluate

WIDTHS = (SIGN_BITS, 2, 3, 4, 6, 8)
N_WEIGHED = 128  # training images a group on which layers are weighed


def run(config: RepairConfig, seed: int, context: Context) -> RepairResult:
    """Return one seed of the repairs.

    Raises:
        InputError: If the data has too few images for the groups asked for, or the budget of bits is too small.
        RunFailed: If a network diverges.
    """
    context.begin(0)
    cohorts = draw(load(config.dataset), config, seed)
    context.begin(1)
    plain = float_models(cohorts, config, train_base(cohorts, config, seed, context, which=(0,)))[0]
    source = origin(cohorts, config, seed, 0, plain)
    held = held_network(cohorts, config, seed, context)
    context.begin(2)
    weighed = weigh_layers(source, cohorts, config, seed)
    average, worst = (allocated(weighed, config, objective) for objective in ("average", "worst"))
    taken = worst if config.objective == "worst" else average
    context.begin(3)
    untouched = Repaired(Point(FLOAT, "Float", "none"), plain_network(source, plain.state), {})
    repaired = [untouched, *train_repairs(source, held, dict(zip(weighed.layers, taken.bits, strict=True)), cohorts, config, seed, context)]
    context.begin(4)
    logits = answers(repaired, cohorts, context)
    context.begin(5)
    groups = group_table(repaired, logits, cohorts)
    arms = arm_table(repaired, logits, groups, cohorts, seed)
    return RepairResult(
        **headlines(arms), arms=arms, groups=groups, allocation=allocation_table(weighed, config.qat_bits, average, worst, taken),
        sensitivity=sensitivity_table(weighed), curves=curve_table(repaired))


def weigh_layers(source: Origin, cohorts: Cohorts, config: RepairConfig, seed: int) -> Sensitivity:
    """Return what rounding each layer alone costs each group, on training images."""
    rows = chain_rows(cohorts, 0, N_WEIGHED, seed)
    x, y = cohorts.train
    data = Grouped(torch.from_numpy(x[rows]), torch.from_numpy(y[rows].astype(np.int64)),
                   torch.from_numpy(cohorts.group_train[rows].astype(np.int64)), cohorts.n_groups)
    return sensitivity(source.model, source.folded.reference, list(source.folded.inputs), WIDTHS, data,
                       per_channel=config.granularity == "channel")


def allocated(weighed: Sensitivity, config: RepairConfig, objective: str) -> Allocation:
    """Return the bits of each layer under the config's budget.

    Raises:
        InputError: If the budget is below the fewest bits everywhere.
    """
    budget = config.mean_bits * float(weighed.counts.sum()) / 8.0
    return allocate(weighed.excess, weighed.counts, weighed.bits, budget, objective)


def answers(repaired: Sequence[Repaired], cohorts: Cohorts, context: Context) -> np.ndarray:
    """Return the logits of every arm on the test images, (K, T, C)."""
    logits = shared_array((len(repaired), len(cohorts.test_rows), cohorts.n_classes), np.float32)
    done = 0

    def count(index: int) -> None:
        nonlocal done
        done += 1

    def tick() -> None:
        context.report(done / len(repaired), f"Judging: {done} of {len(repaired)} networks done")

    with one_thread():
        images = torch.from_numpy(cohorts.test[0]).to(context.device)

        def work(index: int) -> None:
            logits[index] = evaluate(network_of(repaired[index].model, device=context.device), images)[0].cpu().numpy()

        run_each(len(repaired), work, processes=context.threads, device=context.device, on_done=count, on_tick=tick)
    return logits
