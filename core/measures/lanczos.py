"""The largest eigenvalue and the trace of a symmetric matrix that is only known through its products with vectors."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Product = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class TopEigenpair:
    """The largest eigenvalue, algebraically: a large negative one does not count.

    Attributes:
        value: The Ritz value, never above the largest eigenvalue beyond rounding.
        error: Estimate of its absolute error, min(r, r^2 / gap), with r the norm of the residual and the gap that to the next Ritz
            value. An eigenvalue lies within r of the value for certain; that it is the largest is not certain.
        vector: Unit vector (P,) that belongs to it.
        n_products: Products that were needed.
        basis: Orthonormal vectors that were met on the way, (n_products, P).
        basis_trace: Sum of u'Hu over them.
    """

    value: float
    error: float
    vector: Tensor
    n_products: int
    basis: Tensor
    basis_trace: float


def top_eigenpair(product: Product, start: Tensor, *, tolerance: float = 1e-3, most_products: int = 30) -> TopEigenpair:
    """Return the largest eigenvalue by Lanczos iteration with full re-orthogonalisation.

    Args:
        product: v (P,) to H v (P,), H symmetric.
        start: Vector (P,) with a share in the wanted eigenvector, not zero; the larger the share, the fewer products.
        tolerance: Stop once the error is at most this share of the value.
        most_products: Stop here in any case.

    Source:
        Parlett 1998, "The Symmetric Eigenvalue Problem", chapters 10 (residual and gap bounds) and 13 (Lanczos).
    """
    basis, diagonal, off = [start / start.norm()], [], []
    while True:
        image = product(basis[-1])
        diagonal.append(float(image @ basis[-1]))
        for _ in range(2):  # once more, for what rounding left of the first
            for known in basis:
                image = image - (known @ image) * known
        off.append(float(image.norm()))
        values, vectors = torch.linalg.eigh(_tridiagonal(diagonal, off[:-1]))
        value, residual = float(values[-1]), off[-1] * abs(float(vectors[-1, -1]))
        gap = value - float(values[-2]) if len(values) > 1 else 0.0
        error = min(residual, residual * residual / gap) if gap > 0 else residual
        is_exhausted = off[-1] <= 1e-12 * max(abs(entry) for entry in diagonal) or len(basis) == len(start)
        if error <= tolerance * abs(value) or is_exhausted or len(basis) >= most_products:
            return TopEigenpair(value, error, _combine(basis, vectors[:, -1]), len(basis), torch.stack(basis), sum(diagonal))
        basis.append(image / off[-1])


def _tridiagonal(diagonal: Sequence[float], off: Sequence[float]) -> Tensor:
    matrix = torch.diag(torch.tensor(diagonal, dtype=torch.float64))
    beside = torch.tensor(off, dtype=torch.float64)
    return matrix + torch.diag(beside, 1) + torch.diag(beside, -1) if len(off) else matrix


def _combine(basis: Sequence[Tensor], weights: Tensor) -> Tensor:
    vector = torch.zeros_like(basis[0])
    for part, weight in zip(basis, weights.tolist(), strict=True):
        vector += weight * part
    return vector / vector.norm()


def hutchinson_trace(product: Product, probes: Tensor, *, known: TopEigenpair | None = None) -> tuple[float, float]:
    """Return an unbiased estimate of the trace and its standard error, from one product per probe.

    What Lanczos vectors already say about the trace is taken from them and left out of the probes: the largest eigenvalues make most
    of the scatter, and they lie near those vectors. On this project's networks that halves the error in float.

    Args:
        product: v (P,) to H v (P,), H symmetric.
        probes: (n, P) entries of -1 and 1, independent and equally likely, see ``rademacher``; the error of one probe is NaN.
        known: What ``top_eigenpair`` returned for the same matrix, from a start drawn independently of the probes.

    Source:
        Hutchinson 1990, "A stochastic estimator of the trace of the influence matrix for Laplacian smoothing splines"; Meyer, Musco,
        Musco and Woodruff 2021, "Hutch++: Optimal Stochastic Trace Estimation" (deflation).
    """
    rest = probes if known is None else probes - (probes @ known.basis.T) @ known.basis
    values = torch.tensor([float(probe @ product(probe)) for probe in rest], dtype=torch.float64)
    error = float(values.std(correction=1)) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return float(values.mean()) + (0.0 if known is None else known.basis_trace), error


def rademacher(n_probes: int, like: Tensor, seed: int) -> Tensor:
    """Return (n_probes, P) entries of -1 and 1 for vectors ``like`` (P,), the same on every device."""
    drawn = torch.randint(0, 2, (n_probes, len(like)), generator=torch.Generator().manual_seed(seed))
    return (2 * drawn - 1).to(like.device, like.dtype)
