"""The tables that only the study of every setting has; their columns are named in its result."""

import pandas as pd
import torch

from core.compression.cohorts import COHORTS
from core.compression.int8 import int8_check
from core.compression.networks import Kept
from core.compression.tables import Measured

N_INT8, INT8_BITS = 100, 8


def int8_table(measured: Measured) -> pd.DataFrame:
    """Return how whole-number arithmetic answers beside the simulation: every rounding to at most 8 bits, long-tailed copy."""
    images, rows = torch.from_numpy(measured.cohorts.test[0][:: max(1, len(measured.cohorts.test_rows) // N_INT8)]), []
    for task, record in zip(measured.tasks, measured.records, strict=True):
        bits = task.setting.weight_bits
        if task.copy == 0 and task.setting.family == "quantise" and bits <= INT8_BITS and task.setting.activation_bits <= INT8_BITS:
            check = int8_check(record, images)
            rows.append((task.setting.id, check.is_available, check.reason, check.n_layers, check.same_predictions,
                         check.largest_difference))
    return pd.DataFrame(rows, columns=["setting", "is_available", "reason", "n_layers", "same_predictions", "largest_difference"])


def curves_table(networks: list[Kept]) -> pd.DataFrame:
    """Return one row per copy and epoch of the float networks' training."""
    columns = ["copy", "epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy"]
    return pd.concat([pd.DataFrame(network.curves).assign(copy=name)[columns]
                      for name, network in zip(COHORTS, networks, strict=True)], ignore_index=True)


def confusion_table(measured: Measured) -> pd.DataFrame:
    """Return how often each group's classes were taken for which, long-tailed copy: the table ``confusions``."""
    cohorts, parts = measured.cohorts, []
    for index, task in enumerate(measured.tasks):
        if task.copy != 0:
            continue
        counted = pd.DataFrame({"group": cohorts.group_test, "y": cohorts.test[1],
                                "y_pred": measured.observed.test_logits[index].argmax(axis=1)}).value_counts(sort=False)
        parts.append(counted.rename("n").reset_index().assign(setting=task.setting.id))
    whole = pd.concat(parts, ignore_index=True)
    return whole[["setting", "group", "y", "y_pred", "n"]].astype(dict.fromkeys(("group", "y", "y_pred", "n"), "int32"))
