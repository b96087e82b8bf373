"""Outputs of a trained model, asked for once in a process: what rooms do with a model in place of a file. Imports no torch."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from core.data.dataset import ImageDataset
from core.data.sources import fingerprint, load
from core.data.text_parts import load_text_parts
from core.subjects.config import SubjectConfig
from core.subjects.folders import class_names, is_folder, kind_of, order_of
from core.subjects.models import Opened, model_fingerprint, open_model
from core.subjects.outputs import GivenOutputs
from core.subjects.told import chosen_scale, images_asked, outputs_of, two_columns
from core.subjects.told_texts import labels_of, outputs_of_texts

TEXTS = (0, 0, 0)  # the shape of what a model of texts is asked about


def image_shape(data: ImageDataset) -> tuple[int, int, int]:
    """Return (C, H, W) of the images."""
    _, height, width, channels = data.x_train.shape
    return channels, height, width


def takes_texts(config: SubjectConfig) -> bool:
    """Return whether the model of a config is asked about texts.

    Raises:
        InputError: If its folder is missing or damaged.
    """
    return is_folder(config.model) and kind_of(config.model)[1] == "texts"


def asked_fingerprint(config: SubjectConfig) -> str:
    """Return the hash of a model and its data, once the model has been opened and has answered in a process of its own.

    Raises:
        InputError: If either is missing, damaged, or does not fit the other.
    """
    if takes_texts(config):
        data = load_text_parts(config.dataset)
        names = class_names(kind_of(config.model)[0])
        labels_of(data, names)
        shape, n_classes = TEXTS, len(names)
    else:
        data = load(config.dataset)
        shape, n_classes = image_shape(data), len(data.class_names)
    found = model_fingerprint(config.model, shape, n_classes)
    return hashlib.blake2b(f"{found} {data.fingerprint}".encode(), digest_size=32).hexdigest()


def ask(config: SubjectConfig, *, device: str, threads: int, corruption: str = "", level: int = 0) -> tuple[GivenOutputs, np.ndarray]:
    """Return what the model says of its data, see ``told.outputs_of``, and the images (2 n, H, W, C) of its home rows.

    A model of texts has no images; where a corruption is named, its file must hold texts that have drifted.

    Raises:
        InputError: If model or data are missing or do not fit.
    """
    if takes_texts(config):
        data = load_text_parts(config.dataset)
        return _ask_texts(config.model, config.dataset, data.fingerprint, config.n_rows, device, bool(corruption)), np.zeros((0, 1, 1, 1))
    return _ask(config.model, config.dataset, fingerprint(config.dataset), config.scale, config.n_rows, device, threads, corruption, level)


def ask_labels(config: SubjectConfig, copies: Sequence[np.ndarray], *, device: str, threads: int) -> np.ndarray:
    """Return which class the model names for each copy of its home images, int (N, Q).

    Raises:
        InputError: If model or data are missing or do not fit.
    """
    opened, scale, order = _opened(config.model, config.dataset, fingerprint(config.dataset), config.scale, device, threads)
    return np.stack([two_columns(opened.ask(copy, scale)[0])[:, order].argmax(axis=1) for copy in copies], axis=1)


@lru_cache(maxsize=1)
def _opened(model: str, dataset: str, _content: str, scale: str, device: str, threads: int) -> tuple[Opened, str, object]:
    data = load(dataset)
    opened = open_model(model, image_shape(data), device=device, threads=threads)
    order = order_of(data.class_names, opened.class_names)[0] if opened.class_names else slice(None)
    return opened, chosen_scale(opened, data, scale)[0], order


@lru_cache(maxsize=1)
def _ask(model: str, dataset: str, _content: str, scale: str, n_rows: int, device: str, threads: int, corruption: str,
         level: int) -> tuple[GivenOutputs, np.ndarray]:
    data = load(dataset)
    opened = open_model(model, image_shape(data), device=device, threads=threads)
    given = outputs_of(opened, data, scale=scale, n_rows=n_rows, corruption=corruption, level=level)
    return given, images_asked(data, n_rows)


@lru_cache(maxsize=1)
def _ask_texts(model: str, dataset: str, _content: str, n_rows: int, device: str, away: bool) -> GivenOutputs:
    from core.subjects.folder_model import text_asker  # imports torch

    found, _ = kind_of(model)
    return outputs_of_texts(text_asker(found, device), load_text_parts(dataset), class_names(found), n_rows=n_rows, away=away)
