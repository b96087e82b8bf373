"""Outputs of a trained model, asked for once in a process: what rooms do with a model in place of a file. Imports no torch."""

import hashlib
from functools import lru_cache

import numpy as np

from core.data.dataset import ImageDataset
from core.data.sources import fingerprint, load
from core.subjects.config import SubjectConfig
from core.subjects.models import model_fingerprint, open_model
from core.subjects.outputs import GivenOutputs
from core.subjects.told import images_asked, outputs_of


def image_shape(data: ImageDataset) -> tuple[int, int, int]:
    """Return (C, H, W) of the images."""
    _, height, width, channels = data.x_train.shape
    return channels, height, width


def asked_fingerprint(config: SubjectConfig) -> str:
    """Return the hash of a model and its data, once the model has been opened and has answered in a process of its own.

    Raises:
        InputError: If either is missing, damaged, or does not fit the other.
    """
    data = load(config.dataset)
    found = model_fingerprint(config.model, image_shape(data), len(data.class_names))
    return hashlib.blake2b(f"{found} {data.fingerprint}".encode(), digest_size=32).hexdigest()


def ask(config: SubjectConfig, *, device: str, threads: int, corruption: str = "", level: int = 0) -> tuple[GivenOutputs, np.ndarray]:
    """Return what the model says of its data, see ``told.outputs_of``, and the images (2 n, H, W, C) of its home rows.

    Raises:
        InputError: If model or data are missing or do not fit.
    """
    return _ask(config.model, config.dataset, fingerprint(config.dataset), config.scale, config.n_rows, device, threads, corruption, level)


@lru_cache(maxsize=1)
def _ask(model: str, dataset: str, _content: str, scale: str, n_rows: int, device: str, threads: int, corruption: str,
         level: int) -> tuple[GivenOutputs, np.ndarray]:
    data = load(dataset)
    opened = open_model(model, image_shape(data), device=device, threads=threads)
    given = outputs_of(opened, data, scale=scale, n_rows=n_rows, corruption=corruption, level=level)
    return given, images_asked(data, n_rows)
