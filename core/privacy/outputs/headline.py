"""The headline numbers of one part of the outputs, and how far the attack's own odds can be believed."""

import numpy as np
import pandas as pd

from core.measures.calibration import overconfidence, reliability, softmax, top
from core.measures.operating_point import is_unresolvable, tpr_at_fpr_many
from core.measures.roc import auc
from core.privacy.given_outputs import Attacked, shuffled_area
from core.privacy.signals import loss_per_sample
from core.subjects.outputs import GivenOutputs

NAN = float("nan")
FEWEST_OF_GROUP = 10  # members, and others, without which a group's numbers are left out
STEPS, RIDGE = 30, 1e-3


def numbers(found: Attacked, audited: GivenOutputs, rows: np.ndarray) -> dict[str, float]:
    """Return every headline number of some rows, by name."""
    members, logits, y = found.members[rows], audited.logits[rows], audited.y[rows]
    sides = {name: top(softmax(logits[chosen]), y[chosen]) for name, chosen in (("members", members), ("others", ~members))}
    losses = loss_per_sample(logits[:, None], y)[:, 0]
    score = found.scores[found.headline][rows]
    n_others = int((~members).sum())
    rates = [NAN if is_unresolvable(rate, n_others) else float(tpr_at_fpr_many(score[None], members[None], fpr=rate)[0, 0])
             for rate in (0.01, 0.001)]
    groups = [] if audited.group is None else [audited.group[rows] == index for index in range(len(audited.group_names))]
    areas = [auc(score[mine], members[mine]) for mine in groups if is_told(mine, members)]
    return {
        "auc": auc(score, members), "auc_loss": auc(found.scores["loss"][rows], members),
        "auc_gap": auc(found.scores["gap"][rows], members), "auc_shuffled": shuffled_area(found, rows),
        "auc_count": NAN if found.counts is None else auc(-found.counts[rows].astype(float), members),
        "tpr_at_1_percent": rates[0], "tpr_at_01_percent": rates[1],
        "accuracy_members": float(sides["members"][1].mean()), "accuracy_others": float(sides["others"][1].mean()),
        "loss_gap": float(losses[~members].mean() - losses[members].mean()),
        "over_members": overconfidence(*sides["members"]), "over_others": overconfidence(*sides["others"]),
        "auc_worst": max(areas, default=NAN), "auc_best": min(areas, default=NAN)}


def is_told(mine: np.ndarray, members: np.ndarray) -> bool:
    """Return whether some rows hold members and others enough for an AUC of their own."""
    return min(int((mine & members).sum()), int((mine & ~members).sum())) >= FEWEST_OF_GROUP


def certainty(scores: np.ndarray, members: np.ndarray, rng: np.random.Generator) -> tuple[pd.DataFrame, float]:
    """Return how often rows are members at each odds that the attack gives them, and the calibration error of those odds.

    A line through the score's rank is fitted to membership on a random half of the rows, and judged on the rest: an attacker with some
    known members could do the same. The table has bin, count, said, found.
    """
    ranks = scores.argsort(kind="stable").argsort() / max(len(scores) - 1, 1)
    x = np.stack([np.ones_like(ranks), 4 * ranks - 2, (4 * ranks - 2) ** 2], axis=1)
    order = rng.permutation(len(scores))
    fit, rest = order[:len(order) // 2], order[len(order) // 2:]
    p = 1 / (1 + np.exp(-x[rest] @ _fitted(x[fit], members[fit])))
    bins = reliability(p, members[rest])
    there = np.flatnonzero(bins.counts)
    error = float(np.sum(bins.counts[there] * np.abs(bins.accuracy[there] - bins.confidence[there])) / bins.counts.sum())
    return pd.DataFrame({"bin": there, "count": bins.counts[there], "said": bins.confidence[there], "found": bins.accuracy[there]}), error


def _fitted(x: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return the weights of a logistic regression by Newton's method, with a slight pull to zero that keeps it finite."""
    weights = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (members - p) - RIDGE * weights
        bend = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(x.shape[1])
        weights = weights + np.linalg.solve(bend, slope)
    return weights
