"""ROC curves of membership scores, with ties never split.

``scores`` are float arrays in which larger means more likely a member; ``members`` are boolean arrays of the same shape. A
threshold t calls a sample a member where ``score >= t``, so equal scores are accepted together or not at all. Functions that
end in ``_many`` take (K, N) arrays and treat every row on its own.
"""

from dataclasses import dataclass

import numpy as np

from core.measures.intervals import normal_quantile


@dataclass(frozen=True, eq=False)
class RocCurve:
    """One point per distinct score, from "nobody is a member" (threshold +inf) to "everybody is".

    Attributes:
        thresholds: Descending thresholds, (T,).
        false_positives: Non-members at or above each threshold, (T,), integers.
        true_positives: Members at or above each threshold, (T,), integers.
        n_members: Number of members.
        n_non_members: Number of non-members.
    """

    thresholds: np.ndarray
    false_positives: np.ndarray
    true_positives: np.ndarray
    n_members: int
    n_non_members: int

    @property
    def fpr(self) -> np.ndarray:
        """Return the share of non-members called members at each threshold."""
        return self.false_positives / self.n_non_members

    @property
    def tpr(self) -> np.ndarray:
        """Return the share of members called members at each threshold."""
        return self.true_positives / self.n_members


@dataclass(frozen=True)
class ThresholdAccuracy:
    """A threshold and the balanced accuracy and advantage it reaches; ``advantage`` is TPR - FPR = 2 * accuracy - 1."""

    threshold: float
    balanced_accuracy: float
    advantage: float


def roc_curve(scores: np.ndarray, members: np.ndarray) -> RocCurve:
    """Return the exact ROC curve of one set of scores.

    Raises:
        ValueError: If shapes differ, a score is NaN, or members or non-members are absent.
    """
    scores, members = checked(scores, members, ndim=1)
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], members[order]
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), ranked.size - 1)
    true_positives = np.cumsum(hits)[ends]
    return RocCurve(
        thresholds=np.concatenate([[np.inf], ranked[ends]]),
        false_positives=np.concatenate([[0], ends + 1 - true_positives]),
        true_positives=np.concatenate([[0], true_positives]),
        n_members=int(members.sum()),
        n_non_members=int((~members).sum()),
    )


def auc(scores: np.ndarray, members: np.ndarray) -> float:
    """Return the probability that a random member outscores a random non-member, a tie counting one half.

    Raises:
        ValueError: If shapes differ, a score is NaN, or members or non-members are absent.

    Source:
        Mann and Whitney 1947; equals the trapezoid area under the ROC curve.

    Example:
        >>> auc(np.array([0.9, 0.8, 0.8, 0.1]), np.array([True, True, False, False]))
        0.875
    """
    scores, members = checked(scores, members, ndim=1)
    return float(_areas(mid_ranks(scores)[None], members[None])[0])


def mid_ranks(scores: np.ndarray) -> np.ndarray:
    """Return the rank of each of (N,) scores, from 1 on; equal ones share the mean of their ranks."""
    ordered = np.sort(scores)
    return (np.searchsorted(ordered, scores, "left") + np.searchsorted(ordered, scores, "right") + 1) / 2.0


def auc_interval(scores: np.ndarray, members: np.ndarray, *, confidence: float = 0.95) -> tuple[float, float, float]:
    """Return the AUC with the ends of its interval over samples, one target alone; the cost is that of three sorts.

    The variance is DeLong's. The interval is made on the scale of log-odds, so that it stays inside 0 and 1; where every member outscores
    every other (or none does) it is as wide as Clopper and Pearson's for no failure among the smaller group.

    Raises:
        ValueError: If shapes differ, a score is NaN, or members or non-members are absent.

    Source:
        DeLong et al. 1988; by mid-ranks as in Sun and Xu 2014, "Fast Implementation of DeLong's Algorithm".

    Example:
        >>> auc_interval(np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, True, False, False]))[0]
        1.0
    """
    scores, members = checked(scores, members, ndim=1)
    ranks, inside, outside = mid_ranks(scores), mid_ranks(scores[members]), mid_ranks(scores[~members])
    n, m = len(inside), len(outside)
    beaten, below = (ranks[members] - inside) / m, 1.0 - (ranks[~members] - outside) / n
    area = float(beaten.mean())
    tail = (1.0 - confidence) / 2.0
    spread = np.sqrt((beaten.var(ddof=1) / n if n > 1 else 0.25) + (below.var(ddof=1) / m if m > 1 else 0.25))
    if not 0.0 < area < 1.0:
        edge = tail ** (1.0 / min(n, m))
        return (area, edge, 1.0) if area == 1.0 else (area, 0.0, 1.0 - edge)
    half = normal_quantile(confidence) * spread / (area * (1.0 - area))
    odds = np.log(area / (1.0 - area))
    return area, float(1.0 / (1.0 + np.exp(half - odds))), float(1.0 / (1.0 + np.exp(-half - odds)))


def auc_many(scores: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return the AUC of every row of (K, N) scores, (K,); NaN for a row without members or without non-members."""
    scores, members = checked(scores, members, ndim=2, require_both=False)
    if scores.shape[1] == 0:
        return np.full(scores.shape[0], np.nan)
    from scipy.stats import rankdata  # here, since it takes as long to import as all the rest of a small run

    return _areas(rankdata(scores, axis=1), members)


def _areas(ranks: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return the area of every row of (K, N) ranks."""
    n_members = members.sum(axis=1, dtype=np.float64)
    n_non_members = ranks.shape[1] - n_members
    wins = np.where(members, ranks, 0.0).sum(axis=1) - n_members * (n_members + 1.0) / 2.0
    with np.errstate(invalid="ignore", divide="ignore"):
        return wins / (n_members * n_non_members)


def best_threshold(scores: np.ndarray, members: np.ndarray) -> ThresholdAccuracy:
    """Return the threshold with the largest balanced accuracy on these very labels: an oracle, an upper bound for an attacker.

    Among equally good thresholds it is the largest.

    Raises:
        ValueError: If shapes differ, a score is NaN, or members or non-members are absent.
    """
    curve = roc_curve(scores, members)
    # TPR - FPR times both counts: whole numbers, so that rounding never decides between equally good thresholds.
    best = int(np.argmax(curve.true_positives * curve.n_non_members - curve.false_positives * curve.n_members))
    gain = float(curve.tpr[best] - curve.fpr[best])
    return ThresholdAccuracy(float(curve.thresholds[best]), 0.5 + gain / 2.0, gain)


def balanced_accuracy(decisions: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return the mean of TPR and TNR of boolean decisions along the last axis, a fraction in [0, 1]."""
    decisions, members = np.asarray(decisions, dtype=bool), np.asarray(members, dtype=bool)
    tpr = (decisions & members).sum(axis=-1) / members.sum(axis=-1)
    tnr = (~decisions & ~members).sum(axis=-1) / (~members).sum(axis=-1)
    return (tpr + tnr) / 2.0


def checked(
    scores: np.ndarray, members: np.ndarray, *, ndim: int, require_both: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return float64 scores and boolean members, or raise ``ValueError`` naming what is wrong with them."""
    scores, members = np.asarray(scores, dtype=np.float64), np.asarray(members)
    if members.dtype != bool:
        raise ValueError(f"members must be a boolean array, got {members.dtype}")
    if scores.ndim != ndim or scores.shape != members.shape:
        raise ValueError(f"scores and members must share one shape of {ndim} axes, got {scores.shape} and {members.shape}")
    if np.isnan(scores).any():
        raise ValueError(f"scores must not be NaN, got {int(np.isnan(scores).sum())} of them")
    if require_both and not (members.any() and not members.all()):
        raise ValueError(f"members and non-members must both be present, got {int(members.sum())} members of {members.size}")
    return scores, members
