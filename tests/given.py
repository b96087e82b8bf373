"""A network that somebody trained elsewhere, kept as safetensors with a wrapper's prefix, and its data: bands of light in two groups."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import safetensors.torch

from core.lab.experiment import Context
from core.lab.store import ModelStore
from core.training.config import TrainingConfig
from core.training.loop import train_one

SIDE = 15


@cache
def given() -> tuple[str, str]:
    """Return ``npz:PATH`` of the data and ``weights:PATH`` of a network that was trained on their training part."""
    folder = Path(mkdtemp(prefix="given-"))
    (x, y, g), (xt, yt, gt) = images(360, 0), images(400, 1)
    np.savez(folder / "data.npz", x_train=x, y_train=y, x_test=xt, y_test=yt, group_train=g, group_test=gt)
    training = TrainingConfig(model="cnn", width=6, epochs=5, batch_size=30)
    trained = train_one(x, y, training, seed=3, n_classes=3)
    state = {f"module.{name}": value.contiguous() for name, value in trained.state.items()}
    safetensors.torch.save_file(state, folder / "mine.safetensors")
    return f"npz:{folder / 'data.npz'}", f"weights:{folder / 'mine.safetensors'}"


def images(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return images of three classes, their classes, and groups that a bright edge tells apart."""
    rng = np.random.default_rng(seed)
    y, group = np.arange(n) % 3, (rng.random(n) < 0.4).astype(int)
    x = rng.integers(0, 150, (n, SIDE, SIDE, 1), dtype=np.uint8)
    for k in range(3):
        x[y == k, 5 * k:5 * k + 5] += 70
    x[group == 1, :, :2] = 250
    return x, y, group


def context(folder: Path) -> Context:
    """Return a context that keeps models in a folder and tells nobody."""
    return Context(device="cpu", threads=1, models=ModelStore(folder), begin=lambda step: None, report=lambda *told: None)
