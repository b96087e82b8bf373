"""Whom a model serves worst."""

import numpy as np

from core.measures.intervals import clopper_pearson
from core.scorecard.material import Material
from core.scorecard.row import Found, Missing, Slice

FEWEST = 20  # rows of a group without which its accuracy is left out


def worst(material: Material) -> Found | Missing:
    """Return the accuracy of the worst group; its interval holds for all groups at once (Bonferroni over their number)."""
    labelled = material.everything
    right = labelled.right
    counts = np.bincount(labelled.group, minlength=len(labelled.group_names))
    hits = np.bincount(labelled.group, weights=right, minlength=len(counts))
    asked = np.flatnonzero(counts >= FEWEST)
    if len(asked) < 2:
        return Missing("needs at least two groups", f"bring groups of at least {FEWEST} rows")
    low, high = clopper_pearson(hits[asked], counts[asked], confidence=1 - 0.05 / len(asked))
    shares = hits[asked] / counts[asked]
    place = int(shares.argmin())
    name = labelled.group_names[asked[place]]
    slices = tuple(Slice(labelled.group_names[group], float(share), int(counts[group]), float(lower), float(upper), "accuracy")
                   for group, share, lower, upper in zip(asked, shares, low, high, strict=True))
    average = float(right.mean())
    sentence = (f"It is right for {100 * shares[place]:.0f} of 100 of {name} and for {100 * average:.0f} of 100 of all: "
                f"the {labelled.grouping} it serves worst.")
    return Found(float(shares[place]), float(low[place]), float(high[place]), int(counts[asked[place]]),
                 f"{int(hits[asked[place]]):,} of {int(counts[asked[place]]):,} rows of {name}, "
                 f"{int(right.sum()):,} of {len(right):,} of all",
                 sentence, f"Clopper-Pearson, 95% for all {len(asked)} {_plural(labelled.grouping)} at once", name, slices)


def _plural(grouping: str) -> str:
    return {"class": "classes"}.get(grouping, f"{grouping}s")
