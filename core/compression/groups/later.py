"""Numbers of a study that were asked for after its runs were stored, read from its tables. Imports no torch."""

import numpy as np
import pandas as pd

from core.compression.ranks import rank_correlation

FLOAT, QAT, SHAM, USUAL_SPARSITY = "float", "qat-plain", "sham", 0.8


def usual_pruning(settings: pd.DataFrame) -> str:
    """Return the slug of the untrained pruning that is quoted: the sparsity nearest to 80 %."""
    shots = settings[(settings["copy"] == "tail") & (settings["family"] == "prune") & (settings["arm"] == "")]
    return str(shots.loc[(shots["sparsity"] - USUAL_SPARSITY).abs().idxmin(), "setting"])


def column(chain: pd.DataFrame, copy: str, setting: str, name: str) -> np.ndarray:
    """Return one column of the chain by group, (G,)."""
    return chain[(chain["copy"] == copy) & (chain["setting"] == setting)].sort_values("group")[name].to_numpy()


def left(chain: pd.DataFrame, copy: str, setting: str, name: str) -> np.ndarray:
    """Return a column after compression as a share of the float network's, by group, (G,)."""
    return column(chain, copy, setting, name) / column(chain, copy, FLOAT, name)


def growth(chain: pd.DataFrame, name: str) -> float:
    """Return how many times larger a column is after quantisation-aware training, geometric mean over groups."""
    return float(np.exp(np.log(left(chain, "tail", QAT, name)).mean()))


def tail_over_head(chain: pd.DataFrame, groups: pd.DataFrame, copy: str) -> float:
    """Return the log ratio of what tail and head keep of the logits' variance after quantisation-aware training."""
    kept = np.log(left(chain, copy, QAT, "logit_variance"))
    edges = groups[groups["copy"] == copy].sort_values("group")["edge"].to_numpy()
    return float(kept[edges == "tail"].mean() - kept[edges == "head"].mean())


def cause_rank(cause: np.ndarray, chain: pd.DataFrame, settings: pd.DataFrame, outcome: str) -> float:
    """Return the rank correlation over groups of a cause with an outcome, ``excess_loss`` or ``drop``, at about 80 % sparsity."""
    return rank_correlation(cause, column(chain, "tail", usual_pruning(settings), outcome))


def of_groups(groups: pd.DataFrame, name: str) -> np.ndarray:
    """Return a column of the float network by group, long-tailed copy, (G,)."""
    return groups[groups["copy"] == "tail"].sort_values("group")[name].to_numpy()
