"""Decision thresholds learned on reference models and carried over to a target model.

An oracle threshold is chosen on the target's own labels and only bounds what an attacker can do; a transferred threshold is
chosen on the other models and is what an attacker could really use. Both accept ``score >= threshold``.
"""

import numpy as np

from core.measures.roc import checked

MOST_FOLDS_OF_ONE = 33
FOLDS = 8


def transferred_thresholds(scores: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return for every row of (K, N) the threshold with the best balanced accuracy on the other rows pooled, (K,).

    All rows are sorted together once and each row's own counts are taken out, so the cost is one sort of K * N scores and K
    passes. Beyond 33 rows they are dealt into 8 folds that are left out whole, which bounds the passes. Among equally good
    thresholds the largest is taken. Where no cut beats a coin on the others the threshold is +inf: no sample is called a member.

    Raises:
        ValueError: If shapes differ, a score is NaN, or K is below 2.
    """
    scores, members = checked(scores, members, ndim=2, require_both=False)
    n_rows, n_columns = scores.shape
    if n_rows < 2:
        raise ValueError(f"a transferred threshold needs at least 2 models, got {n_rows}")
    if n_columns == 0:
        return np.full(n_rows, np.inf)
    order = np.argsort(-scores, axis=None, kind="stable")
    ranked, hits, owner = scores.ravel()[order], members.ravel()[order], order // n_columns
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), ranked.size - 1)
    member_total, total = np.cumsum(hits), np.arange(1, ranked.size + 1)
    fold_of = np.arange(n_rows) if n_rows <= MOST_FOLDS_OF_ONE else np.arange(n_rows) % FOLDS
    thresholds = np.full(n_rows, np.inf)
    for fold in range(fold_of.max() + 1):
        own = fold_of[owner] == fold
        true_positives = (member_total - np.cumsum(own & hits))[ends]
        positives = (total - np.cumsum(own))[ends]
        n_members, n_others = true_positives[-1], positives[-1]
        if 0 < n_members < n_others:
            # TPR - FPR times both counts: whole numbers, so that rounding never decides between equally good thresholds.
            gain = true_positives * (n_others - n_members) - (positives - true_positives) * n_members
            best = int(np.argmax(gain))
            if gain[best] > 0:
                thresholds[fold_of == fold] = ranked[ends[best]]
    return thresholds


def thresholds_per_class(
    scores: np.ndarray, members: np.ndarray, y: np.ndarray, *, minimum_per_class: int = 50
) -> np.ndarray:
    """Return for every row and sample the transferred threshold of the sample's class, (K, N).

    A class with fewer than ``minimum_per_class`` members or non-members among the other rows (counted over models and samples)
    uses the threshold of all classes together: a class threshold from a handful of samples is mostly noise.
    """
    scores, members = checked(scores, members, ndim=2, require_both=False)
    shared = transferred_thresholds(scores, members)
    thresholds = np.repeat(shared[:, None], scores.shape[1], axis=1)
    for label in np.unique(y):
        columns = np.flatnonzero(y == label)
        own = members[:, columns]
        inside = own.sum() - own.sum(axis=1)
        outside = (~own).sum() - (~own).sum(axis=1)
        enough = np.minimum(inside, outside) >= minimum_per_class
        chosen = np.where(enough, transferred_thresholds(scores[:, columns], own), shared)
        thresholds[:, columns] = chosen[:, None]
    return thresholds
