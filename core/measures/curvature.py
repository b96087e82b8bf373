"""Gradient and curvature of each group's loss with respect to all weights of a network.

Three choices make it fast; ``tests/benchmarks/compression.py`` measures them against PyHessian:

- One graph of the gradient serves all products of a group, so that the network is not run again for every vector. Where the graph
  would not fit into memory, products run forward over reverse.
- BatchNorms are folded inside the graph, see ``core.measures.plain_graph``.
- Lanczos starts at the group's gradient, which the largest eigenvector of a trained network is close to, with some noise, so that no
  eigenvector is out of reach: two or three products instead of four to seven.

Groups are disjoint, so one after the other they cost one pass over the samples. Batching groups with ``vmap`` turns convolutions
into grouped ones and is slower for each group on a CPU.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.lab.errors import InputError
from core.lab.seeds import torch_seed
from core.measures.lanczos import hutchinson_trace, rademacher, top_eigenpair
from core.measures.loss_surface import LossSurface, graph_bytes
from core.measures.plain_graph import plain_copy

MOST_GRAPH_BYTES = 2 * 2**30
NOISE = 0.1


@dataclass(frozen=True, eq=False)
class GroupCurvature:
    """Arrays (G,): one entry per group.

    Attributes:
        loss: Mean cross-entropy, nats.
        gradient_norm: Euclidean norm of the loss's gradient.
        eigenvalue: Largest eigenvalue of its Hessian, algebraically.
        eigenvalue_error: Estimate of that number's absolute error.
        trace: Estimate of the Hessian's trace; NaN without probes.
        trace_error: Its standard error; NaN under two probes.
        n_samples: Samples of the group.
        n_products: Products with the Hessian that the eigenvalue took.
    """

    loss: np.ndarray
    gradient_norm: np.ndarray
    eigenvalue: np.ndarray
    eigenvalue_error: np.ndarray
    trace: np.ndarray
    trace_error: np.ndarray
    n_samples: np.ndarray
    n_products: np.ndarray


def surfaces_by_group(
    network: nn.Module, x: Tensor, y: Tensor, groups: Tensor, n_groups: int, *, decay: float = 0.0
) -> Iterator[LossSurface]:
    """Yield the loss of each group around the network's weights, in order of groups.

    Args:
        network: Maps (B, ...) inputs to logits (B, C), or to a tuple that starts with them. It is left as it is.
        x: (N, ...) floating point inputs, in the network's dtype.
        y: (N,) classes.
        groups: (N,) group of each sample, 0 to ``n_groups`` - 1.
        n_groups: G.
        decay: Adds decay / 2 times the squared norm of all weights to every group's loss.

    Raises:
        InputError: If a group has no sample.
    """
    counts = torch.bincount(groups, minlength=n_groups)
    if len(counts) != n_groups or int(counts.min()) == 0:
        raise InputError(
            f"Curvature needs at least 1 sample in each of {n_groups} groups, got counts {counts.tolist()}: add samples or merge groups."
        )
    device = next(network.parameters()).device
    plain = plain_copy(network, x[:8].to(device))
    bytes_each = graph_bytes(plain, x[:1].to(device), y[:1].to(device))
    for group in range(n_groups):
        rows = torch.nonzero(groups == group)[:, 0]
        keep = bytes_each * len(rows) <= MOST_GRAPH_BYTES
        yield LossSurface(plain, x[rows].to(device), y[rows].to(device), decay=decay, keep_graph=keep)


def group_gradients(
    network: nn.Module, x: Tensor, y: Tensor, groups: Tensor, n_groups: int, *, decay: float = 0.0
) -> Tensor:
    """Return the gradient of each group's mean cross-entropy with respect to all weights, (G, P) on the CPU.

    Arguments and errors are those of ``surfaces_by_group``.
    """
    return torch.stack([surface.gradient.cpu() for surface in surfaces_by_group(network, x, y, groups, n_groups, decay=decay)])


def curvature_by_group(
    network: nn.Module, x: Tensor, y: Tensor, groups: Tensor, n_groups: int, *, seed: int, decay: float = 0.0,
    tolerance: float = 1e-3, most_products: int = 30, n_probes: int = 0,
) -> GroupCurvature:
    """Return gradient norm, largest eigenvalue and trace for every group.

    Args:
        network: See ``surfaces_by_group``, as are the next four and ``decay``.
        x: Inputs (N, ...).
        y: Classes (N,).
        groups: Group of each sample (N,).
        n_groups: G.
        seed: Draws noise and probes, the same ones for every group, so that groups differ by their curvature alone.
        decay: Weight decay that belongs to the loss.
        tolerance: Relative error at which an eigenvalue is good enough.
        most_products: Products at which it stops in any case.
        n_probes: Probes of the trace; 0 leaves it out.

    Raises:
        InputError: If a group has no sample.
    """
    rows = []
    for surface in surfaces_by_group(network, x, y, groups, n_groups, decay=decay):
        top = top_eigenpair(surface.product, lanczos_start(surface.gradient, seed), tolerance=tolerance, most_products=most_products)
        probes = rademacher(n_probes, surface.gradient, torch_seed(seed, "trace probes"))
        trace, trace_error = hutchinson_trace(surface.product, probes, known=top) if n_probes else (np.nan, np.nan)
        rows.append((surface.value, float(surface.gradient.norm()), top.value, top.error, trace, trace_error,
                     surface.n_samples, top.n_products))
    return GroupCurvature(*(np.array(column) for column in zip(*rows, strict=True)))


def lanczos_start(gradient: Tensor, seed: int) -> Tensor:
    """Return the gradient's direction with noise of a tenth of its length."""
    drawn = torch.randn(len(gradient), generator=torch.Generator().manual_seed(torch_seed(seed, "curvature start")))
    noise = (drawn / drawn.norm()).to(gradient.device, gradient.dtype)
    length = gradient.norm()
    return gradient / length + NOISE * noise if length > 0 else noise
