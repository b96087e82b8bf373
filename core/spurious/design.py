"""The images of one seed: who is trained on, who chooses, who is asked, with and without the cue."""

from dataclasses import dataclass

import numpy as np

from core.data.dataset import ImageDataset
from core.data.marks import mark_area, write_mark
from core.lab.seeds import generator
from core.spurious.config import SpuriousConfig
from core.spurious.data_rules import check_data, classes_of


@dataclass(frozen=True, eq=False)
class Exam:
    """What every network is asked.

    Attributes:
        plain: Test images without the cue, uint8 (N, H, W, C), of all classes.
        y_plain: Their classes.
        cued: Test images of the biased and the harmed class with the cue.
        y_cued: Their classes.
        validation: Validation images, biased like the training set.
        y_validation: Their classes.
        strength: Of the mark; 1 for known groups.
    """

    plain: np.ndarray
    y_plain: np.ndarray
    cued: np.ndarray
    y_cued: np.ndarray
    validation: np.ndarray
    y_validation: np.ndarray
    strength: float


@dataclass(frozen=True, eq=False)
class Design:
    """Images of one seed, numbered by the classes of the task: 0 biased and 1 harmed for a pair, else as in the data.

    Attributes:
        x: Training images without a written mark, uint8 (N, H, W, C).
        y: Their classes (N,).
        has_cue: Which training images carry the cue by themselves, boolean (N,); only with known groups.
        x_validation: Validation images without a written mark.
        y_validation: Their classes.
        has_cue_validation: As ``has_cue``.
        plain: Test images without the cue.
        y_plain: Their classes.
        cued: Test images of biased and harmed class that carry the cue by themselves, or that are to be marked.
        y_cued: Their classes.
        biased: Class that carries the cue in training.
        harmed: Class that carries it at test time.
        names: Name of each class.
        config: The settings it was drawn by.
        seed: Seed of the run.
    """

    x: np.ndarray
    y: np.ndarray
    has_cue: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    has_cue_validation: np.ndarray
    plain: np.ndarray
    y_plain: np.ndarray
    cued: np.ndarray
    y_cued: np.ndarray
    biased: int
    harmed: int
    names: tuple[str, ...]
    config: SpuriousConfig
    seed: int

    @property
    def n_classes(self) -> int:
        """Number of classes of the task."""
        return len(self.names)

    def marked(self, images: np.ndarray, strength: float) -> np.ndarray:
        """Return marked copies; images whose cue is a known group are returned as they are."""
        if self.config.cue == "attribute":
            return images
        return write_mark(images, self.config.mark, strength=strength, size=self.config.mark_size)

    @property
    def area(self) -> np.ndarray | None:
        """Pixels that the mark covers, boolean (H, W); None where the cue is a known group or covers the whole image."""
        if self.config.cue == "attribute":
            return None
        area = mark_area(self.config.mark, *self.x.shape[1:3], self.config.mark_size)
        return None if area.all() else area

    def exam(self, strength: float, share: float, name: str, minority: float = 0.0) -> Exam:
        """Return what networks are asked when a mark of this strength sits on this share of the biased class; ``name`` draws it.

        ``minority`` is the share of the harmed class that carries it, too.
        """
        validation = self.x_validation.copy()
        if self.config.cue == "mark":
            for label, part, stage in ((self.biased, share, "validation carriers"), (self.harmed, minority, "validation minority")):
                members = np.flatnonzero(self.y_validation == label)
                chosen = generator(self.seed, stage, name).choice(members, round(part * len(members)), replace=False)
                validation[chosen] = self.marked(validation[chosen], strength)
        return Exam(self.plain, self.y_plain, self.marked(self.cued, strength), self.y_cued, validation, self.y_validation, strength)


def draw(data: ImageDataset, config: SpuriousConfig, seed: int) -> Design:
    """Return the images of one seed: training and validation drawn from the training images, all test images of the task's classes.

    Raises:
        InputError: If the data cannot serve the settings, see ``data_rules``.
    """
    check_data(data, config)
    classes = classes_of(data, config)
    train, validation = _drawn_rows(data, config, classes, seed)
    test = np.flatnonzero(np.isin(data.y_test, classes))
    number = np.full(len(data.class_names), -1)
    number[list(classes)] = np.arange(len(classes))
    has_cue = _cue_of(data.attribute_train, config, len(data.y_train))
    test_cue = _cue_of(data.attribute_test, config, len(data.y_test))
    plain = test[~test_cue[test]]
    asked = test if config.cue == "mark" else test[test_cue[test]]
    cued = asked[np.isin(data.y_test[asked], (config.biased_class, config.harmed_class))]
    return Design(
        x=data.x_train[train], y=number[data.y_train[train]], has_cue=has_cue[train],
        x_validation=data.x_train[validation], y_validation=number[data.y_train[validation]], has_cue_validation=has_cue[validation],
        plain=data.x_test[plain], y_plain=number[data.y_test[plain]], cued=data.x_test[cued], y_cued=number[data.y_test[cued]],
        biased=int(number[config.biased_class]), harmed=int(number[config.harmed_class]),
        names=tuple(data.class_names[label] for label in classes), config=config, seed=seed)


def _cue_of(attribute: np.ndarray | None, config: SpuriousConfig, n: int) -> np.ndarray:
    return np.zeros(n, dtype=bool) if config.cue == "mark" or attribute is None else attribute == config.attribute_value


def _drawn_rows(data: ImageDataset, config: SpuriousConfig, classes: tuple[int, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    train, validation = [], []
    for label in classes:
        order = generator(seed, "images", label).permutation(np.flatnonzero(data.y_train == label))
        validation.append(order[:config.n_validation])
        train.append(order[config.n_validation:config.n_validation + config.n_train])
    return np.sort(np.concatenate(train)), np.sort(np.concatenate(validation))
