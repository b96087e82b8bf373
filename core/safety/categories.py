"""Which units are called safety-critical, utility-critical, redundant and complex, from two scores. Imports no torch.

RU: lowest sum of both normalised scores. Of the rest, SCU: highest safety minus utility score; UCU: lowest. CU: everything else. Shares
are of all units; nothing but their sizes is chosen. Source: arXiv 2410.10862, classification rule; scores are made comparable within
each kind and layer first, which the paper does not state.
"""

from dataclasses import dataclass

import numpy as np

from core.lab.errors import InputError
from core.language.units import KINDS, UnitSpace

SCU, UCU, CU, RU = range(4)
CATEGORIES = ("SCU", "UCU", "CU", "RU")
TITLES = ("SCU (ESU)", "UCU (EUU)", "CU", "RU")
_TINY = 1e-300


@dataclass(frozen=True)
class CategoryShares:
    """Sizes of the categories as shares of all units; the rest is CU."""

    scu: float
    ucu: float
    ru: float

    def counts(self, n_units: int) -> tuple[int, int, int]:
        """Return how many units are SCU, UCU and RU, at least one where the share is above 0.

        Raises:
            InputError: If a share is negative, or they sum to more than 1.
        """
        total = self.scu + self.ucu + self.ru
        if min(self.scu, self.ucu, self.ru) < 0.0 or total > 1.0 + 1e-9:
            raise InputError(f"the shares of SCU, UCU and RU must be at least 0% and sum to at most 100%, got {100 * total:g}%: lower one.")
        found = [max(1, round(share * n_units)) if share > 0 else 0 for share in (self.scu, self.ucu, self.ru)]
        while sum(found) > n_units:
            found[int(np.argmax(found))] -= 1
        return found[0], found[1], found[2]


def normalised(raw: np.ndarray, space: UnitSpace, how: str) -> np.ndarray:
    """Return scores that can be compared over the model, float64 (n_units,).

    Args:
        raw: Raw scores, (n_units,).
        space: Which units belong to which kind and layer.
        how: ``z`` subtracts the mean and divides by the standard deviation within each kind and layer; ``share`` divides by the sum there;
            ``rank`` gives the rank there, in [0, 1], ties in order; ``raw`` changes nothing.
    """
    values = np.asarray(raw, dtype=np.float64)
    if how == "raw":
        return values.copy()
    found = np.empty_like(values)
    for layer in range(space.n_layers):
        for kind in KINDS:
            part = space.part(kind, layer)
            found[part] = _scaled(values[part], how)
    return found


def _scaled(values: np.ndarray, how: str) -> np.ndarray:
    if how == "z":
        spread = values.std()
        return (values - values.mean()) / spread if spread > _TINY else np.zeros_like(values)
    if how == "share":
        total = values.sum()
        return values / total if total > _TINY else np.zeros_like(values)
    if how == "rank":
        ranks = np.empty(len(values))
        ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
        return ranks / max(1, len(values) - 1)
    raise InputError(f"normalisation must be z, raw, share or rank, got {how!r}.")


def categorise(safety: np.ndarray, utility: np.ndarray, shares: CategoryShares) -> np.ndarray:
    """Return the category of every unit, int8 (n_units,): 0 SCU, 1 UCU, 2 CU, 3 RU.

    Args:
        safety: Normalised safety scores, (n_units,).
        utility: Normalised utility scores of the same units.
        shares: Sizes of the categories.

    Raises:
        InputError: If the shares sum to more than 100 %.
    """
    n_scu, n_ucu, n_ru = shares.counts(len(safety))
    codes = np.full(len(safety), CU, dtype=np.int8)
    codes[np.argsort(safety + utility, kind="stable")[:n_ru]] = RU
    order = np.argsort(-(safety - utility), kind="stable")
    order = order[codes[order] != RU]
    codes[order[:n_scu]] = SCU
    codes[order[len(order) - n_ucu:]] = UCU
    return codes


def members(safety: np.ndarray, utility: np.ndarray, category: int, share: float, shares: CategoryShares) -> np.ndarray:
    """Return the units of one category at another share than the usual one, bool (n_units,); the others give way.

    Args:
        safety: Normalised safety scores, (n_units,).
        utility: Normalised utility scores.
        category: ``SCU``, ``UCU`` or ``RU``.
        share: Its size, as a share of all units.
        shares: The usual sizes; redundant units are set aside first, as long as there is room.
    """
    ru = share if category == RU else min(shares.ru, 1.0 - share)
    sizes = CategoryShares(share if category == SCU else 0.0, share if category == UCU else 0.0, ru)
    return categorise(safety, utility, sizes) == category


def compact(raw: np.ndarray) -> np.ndarray:
    """Return scores with ten bits of mantissa as float32, for a table: the error is below a thousandth, the file half as large."""
    bits = np.asarray(raw, dtype=np.float32).view(np.uint32)
    return ((bits + np.uint32(0x1000)) & np.uint32(0xFFFFE000)).view(np.float32)
