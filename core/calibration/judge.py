"""What logits and labels say about a network that met a stream: every number of the room, from arrays alone.

No network is needed: whoever brings logits (or logarithms of probabilities) and labels of home and of a stream gets the same rows.
"""

from dataclasses import dataclass

import numpy as np

from core.calibration.catalogue import POST_HOC
from core.measures import calibration, selective
from core.measures.temperature import Home, certainty_temperature, fit_temperature, home_of

COVERAGE = 0.9
SHARES = np.linspace(0.05, 1.0, 20)  # of images answered, for the risk-coverage curve
SCORES = ("accuracy", "ece", "ece_low", "ece_high", "floor", "floor_high", "ece_mass", "ece_class", "nll", "brier", "reliability",
          "resolution", "overconfidence", "entropy", "norm", "auroc", "coverage", "set_size", "temperature")
DRAWS = 100


@dataclass(frozen=True, eq=False)
class AtHome:
    """What is fitted on labelled images at home, before anything drifts.

    Attributes:
        rule: What the certainty rule knows of home.
        temperature: With the best likelihood at home.
        thresholds: Of conformal sets, for probabilities as they come and at that temperature.
    """

    rule: Home
    temperature: float
    thresholds: dict[str, float]


def at_home(logits: np.ndarray, y: np.ndarray) -> AtHome:
    """Return what home teaches.

    Raises:
        InputError: If logits are not finite, or there are too few of them.
    """
    temperature = fit_temperature(logits, y)
    thresholds = {name: selective.conformal_threshold(calibration.softmax(logits, hot), y, COVERAGE)
                  for name, hot in (("none", 1.0), ("home", temperature))}
    return AtHome(home_of(logits), temperature, thresholds)


def temperatures(logits: np.ndarray, y: np.ndarray, home: AtHome, low: float, high: float) -> dict[str, np.ndarray | float]:
    """Return the temperature that each post-hoc repair gives a stream; the last one needs the stream's labels and is a bound."""
    return {"none": 1.0, "home": home.temperature,
            "stream": float(certainty_temperature(logits, home.rule, low=low, high=high, norm=False).mean()),
            "sample": certainty_temperature(logits, home.rule, low=low, high=high), "oracle": fit_temperature(logits, y)}


def score(logits: np.ndarray, y: np.ndarray, home: AtHome, low: float, high: float, rng: np.random.Generator) -> dict[str, dict]:
    """Return every number of a stream by post-hoc repair; intervals and floors for outputs as they come alone, elsewhere NaN."""
    found = {}
    for name, hot in temperatures(logits, y, home, low, high).items():
        p = calibration.softmax(logits, hot)
        sure, right = calibration.top(p, y)
        parts = calibration.brier_parts(sure, right)
        ends, floor = (np.nan, np.nan), (np.nan, np.nan)
        if name == "none":
            ends = calibration.ece_interval(sure, right, rng, draws=DRAWS)
            floor = calibration.ece_floor(sure, rng, draws=DRAWS)
        sets = selective.conformal_sets(p, home.thresholds["none" if name == "none" else "home"])
        values = (right.mean(), calibration.ece(sure, right), *ends, *floor, calibration.ece(sure, right, equal_mass=True),
                  calibration.classwise_ece(p, y), calibration.nll(p, y), calibration.brier(p, y), parts.reliability, parts.resolution,
                  calibration.overconfidence(sure, right), calibration.entropy(p).mean(), np.linalg.norm(logits, axis=1).mean(),
                  selective.correctness_auroc(sure, right), *selective.set_coverage(sets, y), np.mean(hot))
        found[name] = dict(zip(SCORES, map(float, values), strict=True))
    return found


def diagrams(logits: np.ndarray, y: np.ndarray, home: AtHome, low: float, high: float) -> list[tuple]:
    """Return the rows of the reliability diagrams: (repair, bin, count, confidence, accuracy), empty bins left out."""
    rows = []
    for name, hot in temperatures(logits, y, home, low, high).items():
        bins = calibration.reliability(*calibration.top(calibration.softmax(logits, hot), y))
        rows += [(name, place, int(count), float(sure), float(right)) for place, (count, sure, right)
                 in enumerate(zip(bins.counts, bins.confidence, bins.accuracy, strict=True)) if count]
    return rows


def risks(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the share of wrong answers among the surest, at each of ``SHARES``."""
    coverage, risk = selective.risk_coverage(*calibration.top(calibration.softmax(logits), y))
    return np.interp(SHARES, coverage, risk)


def by_class(logits: np.ndarray, y: np.ndarray) -> list[tuple[int, int, float, float]]:
    """Return for each class how many images say so, how often that is right, and how sure they are: (class, n, accuracy, confidence)."""
    p = calibration.softmax(logits)
    sure, right = calibration.top(p, y)
    said = p.argmax(axis=1)
    return [(c, int((said == c).sum()), float(right[said == c].mean()), float(sure[said == c].mean())) for c in np.unique(said).tolist()]


def by_group(logits: np.ndarray, y: np.ndarray, group: np.ndarray) -> list[tuple[int, int, float, float]]:
    """Return for each group of images how many there are, how often it is right, and how sure it is: (group, n, accuracy, confidence)."""
    sure, right = calibration.top(calibration.softmax(logits), y)
    there = np.unique(group).tolist()
    return [(g, int((group == g).sum()), float(right[group == g].mean()), float(sure[group == g].mean())) for g in there]


assert tuple(POST_HOC) == ("none", "home", "stream", "sample", "oracle")
