"""What is trained, on what and towards what: one record of a pool of images, one of a network that is wanted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from core.data.arrays import content_hashes
from core.lab.folders import digest_of
from core.training.config import TrainingConfig
from core.training.loop import Routine
from core.training.losses import Loss
from core.training.workbench import State


@dataclass(frozen=True, eq=False)
class Images:
    """The pool that networks are trained on subsets of.

    Attributes:
        x: Images, uint8 (N, H, W, C).
        y: Their classes (N,), 0 to n_classes - 1.
        n_classes: Number of logits.
        x_test: Held-out images for the live curve; some hundred are enough. None where nobody reads it.
        y_test: Their classes.
    """

    x: np.ndarray
    y: np.ndarray
    n_classes: int
    x_test: np.ndarray | None = None
    y_test: np.ndarray | None = None

    @cached_property
    def ids(self) -> np.ndarray:
        """Content hash of each image, (N,)."""
        return content_hashes(self.x)

    @cached_property
    def test_digest(self) -> str:
        """Hash of the test images and classes; empty without any."""
        if self.x_test is None or self.y_test is None or not len(self.x_test):
            return ""
        return content_digest(content_hashes(self.x_test), self.y_test)


@dataclass(frozen=True, eq=False)
class Wanted:
    """A network that is wanted: on which images, trained how.

    Attributes:
        members: Which images of the pool it is trained on, bool (N,).
        training: How it is trained.
        stream: Names its random draws within the seed: initial weights, order, augmentation, dropout.
        recipe: Everything that ``loss``, ``routine`` and functions for ``start`` and ``trainable`` bring into its bits, as JSON
            values by name. Two recipes must never share one spelling. Empty for plain training.
        loss: Its loss; None is cross-entropy with the config's label smoothing.
        routine: Its training where that is more than a loss, see ``core.training.loop.Extras``. ``Trainee.index`` is the wish's
            place in the list.
        start: State to begin from, or a function that is asked for it only when the network has to be trained.
        trainable: Which weights move, likewise, see ``Extras``.
        asked: Which images of the pool checkpoints keep logits of, rows (n,); None for all.
    """

    members: np.ndarray
    training: TrainingConfig
    stream: int = 0
    recipe: Mapping[str, Any] = field(default_factory=dict)
    loss: Loss | None = None
    routine: Routine | None = None
    start: State | Callable[[], State] | None = None
    trainable: State | Callable[[], State] | None = None
    asked: np.ndarray | None = None


def content_digest(ids: np.ndarray, y: np.ndarray | None = None) -> str:
    """Return a hash of content hashes in their order, and of classes where they are given."""
    return digest_of("".join(ids.tolist()) + ("" if y is None else ",".join(map(str, y.tolist()))))
