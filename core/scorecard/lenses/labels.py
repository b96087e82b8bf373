"""Whether labels were learnt by heart: the layernorm room's shares."""

import numpy as np

from core.layernorm.shares import shares
from core.measures.intervals import clopper_pearson
from core.scorecard.material import Material
from core.scorecard.row import Found, Missing, Slice


def memorised(material: Material) -> Found | Missing:
    """Return the share of wrong labels that it gives back."""
    wrong = material.wrong
    n = int((wrong.y_true != wrong.y_given).sum())
    found = shares(wrong.y_pred, wrong.y_true, wrong.y_given)
    low, high = clopper_pearson(round(found.memorised * n), n)
    sentence = (f"Of 100 labels that were wrong on purpose it repeats {100 * found.memorised:.0f} and gives the right class for "
                f"{100 * found.recovered:.0f}.")
    parts = {"repeated": found.memorised, "right class instead": found.recovered, "a third class": found.random}
    return Found(found.memorised, float(low), float(high), n, f"{round(found.memorised * n):,} of {n:,} wrong labels", sentence,
                 "Clopper-Pearson, 95%", "", tuple(Slice(name, float(value), n, kind="share") for name, value in parts.items()),
                 f"{n:,} of {len(np.asarray(wrong.y_given)):,} training labels are wrong.")
