"""How well the first and second order of a group's loss foretell what mild compression costs it, beside the published bound.

With g and H the gradient and the Hessian of a group's loss at the float weights and D the change of weights, the exact terms are g'D
and D'HD / 2, and the bound |g| |D| + max(lambda, 0) |D|^2 / 2 (Tran et al. 2022, Theorem 1). All of them, and the loss that they
foretell, are those of the float graph: activations are not rounded and BatchNorm keeps the float network's statistics.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.compression.cohorts import COHORTS, Cohorts
from core.compression.compressed_model import CompressedModel, FloatModel, float_network
from core.compression.groups.config import CompressionConfig
from core.compression.jobs import Origin, one_shot_model
from core.compression.observe import chain_rows
from core.compression.points import Point, parse_bits, parse_sparsities, pruned, quantised
from core.lab.experiment import Context
from core.measures.curvature import lanczos_start, surfaces_by_group
from core.measures.lanczos import top_eigenpair
from core.measures.loss_surface import flat
from core.measures.plain_graph import logits_of
from core.training.forked import one_thread, run_each, shared_array
from core.training.images import to_input

COLUMNS = ("excess_loss", "first", "second", "bound_first", "bound_second")
MOST_SAMPLES = 128
MILD_SPARSITY, MILD_BITS = 0.5, 5


@dataclass(frozen=True, eq=False)
class Samples:
    """Images of one group: uint8 (N, H, W, C), and their classes (N,)."""

    images: Tensor
    labels: Tensor


def terms(models: Sequence[CompressedModel], samples: Samples, *, seed: int) -> np.ndarray:
    """Return what first and second order foretell of one group's excess loss under each compression, (models, 5).

    Args:
        models: Small networks that share one float network in one form: the same ``reference``.
        samples: The group's images.
        seed: Draws the noise of the eigenvalue's start.

    Returns:
        Columns in nats: excess loss, g'D, D'HD / 2, |g| |D| and max(lambda, 0) |D|^2 / 2.
    """
    reference = float_network(FloatModel(models[0].architecture, models[0].reference), str(samples.images.device))
    x, y = to_input(samples.images), samples.labels
    surface = next(surfaces_by_group(reference, x, y, torch.zeros(len(x), dtype=torch.int64), 1))
    top = top_eigenpair(surface.product, lanczos_start(surface.gradient, seed))
    names = [name for name, _ in reference.named_parameters()]
    rows = []
    for model in models:
        change = flat((model.state[name] - model.reference[name]).to(x.device) for name in names)
        length = float(change.norm())
        rows.append((
            _loss(_moved(model, names, str(x.device)), x, y) - _loss(reference, x, y),
            float(surface.gradient @ change), float(change @ surface.product(change)) / 2,
            float(surface.gradient.norm()) * length, max(top.value, 0.0) * length**2 / 2))
    return np.array(rows)


def _moved(model: CompressedModel, names: list[str], device: str) -> nn.Module:
    """Return the float network with the compressed weights and its own statistics."""
    return float_network(FloatModel(model.architecture, model.reference | {name: model.state[name] for name in names}), device)


@torch.no_grad()
def _loss(network: nn.Module, x: Tensor, y: Tensor) -> float:
    return float(F.cross_entropy(logits_of(network(x)).double(), y))


def mild_settings(config: CompressionConfig) -> tuple[Point, ...]:
    """Return the settings near enough to float for a Taylor expansion: to half pruned, weights of five bits or more.

    The mildest of either kind is there in any case.
    """
    shares, bits = sorted(parse_sparsities(config.sparsities)), sorted(parse_bits(config.bits), reverse=True)
    return (*(pruned(share) for share in shares if share <= max(MILD_SPARSITY, shares[0])),
            *(quantised(b, "weights") for b in bits if b >= min(MILD_BITS, bits[0])))


def taylor_table(source: Origin, cohorts: Cohorts, config: CompressionConfig, seed: int, context: Context) -> pd.DataFrame:
    """Return one row per mild setting and group of a copy: the table ``taylor``.

    On a CPU groups are shared among forked processes.

    Raises:
        RunFailed: If a process dies.
    """
    settings = mild_settings(config)
    models = [one_shot_model(source, setting, config, reestimated=False) for setting in settings]
    families = [[place for place, setting in enumerate(settings) if setting.family == family] for family in ("prune", "quantise")]
    rows = chain_rows(cohorts, source.copy, min(config.n_chain, MOST_SAMPLES), seed)
    images, labels = (torch.from_numpy(part[rows]).to(context.device) for part in cohorts.train)
    groups = torch.from_numpy(cohorts.group_train[rows].astype(np.int64)).to(context.device)
    found = shared_array((len(settings), cohorts.n_groups, len(COLUMNS)))
    tasks = [(group, places) for places in families for group in range(cohorts.n_groups)]

    def work(index: int) -> None:
        group, places = tasks[index]
        found[places, group] = terms([models[place] for place in places],
                                     Samples(images[groups == group], labels[groups == group]), seed=seed)

    with one_thread():
        run_each(len(tasks), work, processes=context.threads, device=context.device,
                 on_tick=lambda: context.report(0.9, "Expanding the loss"))
    return pd.concat([
        pd.DataFrame({"copy": COHORTS[source.copy], "setting": setting.id, "group": np.arange(cohorts.n_groups),
                      **dict(zip(COLUMNS, found[place].T, strict=True))})
        for place, setting in enumerate(settings)], ignore_index=True)
