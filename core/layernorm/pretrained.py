"""A pretrained model together with the samples that it is fine-tuned on: what every variant of one placement starts from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from torch import nn

from core.layernorm.variants import Placement
from core.models.normalisation import NormPlace, Reads
from core.training.variation import Feed
from core.training.workbench import State


@dataclass(frozen=True, eq=False)
class Task:
    """Samples with right and given labels: training samples first, then validation samples, then test samples.

    Attributes:
        feed: Inputs; the labels given for training samples, the right ones for the others.
        n_valid: How many validation samples there are; they choose where to stop early.
        y_true: Right labels, int64 (N,).
        y_given: Labels given, int64 (N,): those of training and of validation samples are wrong now and then.
        class_names: Name of each class.
        images: uint8 (N, H, W, C), or None for texts.
        texts: What is written, one per sample; empty for images.
    """

    feed: Feed
    n_valid: int
    y_true: np.ndarray
    y_given: np.ndarray
    class_names: tuple[str, ...]
    images: np.ndarray | None
    texts: tuple[str, ...] = ()

    @property
    def train(self) -> slice:
        """Rows of training samples."""
        return slice(0, self.feed.n_train)

    @property
    def valid(self) -> slice:
        """Rows of validation samples."""
        return slice(self.feed.n_train, self.feed.n_train + self.n_valid)

    @property
    def test(self) -> slice:
        """Rows of test samples."""
        return slice(self.feed.n_train + self.n_valid, len(self.y_true))

    @property
    def is_noisy(self) -> np.ndarray:
        """Whether the label given is wrong, bool (N,)."""
        return self.y_true != self.y_given


@dataclass(frozen=True, eq=False)
class Subject:
    """One placement's model.

    Attributes:
        placement: Where it normalises.
        name: Its name in the config.
        title: Its name on screen.
        network: Its architecture with a head for the task; maps prepared inputs to (logits, features).
        task: Its samples.
        state: Pretrained weights with a fresh head: where fine-tuning begins.
        fresh: Random weights of the same architecture, for training from scratch.
        norms: Every norm of the network.
        reads: Which linear layers read each norm of a layer, all of them; None where they are not known or not alone (then there
            is nothing to fold, unless folding is shown to fail).
        readout: Test accuracy of weights before fine-tuning: with the head of pretraining, or a linear probe on the features.
        readout_kind: "pretrained" or "probe".
        pretraining: Rows of the table of that name without ``placement``; empty for downloaded checkpoints.
        is_downloaded: Whether somebody else pretrained it.
        licence: Of a downloaded model, empty otherwise.
    """

    placement: Placement
    name: str
    title: str
    network: nn.Module
    task: Task
    state: State
    fresh: State | None
    norms: tuple[NormPlace, ...]
    reads: Reads | None
    readout: Callable[[Mapping], float]
    readout_kind: str
    pretraining: pd.DataFrame
    is_downloaded: bool = False
    licence: str = ""
