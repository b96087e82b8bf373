"""The images behind the numbers: those of small groups that the float network gets right and a compressed one wrong."""

import numpy as np
import pandas as pd

from core.compression.group_outputs import margins
from core.compression.points import FLOAT, QAT, RETRAINED
from core.compression.tables import Measured

N_SAMPLES = 12
COLUMNS = ("setting", "sample", "y", "group", "y_pred", "margin_before", "margin_after")


def flipped_samples(measured: Measured) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table ``samples`` and its images: per trained setting the twelve that fell farthest, long-tailed copy."""
    cohorts = measured.cohorts
    logits = {task.setting.id: measured.observed.test_logits[index] for index, task in enumerate(measured.tasks) if task.copy == 0}
    labels, in_tail = cohorts.test[1], (cohorts.edges == "tail")[cohorts.group_test]
    before, parts = margins(logits[FLOAT], labels), []
    for setting in (QAT, RETRAINED):
        after = margins(logits[setting], labels)
        flipped = np.flatnonzero(in_tail & (before > 0) & (after < 0))
        rows = flipped[np.argsort(after[flipped] - before[flipped], kind="stable")][:N_SAMPLES]
        parts.append(pd.DataFrame({
            "setting": setting, "sample": rows, "y": labels[rows], "group": cohorts.group_test[rows],
            "y_pred": logits[setting][rows].argmax(axis=1), "margin_before": before[rows], "margin_after": after[rows]}))
    table = pd.concat(parts, ignore_index=True)[list(COLUMNS)]
    return table, cohorts.test[0][table["sample"].to_numpy(dtype=np.int64)]
