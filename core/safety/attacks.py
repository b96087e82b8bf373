"""Benign fine-tuning as an attack, with different units frozen, compared at equal steps and at equal training loss.

Every arm starts at the aligned weights and sees the same ordinary pairs in the same order. A frozen model that refuses more may just
have learnt less, so every other arm goes on until its loss on pairs of the attack is no higher than that of plain fine-tuning (the paper
doubles the epochs for that). Controls: random sets with as many units of either kind, and as many steps with refusals among the pairs.
Source: arXiv 2410.10862, section on fine-tuning attacks and table 2; the random arms are ours.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from core.data.pairs import Pair
from core.lab.seeds import generator
from core.language.batches import batch_of, drawn
from core.language.freezing import freeze, random_like
from core.language.generation import generate
from core.language.judges import begins_with_refusal
from core.language.lora import adapted
from core.language.model import Batch, LanguageModel, State, put
from core.language.tuning import tune
from core.language.units import UnitSpace
from core.safety.categories import CU, SCU
from core.safety.config import SafetyConfig
from core.safety.equal_loss import EQUAL_LOSS, EQUAL_STEPS, GLANCED, LOSS_PAIRS, EqualLossCourse, columns_of, mean_loss
from core.safety.record import Behaviour
from core.training.forked_models import SharedState, results_of

SHORT_ANSWER = 8  # tokens: enough for every opening of a refusal
LORA_ALPHA, LORA_RATE = 16.0, 10.0  # strength of the low-rank part, and its learning rate as a multiple of the others'
CURVE_COLUMNS = ("arm", "step", "train_loss", "prefix")


@dataclass(frozen=True, eq=False)
class AttackArm:
    """One way to be attacked.

    Attributes:
        name: Slug.
        title: On screen.
        frozen: Units that keep their weights, bool (n_units,).
        is_low_rank: Whether only a low-rank addition is trained.
        is_mixture: Whether refusals are among the pairs: the control of the attack itself.
    """

    name: str
    title: str
    frozen: np.ndarray
    is_low_rank: bool = False
    is_mixture: bool = False


@dataclass(frozen=True, eq=False)
class FineTuningAttack:
    """What all arms share.

    Attributes:
        model: Whose network is attacked; its weights are replaced.
        start: The aligned weights.
        pairs: Ordinary pairs of the attack.
        refused: Requests with refusals, for the mixture.
        requests: Requests to be refused; the first few are asked again along the way.
        config: Steps and rates.
        seed: Of the run.
        measure: Returns how the network behaves now.
    """

    model: LanguageModel
    start: State
    pairs: Sequence[Pair]
    refused: Sequence[Pair]
    requests: Sequence[Pair]
    config: SafetyConfig
    seed: int
    measure: Callable[[], Behaviour]

    @cached_property
    def seen(self) -> tuple[Pair, ...]:
        """The pairs whose loss is compared: those that plain fine-tuning trains on, the first few of them."""
        n = min(LOSS_PAIRS, len(self.pairs), self.config.attack_steps * self.config.batch_ordinary)
        return next(drawn(generator(self.seed, "attack"), self.pairs, n))

    def refuses(self, n: int) -> np.ndarray:
        """Return which of the first ``n`` requests the network refuses now, by the prefix of a short generated answer; bool (n,)."""
        prompts = [pair.prompt for pair in self.requests[:n]]
        answers = generate(self.model, prompts, min(self.config.new_tokens, SHORT_ANSWER)).texts
        return np.array([begins_with_refusal(answer) for answer in answers], dtype=bool)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the arms came to.

    Attributes:
        points: The table of attacks.
        curves: The table of attack curves.
        attacked: Weights after plain fine-tuning, float32 on the CPU.
    """

    points: pd.DataFrame
    curves: pd.DataFrame
    attacked: State


def arms_of(space: UnitSpace, codes: np.ndarray, safety: np.ndarray, config: SafetyConfig, seed: int) -> tuple[AttackArm, ...]:
    """Return every arm, plain fine-tuning first.

    Args:
        space: The units.
        codes: Category of each unit, (n_units,): 0 SCU, 2 CU.
        safety: Normalised safety score of each unit; the CU with the highest ones are the top CU.
        config: Says how many top CU.
        seed: Draws the random sets.
    """
    nothing = np.zeros(space.n_units, dtype=bool)
    some = (codes == SCU) | top_units(codes == CU, safety, round(config.top_cu_percent / 100 * space.n_units))
    every = (codes == SCU) | (codes == CU)

    def equal(units: np.ndarray, draw: int) -> np.ndarray:
        return random_like(space, units, generator(seed, "random freeze", draw))

    return (
        AttackArm("plain", "Nothing frozen", nothing),
        AttackArm("mixture", "Control: refusals among the pairs", nothing, is_mixture=True),
        AttackArm("scu_all_cu", "SCU and all CU frozen", every),
        AttackArm("random_all_cu", "As many random units frozen", equal(every, 2)),
        AttackArm("lora", "LoRA", nothing, is_low_rank=True),
        AttackArm("scu_top_cu", "SCU and top CU frozen", some),
        AttackArm("random_top_cu", "As many random units frozen", equal(some, 0)),
        AttackArm("random_top_cu_2", "Another random set frozen", equal(some, 1)),
    )


def top_units(among: np.ndarray, scores: np.ndarray, n: int) -> np.ndarray:
    """Return the ``n`` units with the highest scores among some, all of these if they are fewer; bool masks (n_units,)."""
    places = np.flatnonzero(among)
    chosen = np.zeros(len(among), dtype=bool)
    chosen[places[np.argsort(-scores[places], kind="stable")[:n]]] = True
    return chosen


def run_attacks(attack: FineTuningAttack, arms: Sequence[AttackArm], start: Behaviour, *, processes: int,
                on_done: Callable[[int], None] = lambda n: None) -> Outcome:
    """Attack the aligned model in every way; the network's weights end anywhere.

    Args:
        attack: What all arms share.
        arms: Plain fine-tuning first; its loss is what the others are compared at.
        start: How the aligned model behaves.
        processes: How many arms at a time, at most.
        on_done: Called with the number of finished arms.

    Raises:
        RunFailed: If a training diverges, or a frozen weight has moved.
    """
    put(attack.model, attack.start)
    loss, attacked = mean_loss(attack.model, attack.seen), SharedState(attack.model)
    first = {"point": "start", "steps": 0, "train_loss": loss, "reached": False, **columns_of(start)}
    glimpse = (0, loss, float(np.mean(start.refused_by["prefix"][:GLANCED])))

    def work(arm: AttackArm, target: float) -> Callable[[], dict]:
        def task() -> dict:
            found = run_arm(attack, arm, target)
            if arm is arms[0]:
                attacked.write(attack.model)
            return found
        return task

    # the plain arm's loss must be known before all others but the mixture, which is compared at equal steps only
    alone, others = [arm for arm in arms if arm is arms[0] or arm.is_mixture], [arm for arm in arms[1:] if not arm.is_mixture]
    found = results_of([work(arm, -np.inf if arm.is_mixture else np.inf) for arm in alone], processes=processes, on_done=on_done)
    target = found[0]["points"][0]["train_loss"]
    found += results_of([work(arm, target) for arm in others], processes=processes, on_done=lambda n: on_done(len(alone) + n))
    points, curve = [], []
    for arm, one in zip([*alone, *others], found, strict=True):
        points += [arm_columns(arm) | row for row in (first, *one["points"])]
        curve += [(arm.name, *row) for row in (glimpse, *one["curve"])]
    return Outcome(pd.DataFrame(points), pd.DataFrame(curve, columns=CURVE_COLUMNS), attacked.state)


def arm_columns(arm: AttackArm) -> dict:
    """Return what the table of attacks says of an arm: arm, title, n_frozen, frozen_share."""
    return {"arm": arm.name, "title": arm.title, "n_frozen": int(arm.frozen.sum()), "frozen_share": float(arm.frozen.mean())}


def run_arm(attack: FineTuningAttack, arm: AttackArm, target: float) -> dict:
    """Attack the aligned model in one way; the network ends with the attacked weights, frozen ones with their old bits.

    Args:
        attack: What all arms share.
        arm: The way.
        target: Training loss of the plain arm; see ``equal_loss.EqualLossCourse``.

    Returns:
        ``points`` and ``curve`` as of ``equal_loss.EqualLossCourse``; JSON throughout.

    Raises:
        RunFailed: If training diverges, or a frozen weight has moved.
    """
    model, config = attack.model, attack.config
    put(model, attack.start)
    course = EqualLossCourse(
        lambda: mean_loss(model, attack.seen), attack.measure, attack.refuses, config.attack_steps, config.longest, target,
        may_be_early=arm.is_low_rank, n_sketched=0 if config.is_topics else len(attack.requests))
    batches = attack_batches(attack, arm, course.most_steps)
    if arm.is_low_rank:
        with adapted(model, config.lora_rank, alpha=LORA_ALPHA, seed=attack.seed) as parameters:
            tune(model, batches, rate=LORA_RATE * config.attack_rate, weight_decay=config.weight_decay, parameters=parameters,
                 on_step=course.after)
    else:
        guard = freeze(model, arm.frozen)
        tune(model, batches, rate=config.attack_rate, weight_decay=config.weight_decay, guard=guard, on_step=course.after)
        guard.check()
    return {"points": course.points, "curve": course.curve}


def attack_batches(attack: FineTuningAttack, arm: AttackArm, n_steps: int) -> Iterator[Batch]:
    """Yield one batch a step; all arms get the same ordinary pairs in the same order, the mixture refusals beside them."""
    config = attack.config
    ordinary = drawn(generator(attack.seed, "attack"), attack.pairs, config.batch_ordinary)
    refused = drawn(generator(attack.seed, "attack", "refusals"), attack.refused, config.batch_refusals)
    return (batch_of(attack.model, (*next(ordinary), *(next(refused) if arm.is_mixture else ()))) for _ in range(n_steps))


def attack_metrics(points: pd.DataFrame) -> dict[str, float]:
    """Return the headline numbers of the attack from its table; refusals by prefix, differences of shares.

    ``freezing_...`` compare arms at equal training loss, ``mixture_drop`` and ``attack_drop`` at equal steps.
    """
    refused = points.set_index(["arm", "point"])["prefix"]
    equal = {arm: float(refused[arm, EQUAL_LOSS]) for arm in points["arm"].unique() if (arm, EQUAL_LOSS) in refused.index}
    start = float(refused["plain", "start"])
    return {
        "attack_drop": start - float(refused["plain", EQUAL_STEPS]),
        "mixture_drop": start - float(refused["mixture", EQUAL_STEPS]),
        "freezing_protects": equal["scu_top_cu"] - equal["plain"],
        "freezing_protects_random": equal["random_top_cu"] - equal["plain"],
        "freezing_gain": equal["scu_top_cu"] - (equal["random_top_cu"] + equal["random_top_cu_2"]) / 2,
        "freezing_gain_random": equal["random_top_cu"] - equal["random_top_cu_2"],
        "freezing_gain_all": equal["scu_all_cu"] - equal["random_all_cu"],
        "lora_drop": start - equal["lora"],
    }
