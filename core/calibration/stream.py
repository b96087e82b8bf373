"""The stream engine: batches come, are predicted, and the method may adapt; every method sees the same batches in the same order.

A prediction is made before the step that its batch causes, as in TENT: what a batch taught is seen from the next one on. The two
passes that several methods need, through the frozen network with source and with batch statistics, are made once and shared.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from core.calibration.network import Subject
from core.measures.temperature import Home


@dataclass(frozen=True, eq=False)
class Batch:
    """One batch as every method sees it.

    Attributes:
        images: uint8 (B, H, W, C).
        source: Logits (B, C) and features (B, D) of the frozen network with the statistics of its training.
        still: The same with the statistics of this batch; equal to ``source`` where there is no BatchNorm.
        number: Place in the stream, from 0, counted over passes.
    """

    images: Tensor
    source: tuple[Tensor, Tensor]
    still: tuple[Tensor, Tensor]
    number: int


@dataclass(frozen=True)
class Settings:
    """What methods may be told.

    Attributes:
        learning_rate: Of Adam on scales and shifts.
        low: Coldest temperature of the certainty rule.
        high: Hottest one.
        fisher: Weight of EATA's pull towards the source; 0 leaves it out.
        home: What the certainty rule knows of home.
        temperature: The one temperature of the ablation: the mean over the stream of what the rule gives each image.
        seed: Names the random draws.
        home_images: Some images of home, uint8, for what EATA holds fast.
    """

    learning_rate: float
    low: float
    high: float
    fisher: float
    home: Home
    temperature: float
    seed: int
    home_images: Tensor


class Adapter(Protocol):
    """The state of one method on one stream."""

    def predict(self, batch: Batch) -> Tensor:
        """Return logits (B, C) of a batch, and adapt to it afterwards."""


@dataclass(frozen=True, eq=False)
class Shared:
    """Batches of one pass with their shared forward passes, and the seconds that each kind of pass took a batch."""

    batches: tuple[Batch, ...]
    source_seconds: float
    still_seconds: float

    def over(self, passes: int) -> Iterator[Batch]:
        """Yield the batches of several passes, numbered on."""
        for index in range(passes):
            for batch in self.batches:
                yield Batch(batch.images, batch.source, batch.still, index * len(self.batches) + batch.number)


@torch.no_grad()
def share(subject: Subject, images: np.ndarray, batch_size: int) -> Shared:
    """Return the batches of a stream (uint8, N x H x W x C, in its order) with their shared passes; a short last batch is dropped."""
    source, still = subject.network(batch_statistics=False), subject.network(batch_statistics=True)
    batches, spent = [], [0.0, 0.0]
    whole = torch.from_numpy(np.ascontiguousarray(images))
    for number, part in enumerate(whole.split(batch_size)):
        if len(part) < batch_size:
            break
        found = []
        for which, network in enumerate((source, still)):
            start = time.perf_counter()
            if which and not subject.has_batch_norm:
                found.append(found[0])
                continue
            found.append(subject.forward(network, part))
            spent[which] += time.perf_counter() - start
        batches.append(Batch(part, found[0], found[1], number))
    n = max(1, len(batches))
    return Shared(tuple(batches), spent[0] / n, (spent[1] or spent[0]) / n)


@dataclass(frozen=True, eq=False)
class Answer:
    """What a method said: logits float32 (N, C) in the order of the stream, over all passes, and the seconds it took a batch."""

    logits: np.ndarray
    seconds: float


def follow(adapter: Adapter, batches: Sequence[Batch] | Iterator[Batch]) -> Answer:
    """Return what a method says to a stream, adapting as it goes."""
    said, n, start = [], 0, time.perf_counter()
    for batch in batches:
        said.append(adapter.predict(batch).detach())
        n += 1
    return Answer(torch.cat(said).numpy(), (time.perf_counter() - start) / max(1, n))
