"""What confidence is good for when a classifier may abstain: risk against coverage, and sets that hold the truth so often.

Source:
    Geifman and El-Yaniv 2017, "Selective Classification for Deep Neural Networks"; Vovk, Gammerman and Shafer 2005 and Angelopoulos and
    Bates 2021, "A Gentle Introduction to Conformal Prediction" (split conformal sets with the score 1 - p_y).
"""

import math

import numpy as np

from core.lab.errors import InputError
from core.measures.roc import auc


def risk_coverage(confidence: np.ndarray, correct: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return coverage and risk, both (T,): the share answered and the share of those that is wrong, the surest answered first.

    Equal confidences are answered together: there is one point for each distinct confidence.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked, wrong = confidence[order], np.cumsum(~correct[order])
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    return (ends + 1) / len(ranked), wrong[ends] / (ends + 1)


def correctness_auroc(confidence: np.ndarray, correct: np.ndarray) -> float:
    """Return how well confidence tells right answers from wrong ones: the area under the ROC curve; NaN where all are one or the other."""
    correct = np.asarray(correct, dtype=bool)
    return auc(confidence, correct) if correct.any() and not correct.all() else math.nan


def conformal_threshold(p: np.ndarray, y: np.ndarray, coverage: float = 0.9) -> float:
    """Return the largest 1 - p that a class may have and stay in the set, so that sets hold the truth with this coverage at home.

    Args:
        p: Probabilities (N, C) of samples that nothing was trained on.
        y: Their classes (N,).
        coverage: In (0, 1).

    Raises:
        InputError: If there are too few samples for the coverage: the quantile then lies beyond all of them.
    """
    n = len(y)
    rank = math.ceil((n + 1) * coverage - 1e-9)  # 0.9 is a little more than nine tenths
    if rank > n:
        fewest = math.ceil(coverage / (1.0 - coverage) - 1e-9)
        raise InputError(f"sets of {coverage:.0%} coverage need at least {fewest} samples at home, got {n}: keep more, or cover less.")
    return float(np.sort(1.0 - p[np.arange(n), y])[rank - 1])


def conformal_sets(p: np.ndarray, threshold: float) -> np.ndarray:
    """Return which classes are in the set of each sample, bool (N, C)."""
    return 1.0 - p <= threshold


def set_coverage(sets: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return the share of sets that hold the truth, and the mean number of classes in a set."""
    return float(sets[np.arange(len(y)), y].mean()), float(sets.sum(axis=1).mean())
