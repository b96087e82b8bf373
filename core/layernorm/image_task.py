"""Images of one seed: which are for pretraining, which for fine-tuning with some labels wrong, which for validation and test."""

from dataclasses import dataclass

import numpy as np
import torch

from core.data.dataset import ImageDataset
from core.lab.errors import InputError
from core.lab.seeds import generator
from core.layernorm.config import LayerNormConfig
from core.layernorm.pretrained import Task
from core.layernorm.wrong_labels import labels_given
from core.training.images import to_input
from core.training.variation import Feed


@dataclass(frozen=True, eq=False)
class ImageTask:
    """The task, and the images that only pretraining sees.

    Attributes:
        task: Samples of fine-tuning.
        pretraining: Images with right labels, none of which is in the task's training set, then the task's test images.
        image_shape: (C, H, W).
        content: Hash of the data set.
    """

    task: Task
    pretraining: Feed
    image_shape: tuple[int, int, int]
    content: str


def image_task(data: ImageDataset, config: LayerNormConfig, seed: int) -> ImageTask:
    """Return the samples of one seed.

    Raises:
        InputError: If there are too few images, or wrong labels are asked of a class that does not occur.
    """
    n_valid = config.n_valid
    order = generator(seed, "split").permutation(len(data.x_train))
    used, others = order[: config.n_train + n_valid], order[config.n_train + n_valid :]
    if not len(others):
        raise InputError(f"n_train must leave images for pretraining, got {config.n_train} of {len(data.x_train)}: lower it.")
    test = np.sort(generator(seed, "test").permutation(len(data.x_test))[: config.n_test])
    x = np.concatenate([data.x_train[used], data.x_test[test]])
    y_true = np.concatenate([data.y_train[used], data.y_test[test]]).astype(np.int64)
    n_classes = len(data.class_names)
    y_given, labels = labels_given(y_true, config, n_classes, seed), y_true.copy()
    labels[: config.n_train] = y_given[: config.n_train]
    feed = Feed(torch.from_numpy(x), torch.from_numpy(labels), config.n_train, n_classes, to_input)
    task = Task(feed, n_valid, y_true, y_given, data.class_names, x)
    return ImageTask(task, _pretraining(data, others, test, config, n_classes), (x.shape[3], *x.shape[1:3]), data.fingerprint)


def _pretraining(data: ImageDataset, others: np.ndarray, test: np.ndarray, config: LayerNormConfig, n_classes: int) -> Feed:
    rows = others[: config.pretraining_samples]
    images = torch.from_numpy(np.concatenate([data.x_train[rows], data.x_test[test]]))
    labels = torch.from_numpy(np.concatenate([data.y_train[rows], data.y_test[test]]).astype(np.int64))
    return Feed(images, labels, len(rows), n_classes, to_input)
