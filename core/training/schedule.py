"""The learning rate as a function of the step. Imports no torch."""

import math
from typing import Literal

STEP_MILESTONES = (0.5, 0.75)
STEP_FACTOR = 0.1


def learning_rate_at(step: int, total_steps: int, *, base: float, schedule: Literal["cosine", "step", "constant"]) -> float:
    """Return the learning rate of step ``step`` (from 0) out of ``total_steps``.

    ``cosine`` is base * (1 + cos(pi * step / total)) / 2; ``step`` is base divided by ten from half of the steps on and again
    from three quarters on; ``constant`` is base.

    Example:
        >>> [round(learning_rate_at(step, 4, base=1.0, schedule="cosine"), 3) for step in range(4)]
        [1.0, 0.854, 0.5, 0.146]
    """
    if schedule == "constant":
        return base
    done = step / total_steps
    if schedule == "step":
        return base * STEP_FACTOR ** sum(done >= milestone for milestone in STEP_MILESTONES)
    return base * 0.5 * (1.0 + math.cos(math.pi * done))


def warmup_factor(step: int, total_steps: int, share: float) -> float:
    """Return the factor in (0, 1] by which the first ``share`` of all steps lowers the learning rate: linear from 1 / steps to 1.

    Example:
        >>> [warmup_factor(step, 20, 0.2) for step in (0, 1, 3, 4)]
        [0.25, 0.5, 1.0, 1.0]
    """
    steps = round(share * total_steps)
    return 1.0 if step >= steps else (step + 1) / steps
