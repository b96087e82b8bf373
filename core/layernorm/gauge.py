"""One function, stripped at any cost: fold a Pre-LN model's scales and biases away, or make them as large as one likes, then strip."""

import pandas as pd

from core.lab.experiment import Context
from core.layernorm.demonstrations import damage_table, gauge_table
from core.layernorm.experiment import prepare
from core.layernorm.gauge_spec import GaugeConfig, GaugeResult
from core.layernorm.subject import Subject
from core.layernorm.variants import stripped_norms


def run(config: GaugeConfig, seed: int, context: Context) -> GaugeResult:
    """Return one seed.

    Raises:
        InputError: If data and model do not go together.
        RunFailed: If pretraining diverges.
    """
    room = config.room()
    context.begin(0)
    subjects = {subject.placement: subject for subject in prepare(room, seed, context)}
    context.begin(1)
    task = subjects["pre"].task
    n = len(task.y_true[task.test])
    damage = pd.concat([damage_table(subject, stripped_norms(subject, room), seed, n) for subject in subjects.values()], ignore_index=True)
    context.begin(2)
    return result(damage, gauge_of(subjects["pre"], config, seed, n, context))


def gauge_of(subject: Subject, config: GaugeConfig, seed: int, n: int, context: Context) -> pd.DataFrame:
    """Return the table ``gauge``, one strength after the other."""
    parts = []
    for place, strength in enumerate(config.strengths()):
        context.report(place / config.points, f"Re-scaling by {strength:g}")
        parts.append(gauge_table(subject, seed, n, (strength,)))
    return pd.concat(parts, ignore_index=True)


def result(damage: pd.DataFrame, gauge: pd.DataFrame) -> GaugeResult:
    """Return the headline numbers of both tables, and the tables."""
    accuracy = damage.set_index(["placement", "intervention"])["accuracy"]
    lost = gauge["accuracy_before"] - gauge["accuracy_after"]
    return GaugeResult(
        cost=float(lost.iloc[-1]), cost_none=float(accuracy["pre", "intact"] - accuracy["pre", "folded"]),
        cost_learnt=float(accuracy["pre", "intact"] - accuracy["pre", "all"]),
        cost_post=float(accuracy["post", "intact"] - accuracy["post", "all"]),
        cost_post_folded=float(accuracy["post", "intact"] - accuracy["post", "folded"]), accuracy=float(accuracy["pre", "intact"]),
        logit_difference=float(gauge["logit_difference"].max()), gauge=gauge, damage=damage)
