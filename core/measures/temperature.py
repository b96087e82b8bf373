"""Temperatures: one number fitted to labels, and the label-free rule that reads entropy and logit norm.

Dividing logits by a temperature above one softens the probabilities and changes no decision.

Source:
    Guo et al. 2017 (temperature scaling); Amin and Kim, arXiv 2404.16168, for the label-free rule (Dynamic Entropy Control). The paper's
    values of kappa and of the range are not in its text; they are read from its released notebook, where the range is 1 to 3 and kappa
    the median logit norm at home.
"""

from dataclasses import dataclass

import numpy as np

from core.data.output_rules import check_logits
from core.measures.calibration import entropy, nll, softmax

COLDEST, HOTTEST = 0.05, 20.0


@dataclass(frozen=True)
class Home:
    """What the certainty rule knows of the data that a network was trained on.

    Attributes:
        norm: Usual length of a logit vector (the card takes the mean, the released code the median).
        entropy: Mean entropy of a prediction, bits.
        n_classes: Number of classes.
    """

    norm: float
    entropy: float
    n_classes: int


def fit_temperature(logits: np.ndarray, y: np.ndarray) -> float:
    """Return the temperature with the smallest negative log likelihood, between 0.05 and 20.

    Raises:
        InputError: If logits or labels break a rule.
    """
    from scipy.optimize import minimize_scalar  # here: 23 MB, and a page that reads a config needs none of it

    check_logits(logits, y)
    found = minimize_scalar(lambda log: nll(softmax(logits, np.exp(log)), y), bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded",
                            options={"xatol": 1e-4})
    return float(np.exp(found.x))


def home_of(logits: np.ndarray, *, median: bool = False) -> Home:
    """Return what the certainty rule knows of home, from logits (N, C) of images at home."""
    norms = np.linalg.norm(np.asarray(logits, dtype=np.float64), axis=1)
    return Home(float(np.median(norms) if median else norms.mean()), float(entropy(softmax(logits)).mean()), logits.shape[1])


def certainty_temperature(logits: np.ndarray, home: Home, *, low: float = 1.0, high: float = 2.0, norm: bool = True) -> np.ndarray:
    """Return a temperature for each row, (N,): hotter where the entropy is above that at home, and where the logits are short.

    Args:
        logits: (N, C).
        home: See ``home_of``.
        low: Temperature of a sample far surer than at home.
        high: Temperature of one far less sure.
        norm: Whether to multiply with the norm at home over the sample's norm; the released soft targets leave that out.
    """
    excess = (entropy(softmax(logits)) - home.entropy) / np.sqrt(np.log2(home.n_classes))
    temperature = low + (high - low) / (1.0 + np.exp(-excess))
    if norm:
        temperature = temperature * home.norm / np.maximum(np.linalg.norm(np.asarray(logits, dtype=np.float64), axis=1), 1e-9)
    return np.clip(temperature, COLDEST, HOTTEST)
