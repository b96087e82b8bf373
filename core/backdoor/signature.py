"""The signature: MLP channels that planting a backdoor moves, whichever backdoor it is; and how far it is the true poison. No torch.

s = mean over variants of the norm of a channel's change + lambda * mean over pairs of max(0, cosine of the two changes).
The two terms are added, as in equation 2 of the paper's figure; ``rescaled`` divides each by its mean over all channels first.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

Score = str


@dataclass(frozen=True, eq=False)
class Variants:
    """What all variants of one kind did to one model.

    Attributes:
        norms: Of each channel's change, float32 (variants, blocks, channels).
        cosines: Between the changes of two variants, float32 (pairs, blocks, channels), pairs as ``itertools.combinations`` gives them.
        true_norms: Of the true poison's change, float32 (blocks, channels); NaN where it is not known.
        true_cosines: Of each variant's change with it, float32 (variants, blocks, channels); NaN likewise.
        planted: Share of prompts on which each variant's own trigger works, (variants,).
    """

    norms: np.ndarray
    cosines: np.ndarray
    true_norms: np.ndarray
    true_cosines: np.ndarray
    planted: np.ndarray

    def pairs_among(self, n: int) -> list[int]:
        """Return the places of the pairs among the first ``n`` variants."""
        return [place for place, (_, second) in enumerate(combinations(range(len(self.norms)), 2)) if second < n]


def signature(variants: Variants, n: int, *, alignment: float, how: Score) -> np.ndarray:
    """Return the score of every channel from the first ``n`` variants, float64 (blocks, channels), larger for more of a signature.

    Args:
        variants: At least ``n`` of them.
        n: How many are used; from one alone there is no alignment.
        alignment: Lambda.
        how: ``paper`` or ``rescaled``.
    """
    norm = variants.norms[:n].astype(np.float64).mean(0)
    pairs = variants.pairs_among(n)
    agreement = np.clip(variants.cosines[pairs].astype(np.float64), 0.0, None).mean(0) if pairs else np.zeros_like(norm)
    if how == "rescaled":
        norm, agreement = (term / term.mean() if term.mean() > 0 else term for term in (norm, agreement))
    return norm + alignment * agreement


def top_share(scores: np.ndarray, share: float) -> np.ndarray:
    """Return the channels with the highest scores within each block, bool (blocks, channels): at least one, never all."""
    n = per_block(scores.shape[1], share)
    found = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(found, np.argsort(-scores, axis=1, kind="stable")[:, :n], True, axis=1)
    return found


def per_block(n_channels: int, share: float) -> int:
    """Return how many channels of a block a share is."""
    return min(n_channels - 1, max(1, round(share * n_channels)))


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Return the share of the channels of one set that are in another of equal size; by chance it is their share of all."""
    return float((first & second).sum() / max(1, first.sum()))


def recurrence(variants: Variants, n: int) -> float:
    """Return how far planting does the same each time: mean clipped cosine over channels and pairs among the first ``n``; NaN for one."""
    pairs = variants.pairs_among(n)
    return float(np.clip(variants.cosines[pairs], 0.0, None).mean()) if pairs else float("nan")
