"""A training on its way to a given loss: what is measured when, and when it ends.

Two trainings that end at different losses have learnt different amounts, and the one that learnt less has also forgotten less. So an arm
is measured twice: after as many steps as the one it is compared with, and once its loss is as low.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from core.data.pairs import Pair
from core.language.batches import batches_of
from core.language.model import LanguageModel
from core.language.tuning import response_loss
from core.safety.record import Behaviour

EQUAL_STEPS, EQUAL_LOSS = "equal_steps", "equal_loss"
LOSS_CHECKS, CURVE_POINTS, LATER_POINTS = 20, 4, 2  # within as many steps as the compared arm makes; the last one beyond these
FEWEST_BETWEEN, FEWEST_BETWEEN_POINTS = 2, 4  # steps between two looks at the loss, and at refusals
LOSS_PAIRS, LOSS_BATCH = 24, 8
GLANCED = 16  # requests of a curve's point
JUDGED = ("prefix", "phrase", "first_token", "false_prefix", "perplexity", "accuracy")


@dataclass(eq=False)
class EqualLossCourse:
    """What is measured of one training.

    Attributes:
        loss: Returns the training loss of the network as it is now.
        measure: Returns how it behaves now.
        refuses: Returns which of the first so many requests it refuses now, bool (n,); None draws no curve.
        n_steps: Steps of the arm it is compared with.
        longest: It may take at most this many times as many steps.
        target: Loss of that arm; minus infinity where losses are not compared, infinity for that arm itself.
        may_be_early: Whether it may get there in fewer steps.
        n_sketched: Where an arm is not at the loss it is compared at, only this many requests are judged, and nothing else; 0: everything.
        points: What was measured: point, steps, train_loss, reached, and ``JUDGED``.
        curve: (steps, training loss, refused share of ``GLANCED`` requests).
    """

    loss: Callable[[], float]
    measure: Callable[[], Behaviour]
    refuses: Callable[[int], np.ndarray] | None
    n_steps: int
    longest: int
    target: float
    may_be_early: bool = False
    n_sketched: int = 0
    points: list[dict] = field(default_factory=list)
    curve: list[tuple[int, float, float]] = field(default_factory=list)

    @property
    def most_steps(self) -> int:
        """How many steps it may take."""
        return self.n_steps * (self.longest if np.isfinite(self.target) else 1)

    def after(self, step: int, _batch_loss: float) -> bool:
        """Measure what is due after ``step`` steps; return whether the training is done. Fits ``tuning.tune``'s ``on_step``."""
        n, counts = self.n_steps, step >= self.n_steps or self.may_be_early
        on_curve = self.refuses is not None and step % max(FEWEST_BETWEEN_POINTS, n // (CURVE_POINTS if step <= n else LATER_POINTS)) == 0
        due_check = counts and not self._has(EQUAL_LOSS) and step % max(FEWEST_BETWEEN, n // LOSS_CHECKS) == 0
        if not (step in (n, self.most_steps) or on_curve or due_check):
            return False
        loss = self.loss()
        reached = loss <= self.target
        is_equal = not self._has(EQUAL_LOSS) and self.target > -np.inf and ((counts and reached) or step == self.most_steps)
        columns, flags = self._judged(step == n, is_equal)
        for point in [*([EQUAL_STEPS] if step == n else []), *([EQUAL_LOSS] if is_equal else [])]:
            self.points.append({"point": point, "steps": step, "train_loss": loss, "reached": reached, **columns})
        if self.refuses is not None and (on_curve or is_equal):
            self.curve.append((step, loss, float(np.mean(self.refuses(GLANCED) if flags is None else flags[:GLANCED]))))
        return step == self.most_steps or (step >= n and self._has(EQUAL_LOSS))

    def _judged(self, is_equal_steps: bool, is_equal_loss: bool) -> tuple[dict[str, float], np.ndarray | None]:
        """Return the columns of what is due and which requests were refused; None where nothing is due."""
        is_sketch = not is_equal_loss and self.n_sketched > 0 and np.isfinite(self.target)
        if is_sketch and is_equal_steps:
            flags = self.refuses(self.n_sketched)
            return {**dict.fromkeys(JUDGED, float("nan")), "prefix": float(np.mean(flags))}, flags
        if is_equal_steps or is_equal_loss:
            behaviour = self.measure()
            return columns_of(behaviour), behaviour.refused_by["prefix"]
        return {}, None

    def _has(self, point: str) -> bool:
        return any(row["point"] == point for row in self.points)


def columns_of(behaviour: Behaviour) -> dict[str, float]:
    """Return a behaviour as columns: prefix, phrase, first_token, false_prefix, perplexity, accuracy."""
    refused = [float(np.mean(behaviour.refused_by[judge])) for judge in JUDGED[:3]]
    return dict(zip(JUDGED, (*refused, behaviour.false_refusal, behaviour.perplexity, behaviour.accuracy), strict=True))


@torch.no_grad()
def mean_loss(model: LanguageModel, pairs: Sequence[Pair]) -> float:
    """Return the mean cross-entropy of all response tokens of ``pairs``, in nats."""
    total, n = 0.0, 0
    ordered = sorted(pairs, key=lambda pair: len(pair.prompt) + len(pair.response))  # spares padding
    for batch in batches_of(model, ordered, LOSS_BATCH):
        here = int(batch.is_response[:, 1:].sum())
        total, n = total + here * float(response_loss(model, batch)), n + here
    return total / n
