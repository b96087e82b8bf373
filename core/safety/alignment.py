"""What alignment, and the control that leaves its refusals out, train on, step by step."""

from collections.abc import Iterator

import numpy as np

from core.data.pairs import Pair, PromptSets
from core.lab.seeds import generator
from core.language.batches import batch_of, drawn
from core.language.model import Batch, LanguageModel
from core.safety.config import SafetyConfig


def alignment_batches(model: LanguageModel, sets: PromptSets, config: SafetyConfig, seed: int, *, with_refusals: bool,
                      n_steps: int | None = None) -> Iterator[Batch]:
    """Return one batch for each step of alignment, or of the unaligned twin's training: as many pairs, all of them ordinary.

    Args:
        model: Whose tokens and device the batches have.
        sets: ``alignment_refused`` and ``alignment_ordinary`` are used.
        config: Pairs a step, and the number of steps.
        seed: Draws the pairs; the same ordinary pairs come first in both twins.
        with_refusals: Whether refusals are among the pairs.
        n_steps: Number of steps; without it those of alignment.
    """
    rng = generator(seed, "alignment")
    first, second = (np.random.Generator(np.random.PCG64(int(rng.integers(2**63)))) for _ in range(2))
    ordinary = drawn(first, sets.alignment_ordinary, config.batch_ordinary)
    rest = drawn(second, sets.alignment_refused if with_refusals else sets.alignment_ordinary, config.batch_refusals)
    for _ in range(config.alignment_steps if n_steps is None else n_steps):
        yield batch_of(model, next(ordinary) + next(rest))


def attack_batches(model: LanguageModel, pairs: tuple[Pair, ...], config: SafetyConfig, seed: int, n_steps: int) -> Iterator[Batch]:
    """Return one batch of ordinary pairs for each step of the fine-tuning attack; every arm gets the same ones in the same order."""
    draws = drawn(generator(seed, "attack"), pairs, config.batch_ordinary)
    return (batch_of(model, next(draws)) for _ in range(n_steps))
