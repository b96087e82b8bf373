"""One function, stripped at any cost: fold a Pre-LN model's scales and biases away, or make them as large as one likes, then strip."""

import pandas as pd

from core.lab.experiment import Context
from core.layernorm.demonstrations import damage_table, gauge_table
from core.layernorm.gauge.config import GaugeConfig
from core.layernorm.gauge.result import GaugeResult
from core.layernorm.subjects import prepare
from core.layernorm.variations import stripped_norms


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
    processes = context.threads if context.device == "cpu" else 1
    damage = pd.concat([damage_table(subject, stripped_norms(subject, room), seed, n, processes=processes)
                        for subject in subjects.values()], ignore_index=True)
    context.begin(2)
    return result(damage, gauge_table(subjects["pre"], seed, n, config.strengths(), processes=processes))


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
