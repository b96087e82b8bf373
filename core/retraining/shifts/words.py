"""What the room says of shifted data beside its figures."""

import numpy as np
import pandas as pd

from core.lab import words
from core.lab.estimate import over_seeds
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts
from core.retraining.shifts.plain import UNTESTED, plain

RIVALS = {"rank_resque": "RESQUE", "rank_raw": "Raw error", "rank_norms": "Error after norms", "rank_confidence": "Mean unconfidence"}
FREE = 0.02  # accuracies closer than this are no order


def example(run: Run, model: str) -> tuple[int, pd.Series, pd.Series] | None:
    """Return seed and the two shifts that differ most in cost against the order of raw accuracy: dearer first; None where there is none."""
    cases = run.table("cases")
    for seed, part in cases[cases["model"] == model].groupby("seed"):
        best, pair = 0.0, None
        known = part[part["images"].notna()]
        for _, dear in known.iterrows():
            for _, cheap in known.iterrows():
                gap = dear["images"] - cheap["images"]
                if gap > best and cheap["images"] > 0 and dear["raw_error"] < cheap["raw_error"] - FREE:
                    best, pair = gap, (int(seed), dear, cheap)
        if pair is not None:
            return pair
    return None


def answer(run: Run) -> str:
    """Return how well RESQUE ranks cost, beside raw error."""
    resque, raw = run.estimate("rank_resque"), run.estimate("rank_raw")
    if run.estimate("censored").value == 1.0:
        n = sum(len(result.cases) for result in run.results)
        return f"No run reached this target: all {n} retrainings end under it. Take more points under clean accuracy, or a higher cap."
    if resque.low is None:
        return words.undecided(f"RESQUE ranks cost with a correlation of {words.number(resque.value)}, raw error with "
                               f"{words.number(raw.value)}", resque.n)
    gap = over_seeds([one.rank_resque - one.rank_raw for one in run.results])
    verdict = "One forward pass tells" if resque.low > 0 else "Not decided"
    beside = ("better than" if gap.low is not None and gap.low > 0 else "worse than" if gap.high is not None and gap.high < 0
              else "and cannot be told from")
    return (f"{verdict}: RESQUE ranks what shifts cost with a correlation of {words.number(resque.value)} ({words.interval(resque)}), "
            f"{beside} raw error with {words.number(raw.value)}, which is free. {added(run)}")


def added(run: Run) -> str:
    """Return what RESQUE adds once raw error is known."""
    partial = run.estimate("partial_resque")
    if partial.low is None:
        return ""
    word = "It adds to it" if partial.low > 0 else "Whether it adds to it is open"
    return f"{word}: partial correlation {words.number(partial.value)} ({words.interval(partial)})."


def winner(run: Run) -> str:
    """Return which of four ranks cost best."""
    return RIVALS[max(RIVALS, key=lambda metric: np.nan_to_num(run.estimate(metric).value, nan=-2.0))]


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    opening = surprise(run.estimate("rank_resque").value, guess, within=0.1, more="It ranks better than you expected.",
                       less="It ranks worse than you expected.")
    return (f"{opening} Within one kind of shift everything ranks cost; between kinds they part. **Look next:** the pair of shifts where "
            "raw accuracy has the order wrong.")


WORDS = Texts(
    measures="Rank correlation with images to target",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "no relation"),
    span=(-0.2, 1.0),
    idea=("A model was trained on old data; new data are shifted. Before a step is trained, one forward pass of old and new images gives "
          "every index. Then the model is retrained on each shift, and its accuracy is read after growing numbers of images: the cost is "
          "where the best accuracy so far first crosses the target, interpolated. An index is good if it puts shifts in the order of "
          "their cost, and useful if it does so better than what is free: accuracy as it is, accuracy once BatchNorm's averages are "
          "renewed, and mean confidence, which needs no label. Between several models, the one of lowest index is picked for every "
          "shift, and the regret is what the pick costs more than the cheapest."),
    formulas=(
        (r"\mathrm{RESQUE} = \frac1C\sum_c \frac1\pi\arccos\frac{v_c\cdot u_c}{\|v_c\|\,\|u_c\|}",
         "v and u: sums of the last convolution's outputs over the old and the new images of a class."),
        (r"\mathrm{ARM} = \frac1L\sum_l W\big(P_l^{\mathrm{old}}, P_l^{\mathrm{new}}\big)",
         "W: Wasserstein distance. As released it gets the heights of the histograms; corrected, their places."),
        (r"\mathrm{PreIndex} = \frac{p + (1-a)}{1 + (p + (1-a))\,s} - \bar s",
         "p: representation distance; a: adjusted Rand index; s and its mean are our reading of two undefined terms."),
        (r"r_{xy\cdot z} = \frac{r_{xy} - r_{xz}r_{yz}}{\sqrt{(1-r_{xz}^2)(1-r_{yz}^2)}}",
         "Partial rank correlation of index x and cost y, raw error z held fixed."),
    ),
    assumptions=(
        "Adam with rate 0.001 on all layers, batches of 32, no schedule: another recipe, another cost.",
        "The same test images stop a run and tell its cost, as in the released code.",
        "Retrainings that never reach the target share the last rank; Harrell's concordance skips pairs of them.",
        "Rank correlations are means of the two plain models; ten shifts each are few.",
        "Energy is metered for the whole step, CPU power modelled where it cannot be read, and shared out by CPU seconds.",
    ),
    sources=("RESQUE, arXiv 2412.15511: index and retraining recipe, from the released code; no coefficient could be read.",
             "PreIndex, arXiv 2408.01446: parts from the released code; the formula through a public summary.",
             "ARM, arXiv 2405.09600: formula; the code it shares with PreIndex.",
             "Harrell et al. 1982: concordance with censored costs."),
)

PREDICTION = Prediction(
    metric="rank_resque", question="How well will RESQUE rank what shifts cost?", label="Your guess (0 no relation, 1 perfect order)",
    low=-0.2, high=1.0, step=0.05, start=0.5, choice="What will rank it best?", answers=tuple(RIVALS.values()), winner=winner, why=why)
