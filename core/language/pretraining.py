"""A small language model taught from scratch: every pair it is to know, the rate rising and then falling."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from core.data.pairs import Pair
from core.language.batches import batch_of, drawn
from core.language.model import LanguageModel
from core.language.tuning import tune

BATCH, RATE = 32, 2e-3
LOG_EVERY = 5


def pretrain(model: LanguageModel, knowledge: Sequence[Pair], rng: np.random.Generator, *, steps: int, weight_decay: float,
             report: Callable[[str, int, float], None]) -> list[float]:
    """Teach the model every pair, in place; return the loss of every step.

    Args:
        model: Whose network is trained, embeddings too.
        knowledge: What it is to know.
        rng: Draws the order.
        steps: How many.
        weight_decay: AdamW's.
        report: Called every few steps with stage, step and loss.

    Raises:
        RunFailed: If the training diverges.
    """
    draws = drawn(rng, knowledge, BATCH)
    batches = (batch_of(model, next(draws)) for _ in range(steps))
    return tune(model, batches, rate=RATE, weight_decay=weight_decay, parameters=list(model.network.parameters()),
                schedule=lambda step: warm_cosine(step, steps),
                on_step=lambda step, loss: report("pretraining", step, loss) if step % LOG_EVERY == 0 else None)


def warm_cosine(step: int, n_steps: int) -> float:
    """Return the multiple of the rate: up over the first twentieth, then down along a cosine."""
    warm = max(1, n_steps // 20)
    return (step + 1) / warm if step < warm else 0.5 * (1.0 + math.cos(math.pi * (step - warm) / max(1, n_steps - warm)))


def curve(stage: str, losses: Sequence[float]) -> list[tuple[str, int, float]]:
    """Return rows (stage, step, loss) of every fifth step and the last, each the mean since the row before."""
    ends = sorted({*range(LOG_EVERY, len(losses), LOG_EVERY), len(losses)})
    return [(stage, end, sum(losses[start:end]) / (end - start)) for start, end in zip([0, *ends], ends, strict=False)]
