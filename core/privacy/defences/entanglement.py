"""Are the weights that leak the weights that learn, and are they few? Tables over layer types."""

import numpy as np
import pandas as pd

from core.lab.seeds import generator
from core.privacy.defences.evidence import evidence_table
from core.privacy.defences.weight_scores import WeightScores

LAYER_TYPES = ("conv", "linear", "norm")
SAMPLE_PER_TYPE = 400
SHARES = np.unique(np.concatenate([[0.0, 0.001, 0.003, 0.01, 0.03], np.linspace(0.05, 1.0, 20)]))


def entanglement_evidence(scores: WeightScores, seed: int) -> dict[str, pd.DataFrame]:
    """Return the tables ``entanglement``, ``score_mass`` and ``score_sample``; mass and sample are those of the first model."""
    groups = {"all": np.ones(len(scores.types), dtype=bool)}
    groups |= {kind: scores.types == kind for kind in LAYER_TYPES if (scores.types == kind).sum() > 1}
    return {"entanglement": _correlations(scores, groups), "score_mass": _mass(scores.vulnerability[0], groups),
            "score_sample": _sample(scores, groups, seed)}


def concentration(scores: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, float]:
    """Return which share of all scores the largest ``shares`` of the weights hold, and the Gini coefficient in [0, 1).

    The Gini coefficient is 0 where all weights score alike and nears 1 where one holds everything.
    """
    ranked = np.sort(scores.astype(np.float64))[::-1]
    total = np.concatenate([[0.0], np.cumsum(ranked)])
    total = total / total[-1] if total[-1] > 0 else np.linspace(0.0, 1.0, total.size)
    held = np.interp(shares * ranked.size, np.arange(total.size), total)
    return held, float(2.0 * ((total[1:] + total[:-1]) / 2).mean() - 1.0)


def _correlations(scores: WeightScores, groups: dict[str, np.ndarray]) -> pd.DataFrame:
    rows = []
    for model, (leak, learn, size) in enumerate(zip(scores.vulnerability, scores.learnability, scores.magnitude, strict=True)):
        rows += [(model, kind, _pearson(leak[chosen], learn[chosen]), _pearson(leak[chosen], size[chosen]), chosen.mean())
                 for kind, chosen in groups.items()]
    columns = ("model", "layer_type", "correlation", "magnitude_correlation", "share_of_weights")
    return evidence_table("entanglement", dict(zip(columns, zip(*rows, strict=True), strict=True)))


def _pearson(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.corrcoef(first, second)[0, 1]) if first.std() > 0 and second.std() > 0 else float("nan")


def _mass(scores: np.ndarray, groups: dict[str, np.ndarray]) -> pd.DataFrame:
    parts = []
    for kind, chosen in groups.items():
        held, gini = concentration(scores[chosen], SHARES)
        parts.append(evidence_table("score_mass", {"layer_type": kind, "share_of_weights": SHARES, "share_of_score": held,
                                                   "gini": gini}))
    return pd.concat(parts, ignore_index=True)


def _sample(scores: WeightScores, groups: dict[str, np.ndarray], seed: int) -> pd.DataFrame:
    leak, learn = (part[0] / max(float(part[0].mean()), 1e-30) for part in (scores.vulnerability, scores.learnability))
    random, places = generator(seed, "sample of weights"), []
    for kind in LAYER_TYPES:
        if kind in groups:
            of_kind = np.flatnonzero(groups[kind])
            places.append(np.sort(random.choice(of_kind, min(SAMPLE_PER_TYPE, of_kind.size), replace=False)))
    chosen = np.concatenate(places)
    return evidence_table("score_sample", {"layer_type": scores.types[chosen], "vulnerability": leak[chosen],
                                           "learnability": learn[chosen]})
