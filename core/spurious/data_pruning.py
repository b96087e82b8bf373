"""Which training images to drop: by difficulty within every class, at random, or among the carriers alone.

Every rule returns a boolean mask of what is kept and drops an exact count: the share of each class's candidates, rounded up.

Source: Mulchandani and Kim 2025, "Severing Spurious Correlations with Data Pruning", as released: the hardest ``ceil(p n_c)`` of
every class (no labels of the cue needed), or of the carriers alone (the oracle).
"""

import math

import numpy as np

from core.lab.errors import InputError

ORDERS = ("hardest", "random", "easiest")
SMALLEST_SCORE = 1e-6  # below it float32 cannot tell probabilities from one


def n_pruned(share: float, n: int) -> int:
    """Return ceil(share * n), safe against the last bit of ``share``: 0.1 of 30 is 3.

    Raises:
        InputError: If the share lies outside [0, 1].
    """
    if not 0.0 <= share <= 1.0:
        raise InputError(f"a pruned share must lie in [0, 1], got {share:g}.")
    return math.ceil(round(share * n, 9))


def ranked(scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return places from easiest to hardest; equal scores, as forgetting counts have, come in random order."""
    return np.lexsort((rng.random(len(scores)), scores))


def prune(
    scores: np.ndarray, candidates: np.ndarray, y: np.ndarray, share: float, *, order: str, rng: np.random.Generator
) -> np.ndarray:
    """Return which images stay, boolean (N,), when a share of the candidates of every class is dropped.

    Args:
        scores: Difficulty (N,), larger is harder.
        candidates: Which images may be dropped, boolean (N,).
        y: Labels (N,).
        share: Share of each class's candidates to drop, rounded up.
        order: ``hardest``, ``easiest`` or ``random``.
        rng: Breaks ties, or draws.

    Raises:
        InputError: If the order is unknown or a class would be left without an image.
    """
    counts = {int(label): n_pruned(share, int((candidates & (y == label)).sum())) for label in np.unique(y)}
    return prune_counts(scores, candidates, y, counts, order=order, rng=rng)


def prune_counts(
    scores: np.ndarray, candidates: np.ndarray, y: np.ndarray, counts: dict[int, int], *, order: str, rng: np.random.Generator
) -> np.ndarray:
    """Return which images stay, as ``prune`` does, for a number to drop in each class; never more than it has candidates."""
    if order not in ORDERS:
        raise InputError(f"an order of pruning must be one of {', '.join(ORDERS)}, got {order!r}.")
    kept = np.ones(len(y), dtype=bool)
    for label, count in counts.items():
        members = np.flatnonzero(candidates & (y == label))
        ascending = rng.permutation(len(members)) if order == "random" else ranked(scores[members], rng)
        dropped = ascending[:count] if order != "hardest" else ascending[max(0, len(members) - count):]
        kept[members[dropped]] = False
        if not kept[y == label].any():
            raise InputError(f"pruning must leave every class an image, got none left of class {label}: lower the share.")
    return kept


def two_means(scores: np.ndarray) -> np.ndarray:
    """Return which values belong to the lower of two clusters, boolean (N,): the split with the least squared distance to the means.

    Exact: in one dimension the best clusters are a cut of the sorted values, and all cuts are tried. Equal values stay together.
    """
    order = np.argsort(scores, kind="stable")
    values = np.asarray(scores, dtype=np.float64)[order]
    n = len(values)
    below = np.cumsum(values)[:-1]
    sizes = np.arange(1, n)
    between = np.square(below) / sizes + np.square(values.sum() - below) / (n - sizes)  # largest where the clusters are tightest
    between[values[1:] == values[:-1]] = -np.inf
    is_low = np.ones(n, dtype=bool)
    if n > 1 and np.isfinite(between).any():
        is_low[order[int(between.argmax()) + 1:]] = False
    return is_low


def inferred_carriers(early_scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return which images are taken for carriers, boolean (N,): in each class the lower of two clusters of log EL2N after one epoch.

    Where a cue is strong its carriers are learned first and stand out as very easy, by orders of magnitude rather than by distance:
    hence the logarithm. Our reading: how the paper infers carriers is not public.
    """
    found, logarithm = np.zeros(len(y), dtype=bool), np.log(np.maximum(early_scores, SMALLEST_SCORE))
    for label in np.unique(y):
        members = np.flatnonzero(y == label)
        found[members] = two_means(logarithm[members])
    return found


def choose_share(
    shares: np.ndarray, average: np.ndarray, worst_class: np.ndarray, *, budget: float, tolerance: float = 0.005
) -> int:
    """Return which share to take: the smallest after which worst-class validation accuracy stops improving within the budget.

    Candidates are the shares whose average validation accuracy lies at most ``budget`` below that without pruning; of them the
    smallest is taken from which no larger one improves the worst class by more than ``tolerance``. No group labels are used.

    Args:
        shares: Ascending, the first is 0 (nothing pruned).
        average: Validation accuracy of each.
        worst_class: Smallest class accuracy of each, on validation images.
        budget: Accuracy that may be lost.
        tolerance: What counts as an improvement.

    Returns:
        Place in ``shares``.

    Source:
        Worst-class validation accuracy as a choice without group labels: Yang et al. 2023, "Change is Hard" (SubpopBench).
    """
    affordable = _affordable(average, budget)
    for place in affordable:
        later = affordable[affordable > place]
        if not len(later) or worst_class[later].max() <= worst_class[place] + tolerance:
            return int(place)
    return int(affordable[-1])


def largest_affordable(average: np.ndarray, *, budget: float) -> int:
    """Return the place of the largest share whose average validation accuracy lies at most ``budget`` below that without pruning.

    For a cue that validation images do not show, where no class gets better by pruning: whoever wants protection spends the budget.
    """
    return int(_affordable(average, budget)[-1])


def _affordable(average: np.ndarray, budget: float) -> np.ndarray:
    return np.flatnonzero(average >= average[0] - budget - 1e-12)
