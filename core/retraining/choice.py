"""Which of several models is cheapest to reuse: what following an index loses against knowing, and against a random pick."""

import numpy as np


def picks(index: np.ndarray, cost: np.ndarray, cap: float) -> tuple[float, float]:
    """Return the probability that the model of the lowest index is the cheapest, and the regret in images of choosing it.

    Args:
        index: One number per model, (M,); models that tie are picked with equal probability.
        cost: Images that each needs; one that never got there counts as ``cap``.
        cap: Where training ended.
    """
    paid = np.minimum(cost, cap)
    chosen = index == index.min()
    return float((paid[chosen] == paid.min()).mean()), float(paid[chosen].mean() - paid.min())
