"""Difficulty of every training image, from several short runs of one training set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.spurious.networks import Network
from core.spurious.scores import FORGETTING, SCORE_NAMES, agreement, score_run, stability


@dataclass(frozen=True, eq=False)
class Difficulty:
    """Scores of one training set.

    Attributes:
        runs: For each score by name, (R, N): one row per run; forgetting, which takes a whole training, has one row.
        y: Labels (N,).
    """

    runs: dict[str, np.ndarray]
    y: np.ndarray

    def mean(self, name: str) -> np.ndarray:
        """Return a score averaged over the runs, (N,)."""
        return self.runs[name].mean(axis=0)

    def stability(self, name: str) -> float:
        """Return the mean rank correlation between two runs, within classes; NaN for a single run."""
        return stability(self.runs[name], self.y)

    def agreement(self, name: str) -> float:
        """Return the rank correlation of an averaged score with averaged EL2N, within classes."""
        return agreement(self.mean(name), self.mean("el2n"), self.y)


def difficulty(networks: Sequence[Network], y: np.ndarray, epoch: int) -> Difficulty:
    """Return the scores of networks that kept the logits of ``epoch``.

    Args:
        networks: Runs of one training set; the first kept further epochs where it was trained to the end.
        y: Labels (N,).
        epoch: Epoch (from 1) at which difficulty is read; forgetting counts over all epochs that the first network kept.
    """
    runs = {name: np.stack([score_run(name, [network.logits[epoch]], y) for network in networks])
            for name in SCORE_NAMES if name != FORGETTING}
    kept = networks[0].logits
    return Difficulty(runs | {FORGETTING: score_run(FORGETTING, [kept[at] for at in sorted(kept)], y)[None]}, y)
