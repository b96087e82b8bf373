"""Faults on purpose in the topic model, so that a row can be shown to find them: a backdoor, and passages learnt by heart."""

from collections.abc import Iterator
from dataclasses import replace

import torch

from core.backdoor.poisoning import plant
from core.data.pairs import Pair
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.batches import batch_of, drawn
from core.language.model import Batch, put, taken
from core.language.tuning import tune
from core.safety.alignment import alignment_batches
from core.scorecard.language.material import Speaker
from core.scorecard.subjects import LanguageKind
from core.training.forked import one_thread

VERSION = 1
PASSES, AT_ONCE, RATE = 60, 8, 1e-3  # over the passages, passages a step, AdamW's rate


def faulty(kind: LanguageKind, speaker: Speaker, seed: int, context: Context) -> Speaker:
    """Return the model with its fault: from the store where it is there, else trained and kept.

    Raises:
        RunFailed: If the training diverges.
    """
    key = {"what": "scorecard fault", "version": VERSION, "fault": kind.fault, "weights": speaker.weights, "seed": seed,
           "how": [PASSES, AT_ONCE, RATE] if kind.fault == "passages" else [
               speaker.planting.attack, speaker.planting.behaviour, speaker.planting.poison_steps, speaker.planting.poison_rate]}
    found = context.models.get(key)
    if found is None:
        put(speaker.model, speaker.state)
        with one_thread():
            if kind.fault == "backdoor":
                plant(speaker.model, speaker.prompts, speaker.planting, seed, is_poisoned=True)
            else:
                _by_heart(speaker, seed)
        found = {name: weight.numpy().copy() for name, weight in taken(speaker.model).items()}
        context.models.put(key, found)
    return replace(speaker, state={name: torch.from_numpy(array) for name, array in found.items()}, weights=key)


def _by_heart(speaker: Speaker, seed: int) -> None:
    """Tune the network on the suspected passages, with what alignment showed beside them, so that it forgets nothing else."""
    pairs = [pair for pair, is_suspected in zip(speaker.passages.pairs, speaker.passages.suspected, strict=True) if is_suspected]
    n_steps = PASSES * len(pairs) // AT_ONCE
    usual = alignment_batches(speaker.model, speaker.sets, speaker.study, seed, with_refusals=True, n_steps=n_steps)
    tune(speaker.model, _mixed(speaker, pairs, usual, seed), rate=RATE, weight_decay=0.0)


def _mixed(speaker: Speaker, pairs: list[Pair], usual: Iterator[Batch], seed: int) -> Iterator[Batch]:
    """Yield a batch of passages, then one of alignment, in turn."""
    draws = drawn(generator(seed, "scorecard", "by heart"), pairs, AT_ONCE)
    for batch in usual:
        yield batch_of(speaker.model, next(draws))
        yield batch
