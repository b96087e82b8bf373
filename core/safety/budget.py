"""Alignment that may update redundant units only: how well the base model learns to refuse, and what it costs elsewhere.

Redundant units are those with the lowest sum of normalised scores on the base model, before it is aligned. Controls: as many random units
of either kind, and full alignment (everything but the embeddings), which is how the aligned twin came about. Every arm sees the same
pairs in the same order and is compared after as many steps and at a training loss as low as that of full alignment. Source: arXiv
2410.10862, section on the alignment budget and table 4, which measures general alignment; here it is refusal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.pairs import PromptSets
from core.lab.seeds import generator
from core.language.freezing import random_like, train_only
from core.language.model import LanguageModel, State, put
from core.language.tuning import trainable, tune
from core.language.units import UnitSpace
from core.safety.alignment import alignment_batches
from core.safety.attacks import top_units
from core.safety.config import SafetyConfig
from core.safety.equal_loss import EQUAL_LOSS, EQUAL_STEPS, LOSS_PAIRS, EqualLossCourse, columns_of, mean_loss
from core.safety.record import Behaviour
from core.training.forked_models import results_of


@dataclass(frozen=True, eq=False)
class BudgetArm:
    """One set of units that alignment may update.

    Attributes:
        arm: ``ru`` or ``random``.
        title: On screen.
        share: Of all units, in [0, 1].
        trained: The units, bool (n_units,).
    """

    arm: str
    title: str
    share: float
    trained: np.ndarray


@dataclass(frozen=True, eq=False)
class Alignment:
    """What all arms share.

    Attributes:
        model: Whose network is aligned; its weights are replaced.
        start: Weights of the base model.
        aligned: Weights after full alignment.
        sets: The prompts; the parts for alignment are trained on.
        config: Steps and rates.
        seed: Of the run.
        measure: Returns how the network behaves now.
    """

    model: LanguageModel
    start: State
    aligned: State
    sets: PromptSets
    config: SafetyConfig
    seed: int
    measure: Callable[[], Behaviour]


def budget_arms(space: UnitSpace, redundancy: np.ndarray, shares: Sequence[float], seed: int) -> tuple[BudgetArm, ...]:
    """Return the arms that update redundant units and as many random ones, at each share.

    Args:
        space: The units.
        redundancy: Larger for more redundant units: minus the sum of the base model's normalised scores, (n_units,).
        shares: Of all units, in (0, 1].
        seed: Draws the random units.
    """
    arms = []
    for draw, share in enumerate(shares):
        redundant = top_units(np.ones(space.n_units, dtype=bool), redundancy, max(1, round(share * space.n_units)))
        drawn = random_like(space, redundant, generator(seed, "random budget", draw))
        arms += [BudgetArm("ru", "Redundant units only", share, redundant), BudgetArm("random", "As many random units", share, drawn)]
    return tuple(arms)


def run_budget(alignment: Alignment, arms: Sequence[BudgetArm], before: Behaviour, after: Behaviour, *, processes: int,
               on_done: Callable[[int], None] = lambda n: None) -> pd.DataFrame:
    """Align the base model in every way and return the table of budgets; the network's weights end anywhere.

    Args:
        alignment: What all arms share.
        arms: Which units may move.
        before: How the base model behaves.
        after: How the fully aligned model behaves; the others are compared at its loss.
        processes: How many arms at a time, at most.
        on_done: Called with the number of finished arms.

    Raises:
        RunFailed: If a training diverges, or a weight outside a budget has moved.
    """
    model, n_units = alignment.model, alignment.model.space.n_units
    total = sum(parameter.numel() for parameter in model.network.parameters())
    losses = []
    for state in (alignment.start, alignment.aligned):
        put(model, state)
        losses.append(_loss(alignment))
    found = results_of([(lambda arm=arm: run_budget_arm(alignment, arm, losses[1])) for arm in arms], processes=processes,
                       on_done=on_done)
    share = sum(parameter.numel() for parameter in trainable(model)) / total
    full = {"arm": "full", "title": "Full alignment", "share": 1.0, "n_units": n_units, "parameter_share": share,
            "steps": alignment.config.alignment_steps, "train_loss": losses[1], "reached": True, **columns_of(after)}
    rows = [{"arm": "start", "title": "Before alignment", "share": 0.0, "n_units": 0, "parameter_share": 0.0, "point": "start",
             "steps": 0, "train_loss": losses[0], "reached": False, **columns_of(before)},
            full | {"point": EQUAL_STEPS}, full | {"point": EQUAL_LOSS}]
    for arm, points in zip(arms, found, strict=True):
        about = {"arm": arm.arm, "title": arm.title, "share": arm.share, "n_units": int(arm.trained.sum()),
                 "parameter_share": float(model.space.n_parameters[arm.trained].sum() / total)}
        rows += [about | point for point in points]
    return pd.DataFrame(rows)


def run_budget_arm(alignment: Alignment, arm: BudgetArm, target: float) -> list[dict]:
    """Align the base model by updating the units of one arm; the network ends with the result.

    Args:
        alignment: What all arms share.
        arm: Which units may move.
        target: Training loss of full alignment; see ``equal_loss.EqualLossCourse``.

    Returns:
        The points of ``equal_loss.EqualLossCourse``; JSON throughout.

    Raises:
        RunFailed: If training diverges, or a weight outside the budget has moved.
    """
    model, config = alignment.model, alignment.config
    put(model, alignment.start)
    course = EqualLossCourse(lambda: _loss(alignment), alignment.measure, None, config.alignment_steps, config.longest, target)
    guard, parameters = train_only(model, arm.trained)
    batches = alignment_batches(model, alignment.sets, config, alignment.seed, with_refusals=True, n_steps=course.most_steps)
    tune(model, batches, rate=config.alignment_rate, weight_decay=config.weight_decay, guard=guard, parameters=parameters,
         on_step=course.after)
    guard.check()
    return course.points


def _loss(alignment: Alignment) -> float:
    """Return the training loss: the mean of that on the first few refusals and that on as many ordinary pairs."""
    parts = (alignment.sets.alignment_refused, alignment.sets.alignment_ordinary)
    return sum(mean_loss(alignment.model, part[:LOSS_PAIRS // 2]) for part in parts) / 2


def budget_metrics(table: pd.DataFrame) -> dict[str, float]:
    """Return the headline numbers from the table of budgets, at the middle budget (the larger of two) and at equal training loss.

    Saved is the logarithm of the perplexity after full alignment over that after aligning some units: above 0 costs less utility.
    """
    rows = table[table["point"] == EQUAL_LOSS]
    shares = np.unique(rows.loc[rows["arm"] == "ru", "share"])
    middle = shares[len(shares) // 2]
    by_arm = rows[(rows["share"] == middle) | (rows["arm"] == "full")].set_index("arm")
    perplexity = by_arm["perplexity"].to_dict()
    return {
        "budget_refusal": float(by_arm.loc["ru", "prefix"]),
        "budget_saving": float(np.log(perplexity["full"] / perplexity["ru"])),
        "budget_saving_random": float(np.log(perplexity["full"] / perplexity["random"])),
    }
