"""The same question put to the Adult census table, whose groups are people: sex by race.

A perceptron is trained on a copy with the groups' natural shares and on one with equal shares, both of the same size, then rounded and
pruned without further training. The table is small enough to stand beside every study.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.compression.cohorts import COHORTS, Cohorts, draw
from core.compression.config import StudyConfig
from core.compression.effects import difference_in_differences
from core.compression.jobs import one_shot_model, origin
from core.compression.networks import float_models, train_base
from core.compression.observe import NetworkAtPoint, Observed, observe
from core.compression.points import FLOAT, Point, pruned, quantised
from core.data.sources import CENSUS, load
from core.lab.experiment import Context

STUDY = StudyConfig(dataset=CENSUS, model="mlp", width=4, n_train=2928, n_test=240, epochs=10, learning_rate=0.02, n_calibration=500)
SETTINGS = (Point(FLOAT, "Float", "none"), quantised(4, "both"), quantised(3, "both"), pruned(0.5), pruned(0.8))
QUOTED = SETTINGS[-1].id
N_CHAIN = 256
COLUMNS = ("copy", "setting", "group", "name", "n_train", "base_rate", "accuracy", "drop", "gradient_norm", "eigenvalue")


@dataclass(frozen=True, eq=False)
class CensusFound:
    """What the census showed: its table, the extra loss of small groups, and the same where groups are equally large."""

    table: pd.DataFrame
    did: float
    placebo: float


def census_left_out() -> CensusFound:
    """Return what stands in a result that did not ask the census."""
    return CensusFound(pd.DataFrame(columns=list(COLUMNS)), float("nan"), float("nan"))


def ask_census(seed: int, context: Context) -> CensusFound:
    """Return how the groups of the census fare when a small network is rounded or pruned.

    Raises:
        InputError: If the bundled table is damaged.
    """
    cohorts = draw(load(CENSUS), STUDY, seed)
    models = float_models(cohorts, STUDY, train_base(cohorts, STUDY, seed, context))
    tasks = []
    for copy, model in enumerate(models):
        source = origin(cohorts, STUDY, seed, copy, model)
        for setting in SETTINGS:
            def make(source=source, setting=setting):
                return one_shot_model(source, setting, STUDY, reestimated=False)

            tasks.append(NetworkAtPoint(copy, setting, make, curved=setting.id == FLOAT))
    observed = observe(tasks, cohorts, ("first", "second", "head"), seed, context, n_chain=N_CHAIN)
    table = census_table(tasks, observed, cohorts)
    found = difference_in_differences(table[table["setting"] == QUOTED], cohorts.edges)
    return CensusFound(table, found["did"], found["placebo"])


def census_table(tasks: list[NetworkAtPoint], observed: Observed, cohorts: Cohorts) -> pd.DataFrame:
    """Return one row per copy, setting and group; the base rate is the share of a group's test rows with the larger income."""
    labels, groups, parts, before = cohorts.test[1], cohorts.group_test, [], {}
    for index, task in enumerate(tasks):
        correct = observed.test_logits[index].argmax(axis=1) == labels
        accuracy = np.array([correct[groups == group].mean() for group in range(cohorts.n_groups)])
        reference = before.setdefault(task.copy, accuracy)
        parts.append(pd.DataFrame({
            "copy": COHORTS[task.copy], "setting": task.setting.id, "group": np.arange(cohorts.n_groups), "name": cohorts.names,
            "n_train": cohorts.sizes(task.copy), "base_rate": [labels[groups == group].mean() for group in range(cohorts.n_groups)],
            "accuracy": accuracy, "drop": reference - accuracy, "gradient_norm": observed.curvature["gradient_norm"][index],
            "eigenvalue": observed.curvature["eigenvalue"][index]}))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]
