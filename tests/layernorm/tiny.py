"""A small problem and the smallest settings that go through every step of the room."""

import numpy as np

from core.data.dataset import ImageDataset
from core.lab.experiment import Context
from core.layernorm.config import LayerNormConfig
from tests.training.cases import squares

TINY = LayerNormConfig(
    data="npz:tiny.npz", noise_share=0.2, n_train=40, n_test=30, depth=3, width=8, heads=2, patch=4, pretraining_samples=1000,
    pretraining_rate=5e-3, epochs=4, evaluations=2, batch_size=8, learning_rate=5e-3, frozen=True, gradient_samples=10)


class Shelf(dict):
    """A store of models in memory, which counts what it is asked to keep."""

    def get(self, identity):
        return super().get(repr(sorted(identity.items())))

    def put(self, identity, arrays):
        self[repr(sorted(identity.items()))] = dict(arrays)


def images(n=400, seed=0):
    """Return a data set of bright squares in three places."""
    x, y = squares(n + 60, seed=seed)
    return ImageDataset("npz:tiny.npz", "Squares", x[:n], y[:n], x[n:], y[n:], ("left", "middle", "right"), "squares", "")


def context(models=None, threads=2):
    """Return where a run executes, with a store in memory."""
    return Context(device="cpu", threads=threads, models=Shelf() if models is None else models, begin=lambda step: None,
                   report=lambda *told, **more: None)


def saved(folder, n=400):
    """Write the data set as a file and return its name as a source."""
    data = images(n)
    path = folder / "squares.npz"
    np.savez(path, x_train=data.x_train, y_train=data.y_train, x_test=data.x_test, y_test=data.y_test)
    return f"npz:{path}"
