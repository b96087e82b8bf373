"""The words of the demonstration without training: answer, method, prediction."""

from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts
from core.layernorm.gauge.plain import UNTESTED, plain
from core.layernorm.study.words import ABSORPTION

WHERE = {"cost_none": "Folded first", "cost_learnt": "As learnt", "cost": "Re-scaled most"}


def answer(run: Run) -> str:
    """Return the two ends of what stripping costs the same function."""
    cost, none, change = run.estimate("cost"), run.estimate("cost_none"), run.estimate("logit_difference")
    ends = f"from {words.number(none.value, 'pt')} to {words.number(cost.value, 'pt')}"
    if cost.low is None:
        return words.undecided(f"stripping one and the same Pre-LN function costs {ends}", cost.n)
    if cost.low <= 0:
        return f"Not decided: stripping costs {ends} ({words.interval(cost, 'pt')}), which may be nothing."
    return (f"Whatever one likes: stripping one and the same Pre-LN function costs {ends} ({words.interval(cost, 'pt')}). "
            f"Its logits differ by {change.value:.0e} of their spread.")


def winner(run: Run) -> str:
    """Return at which writing of the function stripping costs most."""
    return WHERE[max(WHERE, key=lambda metric: run.estimate(metric).value)]


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    cost = run.estimate("cost").value
    opening = surprise(cost, guess, within=0.1, more="It costs more than you expected.", less="It costs less than you expected.")
    return (f"{opening} Scales can be moved between a norm and the layer that reads it without changing anything that the network "
            "computes. **Look next:** what folding does in Post-LN, where that is not allowed.")


TEXTS = Texts(
    measures="Accuracy that stripping costs at most",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "no cost"),
    span=(-0.1, 0.9),
    idea=("In a Pre-LN transformer the output of a norm is read by linear layers alone. So its scale and bias can be moved into those "
          "layers, or back with other values, and the network computes the same function. Here one pretrained function is written "
          "with ever more spread scales, and each time stripped: every scale set to 1, every bias to 0. What stripping costs then "
          "runs from nothing to everything, although nothing that the network knows has changed. A cost of stripping is therefore "
          "a fact about how weights happen to be written, and no measure of what LayerNorm stores. In Post-LN the residual stream "
          "reads the norm too, and folding is not allowed: there it does harm."),
    formulas=(
        (ABSORPTION, "Folding: the next linear layer takes over scale and bias."),
        (r"w' = e^{s z},\quad b' = \tfrac s2 z',\qquad W' = W\,\mathrm{diag}(w / w'),\quad c' = c + Wb - W'b'",
         "Re-scaling by strength s with z and z' drawn from a normal distribution: the same function again."),
    ),
    assumptions=(
        "Nothing is trained after pretraining: every difference is a matter of arithmetic.",
        "The function is the same up to rounding; the largest change of a logit is measured and shown.",
        "The price of the strongest re-scaling depends on the draws; the price of folding does not.",
    ),
    sources=("Elementary; checked here against weights in double precision.",
             "Singhal and Kim 2025, arXiv 2511.10566: what is meant by removing LayerNorm's parameters."),
)

PREDICTION = Prediction(
    metric="cost",
    question="What can stripping the same function cost?",
    label="Your guess in accuracy (0.00 costs nothing, 0.90 all there is)",
    low=0.0, high=0.9, step=0.05, start=0.2,
    choice="Written how will it cost most?",
    answers=tuple(WHERE.values()),
    winner=winner,
    why=why,
)
