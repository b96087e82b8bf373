"""What the room says of new tasks beside its figures."""

import numpy as np

from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts
from core.retraining.tasks.plain import UNTESTED, plain

RIVALS = {"rank_task": "RESQUE", "rank_probe": "Linear probe", "rank_knn": "Nearest neighbours", "rank_pixels": "Neighbours of pixels"}


def answer(run: Run) -> str:
    """Return how well RESQUE ranks new tasks, beside a linear probe, and what reuse saves."""
    resque, probe = run.estimate("rank_task"), run.estimate("rank_probe")
    if resque.low is None:
        return words.undecided(f"RESQUE ranks new tasks with a correlation of {words.number(resque.value)}, a linear probe with "
                               f"{words.number(probe.value)}", resque.n)
    verdict = "It does" if resque.low > 0.5 else "A little" if resque.low > 0 else "RESQUE is not shown to"
    return (f"{verdict}: its rank correlation with cost is {words.number(resque.value)} ({words.interval(resque)}); a linear probe, which "
            f"is free, has {words.number(probe.value)} ({words.interval(probe)}). {saved(run)}")


def saved(run: Run) -> str:
    """Return what reuse saves on either kind of images."""
    own, other = run.estimate("ratio_own"), run.estimate("ratio_other")
    return (f"Reuse needs {words.number(own.value)} times the images of random weights on its own kind of images, "
            f"{words.number(other.value)} times on the other kind.")


def winner(run: Run) -> str:
    """Return which of four ranks cost best."""
    return RIVALS[max(RIVALS, key=lambda metric: np.nan_to_num(run.estimate(metric).value, nan=-2.0))]


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    opening = surprise(run.estimate("rank_task").value, guess, within=0.15, more="It ranks better than you expected.",
                       less="It ranks worse than you expected.")
    return (f"{opening} Clusters follow style as much as class; a probe looks along the directions that tell classes apart. "
            "**Look next:** where the matrix says that reuse costs more than random weights.")


WORDS = Texts(
    measures="Rank correlation with images to target",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "no relation"),
    span=(-0.6, 1.0),
    idea=("One network has learned clothes, one handwritten digits, one nothing: its weights are random. Each is given a new classifier "
          "and taught tasks whose images no source has seen. All sources have one target in a task, so far on the way from chance to the "
          "best that any of them reaches; the cost is the number of images until then. Before, one forward pass of the task's images "
          "gives RESQUE in the four variants that its code computes, and beside it what anybody could compute: a linear probe, nearest "
          "neighbours, LEEP, LogME, and nearest neighbours of the raw pixels, which know no network. What reuse saves is the number of "
          "images as a ratio to random weights."),
    formulas=(
        (r"\mathrm{RESQUE} = 1 - \mathrm{ARI}\big(\text{k-means of old features},\ \text{new classes}\big)",
         "Flat map or mean over positions; k-means begun at the classes' own means or by k-means++."),
        (r"\mathrm{target} = \tfrac1C + s\,\big(a^\ast - \tfrac1C\big)",
         "C classes; a*: the best accuracy that any source reaches; s: the share of the way."),
        (r"\mathrm{saved} = \frac{n_\mathrm{source}}{n_\mathrm{random}}", "Images to target; under 1, reuse is cheaper."),
    ),
    assumptions=(
        "Adam with rate 0.001 on all layers, batches of 32, no schedule; a new classifier, one for all sources of a task.",
        "Sources saw 4,000 images each: what reuse saves grows with a larger source.",
        "Retrainings that never get there count at the cap in ratios, and share the last rank in correlations.",
        "A cost of nothing counts as one batch of 32 images in ratios.",
        "Eight tasks a source are few; their classes overlap, so they are not independent.",
        "Pairs of classes are left to the preset standard: there clusters follow style, and a pilot found RESQUE much weaker with them.",
    ),
    sources=("RESQUE, arXiv 2412.15511: four variants, from the released code; no coefficient could be read.",
             "LEEP: Nguyen et al. 2020. LogME: You et al. 2021.",
             "Harrell et al. 1982: concordance with censored costs."),
)

PREDICTION = Prediction(
    metric="rank_task", question="How well will RESQUE rank what new tasks cost?", label="Your guess (0 no relation, 1 perfect order)",
    low=-0.2, high=1.0, step=0.05, start=0.5, choice="What will rank it best?", answers=tuple(RIVALS.values()), winner=winner, why=why)
