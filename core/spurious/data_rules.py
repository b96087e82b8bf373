"""What data must offer for the settings, each broken rule one sentence, told before any work starts. Imports no torch."""

import math
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from core.data.dataset import ImageDataset
from core.data.marks import mark_area
from core.data.sources import fingerprint, load
from core.lab.errors import InputError
from core.spurious.config import SpuriousConfig
from core.subjects.given import is_given, with_model

FEWEST = 20  # training images of a class below which nothing can be learned or pruned


@dataclass(frozen=True)
class Facts:
    """What must be known of data before it is read.

    Attributes:
        title: Its name.
        n_classes: Number of classes.
        side: Height and width of its images.
        smallest_class: Training images of its smallest class.
    """

    title: str
    n_classes: int
    side: tuple[int, int]
    smallest_class: int


KNOWN = MappingProxyType({
    "fashion-mnist": Facts("Fashion-MNIST", 10, (28, 28), 2000), "mnist": Facts("MNIST", 10, (28, 28), 5421),
    "cifar10": Facts("CIFAR-10", 10, (32, 32), 5000), "cifar100": Facts("CIFAR-100", 100, (32, 32), 500),
    "svhn": Facts("SVHN", 10, (32, 32), 4659)})


def classes_of(data: ImageDataset, config: SpuriousConfig) -> tuple[int, ...]:
    """Return the classes of the task, in the data's numbers: biased and harmed, or all."""
    return (config.biased_class, config.harmed_class) if config.classes == "pair" else tuple(range(len(data.class_names)))


def check_facts(facts: Facts, config: SpuriousConfig) -> None:
    """Refuse settings that data of this size cannot serve.

    Raises:
        InputError: If a class does not exist or is too small, pruning would empty one, no image would be marked, or the mark does not
            fit.
    """
    for name, label in (("biased_class", config.biased_class), ("harmed_class", config.harmed_class)):
        if label >= facts.n_classes:
            raise InputError(f"{name} must be a class of {facts.title} (0 to {facts.n_classes - 1}), got {label}: choose another.")
    left = facts.smallest_class - config.n_validation
    if left < FEWEST:
        raise InputError(f"every class needs {FEWEST} training images beside the {config.n_validation} for validation, got "
                         f"{facts.smallest_class} in {facts.title}: lower n_validation or add images.")
    n = min(left, config.n_train)
    if math.ceil(config.shares[-1] * n) >= n:
        raise InputError(f"pruning must leave every class an image, got a share of {config.shares[-1]:g} of {n}: lower it.")
    if config.cue == "mark":
        config.check_carriers(n)
        mark_area(config.mark, *facts.side, config.mark_size)


def check_data(data: ImageDataset, config: SpuriousConfig) -> None:
    """Refuse settings that this data cannot serve.

    Raises:
        InputError: As ``check_facts``; if the harmed class has no test images, or known groups are missing or empty.
    """
    n_classes = len(data.class_names)
    counts = np.bincount(data.y_train, minlength=n_classes)
    in_task = [counts[label] for label in classes_of(data, config) if label < n_classes]
    check_facts(Facts(data.title, n_classes, data.x_train.shape[1:3], int(min(in_task, default=0))), config)
    if config.cue == "attribute":
        check_groups(data, config)
    elif not (data.y_test == config.harmed_class).any():
        raise InputError(f"the harmed class must have test images, got none of {data.class_names[config.harmed_class]}: add some.")


def check_groups(data: ImageDataset, config: SpuriousConfig) -> None:
    """Refuse known groups that are missing, or empty where they are needed.

    Raises:
        InputError: If there is no attribute, or no image of a needed class with or without it.
    """
    if data.attribute_train is None or data.attribute_test is None:
        raise InputError(f"cue=attribute needs the arrays attribute_train and attribute_test, or a column of groups in metadata.csv, got "
                         f"none in {data.title}: add them.")
    value = config.attribute_value
    parts = (
        ("training images of the biased class", data.y_train == config.biased_class, data.attribute_train),
        ("test images of the harmed class", data.y_test == config.harmed_class, data.attribute_test))
    for words, members, attribute in parts:
        n, n_cued = int(members.sum()), int((members & (attribute == value)).sum())
        if not 0 < n_cued < n:
            raise InputError(f"the {words} must hold some with attribute {value} and some without, got {n_cued} of {n}: change "
                             "attribute_value or add images.")


def data_fingerprint(config: SpuriousConfig) -> str:
    """Return the content hash of the data that a config names.

    Data that a user brings is read and checked whole, so that a fault is told before anything is written.

    Raises:
        InputError: If the data is missing, breaks a rule, or cannot serve the settings.
    """
    if is_given(config.model) and (config.cue, config.classes) != ("attribute", "all"):
        raise InputError(f"a given model was trained without our mark and on all of its classes, so that it needs cue=attribute and "
                         f"classes=all, got cue={config.cue} and classes={config.classes}: set both, and bring data with groups.")
    if config.dataset in KNOWN and not is_given(config.model):
        check_facts(KNOWN[config.dataset], config)
        return fingerprint(config.dataset)
    data = load(config.dataset)
    check_data(data, config)
    return with_model(data.fingerprint, config.model, data)
