"""Curvature of groups against PyHessian, on the same networks and images in the same run: ``python -m tests.benchmarks.compression``.

PyHessian 0.1 is no requirement: ``pip install pyhessian`` first. Every line gives the ratio of the peer's processor time to ours over
interleaved repeats: median, smallest and largest, and their number; then what both reach. One thread on both sides.
"""

import os
import time
import warnings

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
from torch import nn

from core.compression.cohorts import draw
from core.compression.groups.config import CompressionConfig
from core.data.sources import load
from core.measures.curvature import curvature_by_group, surfaces_by_group
from core.models.registry import build
from core.training.config import TrainingConfig
from core.training.forked import one_thread
from core.training.images import to_input
from core.training.many import train_many
from tests.benchmarks.compare import compare

STUDY = CompressionConfig(n_train=3000, epochs=10)
PER_GROUP, TOLERANCE = 128, 1e-3


class Logits(nn.Module):
    """PyHessian expects a network that returns logits alone."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(x)[0]


def trained(epochs: int) -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """Return the small CNN trained on a long-tailed part of Fashion-MNIST, with up to 128 training images of each class."""
    cohorts = draw(load("fashion-mnist"), STUDY, 0)
    x, y = cohorts.train
    config = TrainingConfig(epochs=epochs, precision="float32")
    model = train_many(x, y, cohorts.members[:1], config, seed=0, n_classes=10, processes=1)[0]
    network = build("cnn", n_classes=10, image_shape=(1, 28, 28))
    network.load_state_dict(model.state)
    members = np.flatnonzero(cohorts.members[0])
    rows = np.sort(np.concatenate([members[y[members] == label][:PER_GROUP] for label in range(10)]))
    return network.eval(), to_input(torch.from_numpy(x[rows])), torch.from_numpy(y[rows])


def pyhessian_eigenvalues(network: nn.Module, x: torch.Tensor, y: torch.Tensor) -> np.ndarray:
    from pyhessian import hessian

    values = []
    for label in range(10):
        group = hessian(Logits(network), nn.CrossEntropyLoss(), data=(x[y == label], y[y == label]), cuda=False)
        values.append(group.eigenvalues(tol=TOLERANCE)[0][0])
        network.zero_grad(set_to_none=True)  # breaks the cycle of gradients that PyHessian leaves
    return np.array(values)


def eigenvalues(epochs: int, repeats: int) -> None:
    network, x, y = trained(epochs)
    torch.manual_seed(0)
    ours, theirs = compare(
        f"Largest eigenvalue of 10 groups, small CNN, epoch {epochs}, {len(x)} images, tolerance {TOLERANCE}, against PyHessian",
        lambda: curvature_by_group(network, x, y, y, 10, seed=0, tolerance=TOLERANCE), lambda: pyhessian_eigenvalues(network, x, y),
        repeats=repeats, clock=time.process_time)
    exact = curvature_by_group(network, x, y, y, 10, seed=1, tolerance=1e-6, most_products=20).eigenvalue
    wrong = [np.abs(values / exact - 1).max() for values in (ours.eigenvalue, theirs)]
    print(f"    largest relative error over groups: ours {wrong[0]:.0e}, PyHessian {wrong[1]:.0e}; "
          f"products a group, ours {ours.n_products.mean():.1f}; training loss {ours.loss.mean():.3f}")


def products(repeats: int) -> None:
    """One product with the Hessian, the graph being there already."""
    from pyhessian.utils import hessian_vector_product

    network, x, y = trained(1)
    x, y = x[y == 0], y[y == 0]
    surface = next(surfaces_by_group(network, x, y, torch.zeros_like(y), 1))
    vector = torch.randn(len(surface.gradient))
    weights = list(network.parameters())
    gradients = torch.autograd.grad(nn.functional.cross_entropy(network(x)[0], y), weights, create_graph=True)
    parts = [part.view(weight.shape) for part, weight in zip(vector.split([w.numel() for w in weights]), weights, strict=True)]
    mine, theirs = compare(
        f"One Hessian product, {len(x)} images, against PyHessian", lambda: surface.product(vector),
        lambda: hessian_vector_product(gradients, weights, parts), repeats=repeats, clock=time.process_time)
    other = torch.cat([part.reshape(-1) for part in theirs])
    print(f"    relative difference: {float((mine - other).norm() / other.norm()):.0e}")


def main() -> None:
    warnings.filterwarnings("ignore", message="Using backward")  # PyHessian's leak warning
    with one_thread():
        eigenvalues(STUDY.epochs, repeats=5)
        eigenvalues(1, repeats=3)
        products(repeats=7)


if __name__ == "__main__":
    main()
