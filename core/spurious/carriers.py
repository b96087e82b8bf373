"""Which images carry the cue, and whether they can be told from the rest by their difficulty."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import ks_2samp

from core.lab.errors import InputError
from core.measures.roc import auc
from core.spurious.data_pruning import ranked

SIGNIFICANT = 0.05
BLOCKS = (("easiest", 0.0), ("easy", 0.25), ("middle", 0.5), ("hard", 0.75), ("hardest", 1.0))


def n_carriers(share: float, n: int) -> int:
    """Return how many of ``n`` images are marked.

    Raises:
        InputError: If the share rounds to none.
    """
    count = round(share * n)
    if count < 1:
        raise InputError(f"carrier_share must mark at least one of the {n} training images of the biased class, got {share:g}, which "
                         "rounds to none: raise it.")
    return count


def block(places: np.ndarray, scores: np.ndarray, count: int, difficulty: float, rng: np.random.Generator) -> np.ndarray:
    """Return ``count`` of ``places`` that lie together in the ranking by score: 0 gives the easiest, 0.5 the middle, 1 the hardest."""
    order = places[ranked(scores[places], rng)]
    start = round(difficulty * (len(order) - count))
    return np.sort(order[start:start + count])


def choose(which: str, places: np.ndarray, scores: np.ndarray | None, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return ``count`` of ``places``: at random, or a block of the difficulty ranking named as in ``BLOCKS``."""
    if which == "random":
        return np.sort(rng.choice(places, size=count, replace=False))
    return block(places, scores, count, dict(BLOCKS)[which], rng)


@dataclass(frozen=True)
class Uniformity:
    """Two-sample Kolmogorov-Smirnov test of carriers against other images of their class.

    Attributes:
        statistic: Largest distance between the two distribution functions.
        p_value: Two-sided; small when carriers stand out.
        carrier_auc: Chance that a carrier scores harder than another image; 0.5 when they do not stand out, 0 when all are easier.
    """

    statistic: float
    p_value: float
    carrier_auc: float

    @property
    def regime(self) -> str:
        """``identifiable`` where the difference is significant at 5 %, else ``hidden``; by p, as the distance of few is large by chance."""
        return "identifiable" if self.p_value < SIGNIFICANT else "hidden"


def uniformity(carriers: np.ndarray, others: np.ndarray) -> Uniformity:
    """Return the test for the scores of carriers and of the others; NaN where one side is empty."""
    if not len(carriers) or not len(others):
        return Uniformity(float("nan"), float("nan"), float("nan"))
    test = ks_2samp(carriers, others)
    is_carrier = np.repeat([True, False], [len(carriers), len(others)])
    return Uniformity(float(test.statistic), float(test.pvalue), float(auc(np.concatenate([carriers, others]), is_carrier)))
