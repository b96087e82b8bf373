"""A training on its way to a given loss: what is measured when, and when it ends.

Two trainings that end at different losses have learnt different amounts, and the one that learnt less has also forgotten less. So an arm
is measured twice: after as many steps as the one it is compared with, and once its loss is as low.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from core.data.pairs import Pair
from core.safety.batches import batches_of
from core.safety.record import Behaviour, LanguageModel
from core.safety.tuning import response_loss

EQUAL_STEPS, EQUAL_LOSS = "equal_steps", "equal_loss"
LONGEST = 4  # an arm trains at most this many times as long as the one it is compared with
LOSS_CHECKS, CURVE_POINTS = 20, 4  # within as many steps as that one makes
LOSS_PAIRS, LOSS_BATCH = 64, 16


@dataclass(eq=False)
class Course:
    """What is measured of one training.

    Attributes:
        loss: Returns the training loss of the network as it is now.
        measure: Returns how it behaves now.
        glance: Returns the share of some requests that it refuses now, for the curve; None draws no curve.
        n_steps: Steps of the arm it is compared with.
        target: Loss of that arm; minus infinity where losses are not compared, infinity for that arm itself.
        may_be_early: Whether it may get there in fewer steps.
        points: What was measured: point, steps, train_loss, reached, and the columns of ``columns_of``.
        curve: (steps, training loss, refused share).
    """

    loss: Callable[[], float]
    measure: Callable[[], Behaviour]
    glance: Callable[[], float] | None
    n_steps: int
    target: float
    may_be_early: bool = False
    points: list[dict] = field(default_factory=list)
    curve: list[tuple[int, float, float]] = field(default_factory=list)

    @property
    def most_steps(self) -> int:
        """How many steps it may take."""
        return self.n_steps * (LONGEST if np.isfinite(self.target) else 1)

    def after(self, step: int, _batch_loss: float) -> bool:
        """Measure what is due after ``step`` steps; return whether the training is done. Fits ``tuning.tune``'s ``on_step``."""
        n, counts = self.n_steps, step >= self.n_steps or self.may_be_early
        due_curve = self.glance is not None and step % max(1, n // CURVE_POINTS) == 0
        due_check = counts and not self._has(EQUAL_LOSS) and step % max(1, n // LOSS_CHECKS) == 0
        if not (step in (n, self.most_steps) or due_curve or due_check):
            return False
        loss = self.loss()
        reached = loss <= self.target
        is_equal = not self._has(EQUAL_LOSS) and self.target > -np.inf and ((counts and reached) or step == self.most_steps)
        points = [*([EQUAL_STEPS] if step == n else []), *([EQUAL_LOSS] if is_equal else [])]
        columns = columns_of(self.measure()) if points else {}
        self.points += [{"point": point, "steps": step, "train_loss": loss, "reached": reached, **columns} for point in points]
        if self.glance is not None and (due_curve or is_equal):
            self.curve.append((step, loss, float(self.glance())))
        return step == self.most_steps or (step >= n and self._has(EQUAL_LOSS))

    def _has(self, point: str) -> bool:
        return any(row["point"] == point for row in self.points)


def columns_of(behaviour: Behaviour) -> dict[str, float]:
    """Return a behaviour as columns: prefix, phrase, first_token, false_prefix, perplexity, accuracy."""
    return {
        **{judge: float(np.mean(found)) for judge, found in behaviour.refused_by.items()},
        "false_prefix": behaviour.false_refusal, "perplexity": behaviour.perplexity, "accuracy": behaviour.accuracy}


@torch.no_grad()
def mean_loss(model: LanguageModel, pairs: Sequence[Pair]) -> float:
    """Return the mean cross-entropy of all response tokens of ``pairs`` (at most 64 of them, evenly spaced), in nats."""
    chosen = np.unique(np.linspace(0, len(pairs) - 1, min(LOSS_PAIRS, len(pairs))).astype(int))
    total, n = 0.0, 0
    for batch in batches_of(model, [pairs[place] for place in chosen], LOSS_BATCH):
        here = int(batch.is_response[:, 1:].sum())
        total, n = total + here * float(response_loss(model, batch)), n + here
    return total / n
