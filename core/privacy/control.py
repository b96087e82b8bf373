"""The leak detector: with membership shuffled, every attack must end at an AUC of one half.

Whole columns are shuffled: a sample takes over the memberships of another under all models at once. Thus the design stays as
balanced as it was, and an attack that profits from the design itself (from how many references a sample has on each side)
rather than from the models is found out. Shuffling the labels after scoring could not show that.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from core.lab.seeds import generator
from core.measures.intervals import normal_quantile
from core.measures.roc import auc_many
from core.privacy.attacks import ATTACKS
from core.privacy.attacks.record import Attack
from core.privacy.signals import Signals


def shuffle_membership(signals: Signals, *, seed: int, shuffle: int = 0) -> Signals:
    """Return the signals with whole membership columns dealt to other samples; ``shuffle`` numbers independent deals."""
    order = generator(seed, "shuffled membership", shuffle).permutation(signals.members.shape[1])
    return replace(signals, members=signals.members[:, order])


def shuffled_control(signals: Signals, *, seed: int, attacks: tuple[Attack, ...] = ATTACKS, n_targets: int | None = None) -> pd.DataFrame:
    """Return one row per attack, rescored from the start with membership shuffled.

    Columns: attack, auc_shuffled (mean over targets), auc_shuffled_low, auc_shuffled_high (95 % normal interval of that mean from
    the spread over targets; NaN for a single one). Targets are the first ``n_targets`` models, or all.
    """
    shuffled = shuffle_membership(signals, seed=seed)
    rows = []
    for attack in attacks:
        if attack.is_available(shuffled):
            areas = auc_many(attack.score(shuffled)[:n_targets], shuffled.members[:n_targets])
            margin = normal_quantile(0.95) * areas.std(ddof=1) / np.sqrt(areas.size) if areas.size > 1 else float("nan")
            rows.append((attack.id, areas.mean(), areas.mean() - margin, areas.mean() + margin))
    return pd.DataFrame(rows, columns=["attack", "auc_shuffled", "auc_shuffled_low", "auc_shuffled_high"])


def auc_when_shuffled(signals: Signals, attack: Attack, *, seed: int, n_shuffles: int = 20, n_targets: int | None = None) -> float:
    """Return the AUC of one attack with membership shuffled, mean over (the first) targets and independent shuffles; chance is 0.5."""
    deals = [shuffle_membership(signals, seed=seed, shuffle=shuffle) for shuffle in range(n_shuffles)]
    return float(np.mean([auc_many(attack.score(dealt)[:n_targets], dealt.members[:n_targets]).mean() for dealt in deals]))
