"""What a subject brings to the lenses: whatever it has, computed when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.lab.experiment import Context

if TYPE_CHECKING:  # a subject that is outputs alone waits for no torch
    from core.data.dataset import ImageDataset
    from core.privacy.signals import Signals
    from core.scorecard.language.material import Speaker
    from core.training.config import TrainingConfig
    from core.training.workbench import State


@dataclass(frozen=True, eq=False)
class Labelled:
    """What a model says of rows whose right class is known.

    Attributes:
        answers: Logits, float64 (N, C), or what returns them: a row waits for no answers but its own.
        y: Right classes (N,).
        group: Group of each row (N,).
        group_names: Name of each group; one where none are told.
        grouping: What the groups are, for a sentence: "class", "corruption", "group".
    """

    answers: np.ndarray | Callable[[], np.ndarray]
    y: np.ndarray
    group: np.ndarray
    group_names: tuple[str, ...]
    grouping: str = "group"

    @cached_property
    def logits(self) -> np.ndarray:
        """The logits, asked for once."""
        return self.answers() if callable(self.answers) else self.answers

    @property
    def right(self) -> np.ndarray:
        """Which rows it gets right, bool (N,)."""
        return self.logits.argmax(axis=1) == self.y


@dataclass(frozen=True, eq=False)
class Network:
    """The network itself, with the data it came from.

    Attributes:
        state: Weights and buffers.
        training: Architecture and width, as training configs name them.
        data: The data set.
        rows: Rows of its training images.
    """

    state: State
    training: TrainingConfig
    data: ImageDataset
    rows: np.ndarray


@dataclass(frozen=True, eq=False)
class WrongLabels:
    """Training samples with labels that are known to be wrong: predicted, right and given classes of all of them, (N,)."""

    y_pred: np.ndarray
    y_true: np.ndarray
    y_given: np.ndarray


@dataclass(frozen=True, eq=False)
class Material:
    """One subject.

    Attributes:
        title: What it is called.
        seed: Of the run.
        device: Where networks are asked.
        context: Processes, store, progress.
        class_names: Name of each class.
        level: Of drift.
        mark: Class that a mark stands for, and class whose images are marked.
        home: Where nothing has drifted.
        shifted: Where it has.
        everything: All clean rows, with groups: for the worst group. ``home`` where nothing else is known.
        network: The network.
        alone: Returns what the subject alone says of members and strangers.
        among: Returns the same of the subject, first, and of its references.
        wrong: Labels known to be wrong.
        assumption: What is taken for granted of membership, one sentence; empty where it is known.
        speaker: The language model; everything about classes is then absent.
    """

    title: str
    seed: int
    context: Context
    class_names: tuple[str, ...]
    level: int = 3
    mark: tuple[int, int] = (6, 0)
    home: Labelled | None = None
    shifted: Labelled | None = None
    everything: Labelled | None = None
    network: Network | None = None
    alone: Callable[[], Signals] | None = None
    among: Callable[[], Signals] | None = None
    wrong: WrongLabels | None = None
    assumption: str = ""
    speaker: Speaker | None = None
    memory: dict[str, object] = field(default_factory=dict)

    @property
    def has(self) -> frozenset[str]:
        """What the subject brings, by the names of ``needs.NEEDS``."""
        there = {"outputs": self.home is not None, "shifted": self.shifted is not None, "membership": self.alone is not None,
                 "references": self.among is not None, "weights": self.network is not None, "training_data": self.network is not None,
                 "wrong_labels": self.wrong is not None, "groups": self.everything is not None,
                 "language_model": self.speaker is not None, "classifier": self.speaker is None,
                 "passages": self.speaker is not None and self.speaker.passages is not None}
        return frozenset(name for name, is_there in there.items() if is_there)

    def once(self, name: str, make: Callable[[], object]) -> object:
        """Return what ``make`` gives, made once: several lenses read it."""
        if name not in self.memory:
            self.memory[name] = make()
        return self.memory[name]
