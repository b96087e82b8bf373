"""Jobs for defences small enough to run in a second: weak patterns under noise, which small networks learn by heart."""

import functools

import numpy as np

from core.data.dataset import ImageDataset
from core.lab.config import canonical
from core.lab.experiment import Context
from core.privacy.audited_models import draw, train, training_config
from core.privacy.defence.config import DefenceConfig
from core.privacy.defences import defence_by_id
from core.privacy.defences.record import DefenceJob

TINY = {"n_reference_models": 3, "n_pool": 200, "n_population": 100, "width": 4, "epochs": 10, "batch_size": 20,
        "learning_rate": 0.05, "precision": "float32"}


class Shelf:
    """A store in memory; counts what is put there."""

    def __init__(self):
        self.arrays, self.puts = {}, 0

    def get(self, identity):
        return self.arrays.get(canonical(dict(identity)))

    def put(self, identity, arrays):
        self.puts += 1
        self.arrays[canonical(dict(identity))] = {name: np.array(array) for name, array in arrays.items()}


@functools.cache
def patterns(n_classes=4, side=12):
    """Return 600 training and 200 test images of four faint patterns."""
    random = np.random.default_rng(7)
    faces = random.integers(0, 60, (n_classes, side, side, 1))

    def images(n):
        y = random.integers(0, n_classes, n)
        return np.clip(faces[y] + random.integers(0, 160, (n, side, side, 1)), 0, 255).astype(np.uint8), y

    (x, y), (x_test, y_test) = images(600), images(200)
    return ImageDataset("npz:patterns.npz", "Patterns", x, y, x_test, y_test, tuple("abcd"), "patterns", "")


SHELF = Shelf()


def make_job(defence, strength=0.0, *, seed=0, shelf=SHELF, threads=2, **settings):
    """Return the job of ``defence``; plain models are shared between tests through the shelf."""
    config = DefenceConfig(defence=defence, strength=strength, **{**TINY, **settings})
    record = defence_by_id(defence)
    record.check(config)
    audit = draw(patterns(), config.audit_config(), seed)
    context = Context(device="cpu", threads=threads, models=shelf, begin=lambda step: None, report=lambda *a, **k: None)
    return DefenceJob(
        audit=audit, plain=lambda: train(audit, config.audit_config(), seed, context), config=config, seed=seed, context=context,
        training=training_config(config.audit_config()), strength=record.strength_of(strength))


def run(defence, strength=0.0, **settings):
    """Return the defended models and the job that they came from."""
    job = make_job(defence, strength, **settings)
    return defence_by_id(defence).run(job), job


def last_logits(models):
    """Return the logits of every model on the pool after its last epoch, (K, N, C)."""
    return np.stack([model.checkpoint_logits[max(model.checkpoint_logits)] for model in models])
