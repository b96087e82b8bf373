"""Difficulty of many images at once against one image at a time, as released: ``python -m tests.benchmarks.spurious``.

60,000 images are scored whole; the peer, one forward pass and one ``.item()`` an image, is timed on 600 of them. One thread on both
sides; the ratio is per image: median, smallest and largest over interleaved repeats, and their number.
"""

import os
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch

from core.models.registry import build
from core.spurious.scores import el2n
from core.training.config import TrainingConfig
from core.training.evaluate import predict_many
from core.training.images import to_input

N, FEW, REPEATS = 60_000, 600, 3


@torch.no_grad()
def one_by_one(network: torch.nn.Module, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return EL2N of each image, a forward pass each."""
    scores = []
    for image, label in zip(torch.from_numpy(x), y, strict=True):
        probs = torch.softmax(network(to_input(image[None]))[0][0], dim=0)
        probs[label] -= 1.0
        scores.append(probs.norm().item())
    return np.array(scores)


def main() -> None:
    """Measure and print."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (N, 28, 28, 1), dtype=np.uint8), rng.integers(0, 10, N)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    network = build("cnn", n_classes=10, image_shape=(1, 28, 28)).eval()
    state, own, other = network.state_dict(), [], []
    for _ in range(REPEATS):
        start = time.perf_counter()
        logits, _ = predict_many([state], x, TrainingConfig(), n_classes=10, processes=1)
        scores = el2n(logits[0], y)
        middle = time.perf_counter()
        slow = one_by_one(network, x[:FEW], y[:FEW])
        own.append((middle - start) / N)
        other.append((time.perf_counter() - middle) / FEW)
    ratio = np.array(other) / own
    print(f"EL2N of {N:,} images in one call: {N * np.median(own):.2f} s [{N * min(own):.2f}, {N * max(own):.2f}], n = {REPEATS}\n"
          f"    per image against one at a time: ratio {np.median(ratio):.1f} [{ratio.min():.1f}, {ratio.max():.1f}], "
          f"largest difference {np.abs(scores[:FEW] - slow).max():.1e}")


if __name__ == "__main__":
    main()
