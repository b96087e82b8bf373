"""Intervals of a share of pairs whose rows share columns: the same image under several models.

Pairs that share an image are no independent trials, so that Clopper and Pearson's interval of the pooled count is too narrow: over 16
models, 400 images and effects of the image as large as the noise it covered the truth in 57 to 75 % of simulations. Here rows and columns
are redrawn each by itself, and the pooled interval, which stays right where pairs are independent and is never of width zero, is the least.

Source: Owen 2007, "The pigeonhole bootstrap", The Annals of Applied Statistics 1: redrawing both ways is conservative.
"""

import numpy as np

from core.measures.intervals import clopper_pearson

DRAWS = 400


def pooled_share_interval(
    hits: np.ndarray, counted: np.ndarray, rng: np.random.Generator, *, n_draws: int = DRAWS, confidence: float = 0.95
) -> tuple[float, float]:
    """Return the interval of the share of counted pairs that are hits.

    Args:
        hits: (K, N) bool: which pairs of model and image are hit, at a threshold that is taken as fixed.
        counted: (K, N) bool: which pairs count, for example those where the image is a member.
        rng: Draws models and images.
        n_draws: Bootstrap repeats.
        confidence: Two-sided coverage aimed at.
    """
    n_rows, n_columns = counted.shape
    right = (hits & counted).astype(np.float64)
    rows = rng.multinomial(n_rows, np.full(n_rows, 1 / n_rows), size=n_draws).astype(np.float64)
    columns = rng.multinomial(n_columns, np.full(n_columns, 1 / n_columns), size=n_draws).astype(np.float64)
    found = np.einsum("dn,dn->d", rows @ right, columns)
    total = np.einsum("dn,dn->d", rows @ counted.astype(np.float64), columns)
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(found[total > 0] / total[total > 0], [tail, 1.0 - tail])
    least, most = clopper_pearson(int(right.sum()), int(counted.sum()), confidence=confidence)
    return min(float(low), float(least)), max(float(high), float(most))
