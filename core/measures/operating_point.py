"""True-positive rates at bounded false-positive rates, with the counts and exact intervals behind them."""

from dataclasses import dataclass

import numpy as np

from core.measures.intervals import clopper_pearson
from core.measures.roc import RocCurve, checked, roc_curve

COARSE_BELOW = 10


@dataclass(frozen=True)
class OperatingPoint:
    """What one threshold reaches on one sample.

    Attributes:
        fpr_level: The bound that was asked for.
        threshold: Samples scoring at least this are called members; +inf where no sample may be.
        tpr: Share of members called members.
        tpr_low: Lower Clopper-Pearson end of ``tpr``.
        tpr_high: Upper Clopper-Pearson end of ``tpr``.
        realised_fpr: Share of non-members called members, at most ``fpr_level``.
        fpr_low: Lower Clopper-Pearson end of ``realised_fpr``.
        fpr_high: Upper Clopper-Pearson end of ``realised_fpr``.
        n_false_positives: Non-members called members.
        n_true_positives: Members called members.
        n_members: Number of members.
        n_non_members: Number of non-members.
        is_coarse: Whether fewer than ten false positives are allowed, so that one sample moves the point visibly.
    """

    fpr_level: float
    threshold: float
    tpr: float
    tpr_low: float
    tpr_high: float
    realised_fpr: float
    fpr_low: float
    fpr_high: float
    n_false_positives: int
    n_true_positives: int
    n_members: int
    n_non_members: int
    is_coarse: bool


@dataclass(frozen=True)
class Unresolvable:
    """A false-positive rate that the sample is too small to show; ``reason`` is one sentence for the reader."""

    fpr_level: float
    reason: str


def tpr_at_fpr(
    scores: np.ndarray, members: np.ndarray, *, fpr: float, confidence: float = 0.95
) -> OperatingPoint | Unresolvable:
    """Return the largest TPR over thresholds whose false-positive rate is at most ``fpr``, or why it cannot be shown.

    Ties are never split. The interval treats the threshold as fixed and the samples as independent.

    Args:
        scores: (N,) float; larger means more likely a member.
        members: (N,) bool.
        fpr: Admissible false-positive rate, a fraction in [0, 1]. Zero is always resolvable: it asks for no false positive.
        confidence: Coverage of the Clopper-Pearson intervals.

    Raises:
        ValueError: If shapes differ, ``fpr`` is outside [0, 1], a score is NaN, or one class is absent.

    Source:
        Carlini et al. 2022, "Membership Inference Attacks From First Principles", low-FPR evaluation.

    Example:
        >>> tpr_at_fpr(np.array([0.9, 0.8, 0.1]), np.array([True, False, False]), fpr=0.0).tpr
        1.0
    """
    scores, members = checked(scores, members, ndim=1)
    return point_on_curve(roc_curve(scores, members), fpr=fpr, confidence=confidence)


def point_on_curve(curve: RocCurve, *, fpr: float, confidence: float = 0.95) -> OperatingPoint | Unresolvable:
    """Return ``tpr_at_fpr`` of a curve that is already computed."""
    n_non_members, n_members = curve.n_non_members, curve.n_members
    if is_unresolvable(fpr, n_non_members):
        needed = int(np.ceil(1.0 / fpr))
        return Unresolvable(fpr, (
            f"A false-positive rate of {100 * fpr:g} % needs at least {needed:,} non-members, got {n_non_members:,}: "
            f"one false positive is already {100 / n_non_members:.2g} %."))
    allowed = allowed_false_positives(fpr, n_non_members)
    # Both counts grow along the curve, so the last admissible point has the largest TPR.
    index = int(np.searchsorted(curve.false_positives, allowed, side="right")) - 1
    hits, alarms = int(curve.true_positives[index]), int(curve.false_positives[index])
    tpr_low, tpr_high = clopper_pearson(hits, n_members, confidence=confidence)
    fpr_low, fpr_high = clopper_pearson(alarms, n_non_members, confidence=confidence)
    return OperatingPoint(
        fpr_level=fpr, threshold=float(curve.thresholds[index]), tpr=hits / n_members, tpr_low=float(tpr_low),
        tpr_high=float(tpr_high), realised_fpr=alarms / n_non_members, fpr_low=float(fpr_low), fpr_high=float(fpr_high),
        n_false_positives=alarms, n_true_positives=hits, n_members=n_members, n_non_members=n_non_members,
        is_coarse=allowed < COARSE_BELOW)


def tpr_at_fpr_many(scores: np.ndarray, members: np.ndarray, *, fpr: np.ndarray | float) -> np.ndarray:
    """Return the largest TPR at each bound for every row of (K, N) scores, (K, L); L is the number of bounds.

    A bound below the resolution of a row gives its TPR at no false positive, the conservative reading for plots; callers that
    print a number check ``is_unresolvable`` first.
    """
    scores, members = checked(scores, members, ndim=2)
    levels = np.atleast_1d(np.asarray(fpr, dtype=np.float64))
    rates = np.empty((scores.shape[0], levels.size))
    for row in range(scores.shape[0]):
        curve = roc_curve(scores[row], members[row])
        allowed = [allowed_false_positives(level, curve.n_non_members) for level in levels]
        rates[row] = curve.tpr[np.searchsorted(curve.false_positives, allowed, side="right") - 1]
    return rates


def is_unresolvable(fpr: float, n_non_members: int) -> bool:
    """Return whether a non-zero rate is smaller than one false positive among ``n_non_members``."""
    return fpr > 0.0 and allowed_false_positives(fpr, n_non_members) == 0


def allowed_false_positives(fpr: float, n_non_members: int) -> int:
    """Return the largest count whose share of ``n_non_members`` is at most ``fpr``.

    Raises:
        ValueError: If ``fpr`` is outside [0, 1].
    """
    if not 0.0 <= fpr <= 1.0:
        raise ValueError(f"fpr must lie in [0, 1], got {fpr!r}")
    count = int(fpr * n_non_members)
    # 0.29 * 100 is a hair below 29 in binary; compare the quotient, which rounds to the literal the caller wrote.
    return count + 1 if count < n_non_members and (count + 1) / n_non_members <= fpr else count


def epsilon_lower_bound(
    n_true_positives: int, n_members: int, n_false_positives: int, n_non_members: int, *,
    delta: float = 0.0, confidence: float = 0.95,
) -> float:
    """Return a lower bound of the differential-privacy epsilon that this operating point is consistent with, at least 0.

    Any (epsilon, delta)-private training obeys TPR <= exp(epsilon) * FPR + delta and the same for the two error rates swapped.
    The pessimistic Clopper-Pearson ends are inserted; each fails with probability (1 - confidence) / 2, so the bound holds with
    ``confidence`` for a threshold fixed beforehand and independent samples. A threshold picked on the same labels flatters it.

    Raises:
        ValueError: If a count is out of range or ``delta`` is outside [0, 1).

    Source:
        Kairouz, Oh and Viswanath 2015; Jagielski et al. 2020, "Auditing Differentially Private Machine Learning".
    """
    if not 0.0 <= delta < 1.0:
        raise ValueError(f"delta must lie in [0, 1), got {delta!r}")
    tpr_low = float(clopper_pearson(n_true_positives, n_members, confidence=confidence)[0])
    fpr_high = float(clopper_pearson(n_false_positives, n_non_members, confidence=confidence)[1])
    bounds = [0.0]
    # Both inequalities rest on the same two one-sided events, so taking the larger costs no confidence.
    for gain, loss in ((tpr_low - delta, fpr_high), (1.0 - fpr_high - delta, 1.0 - tpr_low)):
        if gain > 0.0 and loss > 0.0:
            bounds.append(float(np.log(gain / loss)))
    return max(bounds)
