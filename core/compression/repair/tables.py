"""From repaired networks and their answers to the tables and numbers of the result. Imports no torch by itself."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.compression.bit_allocation import Allocation
from core.compression.cohorts import Cohorts
from core.compression.jobs import mean_weight_bits
from core.compression.repair.arms import Repaired
from core.compression.sensitivity import Sensitivity
from core.compression.size import size_bytes
from core.lab.seeds import generator
from core.measures.bootstrap import gap_interval
from core.measures.intervals import clopper_pearson

N_BOOTSTRAP = 300


def group_table(repaired: Sequence[Repaired], logits: np.ndarray, cohorts: Cohorts) -> pd.DataFrame:
    """Return one row per arm and group: the table ``groups``.

    Args:
        repaired: K arms.
        logits: Their logits on the test images, (K, T, C).
        cohorts: Images and groups.
    """
    counts, parts = np.bincount(cohorts.group_test, minlength=cohorts.n_groups), []
    for one, answers in zip(repaired, logits, strict=True):
        right = np.bincount(cohorts.group_test, answers.argmax(1) == cohorts.test[1], cohorts.n_groups)
        low, high = clopper_pearson(right, counts)
        parts.append(pd.DataFrame({
            "setting": one.setting.id, "group": np.arange(cohorts.n_groups), "name": cohorts.names, "rank": cohorts.rank,
            "edge": cohorts.edges.astype(str), "n_train": cohorts.sizes(0), "n_test": counts, "accuracy": right / counts,
            "accuracy_low": low, "accuracy_high": high}))
    return pd.concat(parts, ignore_index=True)


def arm_table(repaired: Sequence[Repaired], logits: np.ndarray, groups: pd.DataFrame, cohorts: Cohorts, seed: int) -> pd.DataFrame:
    """Return one row per arm: the table ``arms``; ``groups`` is what ``group_table`` returned."""
    of, rows = dict(tuple(groups.groupby("setting"))), []
    bits = mean_weight_bits([one.model for one in repaired])
    for one, answers, mean_bits in zip(repaired, logits, bits, strict=True):
        setting, arm = one.setting, one.setting.arm
        part = of[setting.id]
        accuracy, edge = part["accuracy"], part["edge"]
        right = (answers.argmax(1) == cohorts.test[1]).astype(np.float64)
        low, high = gap_interval(right, cohorts.group_test, cohorts.n_groups, generator(seed, "bootstrap", "repairs", setting.id),
                                 n_draws=N_BOOTSTRAP)
        rows.append({
            "setting": setting.id, "title": setting.title, "family": setting.family,
            "arm": "" if arm is None else arm.id, "arm_title": "" if arm is None else arm.title,
            "is_mixed": arm is not None and arm.mixed, "is_balanced": arm is not None and arm.balanced,
            "is_weighted": arm is not None and arm.weighted, "constraint": "none" if arm is None else arm.constraint,
            "size_bytes": size_bytes(one.model), "weight_bits": mean_bits, "sparsity": setting.sparsity,
            "accuracy": accuracy.mean(), "worst": accuracy.min(), "gap": accuracy.max() - accuracy.min(), "gap_low": low,
            "gap_high": min(high, 1.0), "head": accuracy[edge == "head"].mean(), "tail": accuracy[edge == "tail"].mean()})
    return pd.DataFrame(rows)


def allocation_table(found: Sensitivity, uniform: int, average: Allocation, worst: Allocation, taken: Allocation) -> pd.DataFrame:
    """Return one row per layer: the table ``allocation``."""
    return pd.DataFrame({"layer": found.layers, "n_weights": found.counts, "uniform": uniform, "average": average.bits,
                         "worst": worst.bits, "taken": taken.bits})


def sensitivity_table(found: Sensitivity) -> pd.DataFrame:
    """Return one row per layer, width and group: the table ``sensitivity``."""
    n_layers, n_widths, n_groups = found.excess.shape
    layer, width, group = (part.reshape(-1) for part in np.indices(found.excess.shape))
    return pd.DataFrame({"layer": np.array(found.layers)[layer], "bits": np.array(found.bits)[width], "group": group,
                         "excess_loss": found.excess.reshape(n_layers * n_widths * n_groups)})


def curve_table(repaired: Sequence[Repaired]) -> pd.DataFrame:
    """Return one row per trained arm and epoch: the table ``curves``."""
    columns = ["setting", "epoch", "train_loss", "train_accuracy"]
    return pd.concat([pd.DataFrame(dict(one.curves)).assign(setting=one.setting.id)[columns] for one in repaired if len(one.curves)],
                     ignore_index=True)
