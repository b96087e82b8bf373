"""The words of outputs alone: answer, method, prediction."""

import math

from core.calibration.outputs.plain import UNTESTED, plain
from core.calibration.study.words import ENOUGH
from core.calibration.study.words import TEXTS as STUDY
from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts


def answer(run: Run) -> str:
    """Return how much surer than right the outputs are away from home, and what one temperature leaves."""
    found = run.estimate("over_shifted")
    if math.isnan(found.value):
        return "Not decided: a part of the outputs could not be judged."
    at_home, left = words.number(run.estimate("over_home").value, "pt"), words.number(run.estimate("ece_home_temperature").value, "%")
    interval = "" if found.low is None else f" ({words.interval(found, 'pt')})"
    text = (f"away from home they are {words.number(found.value, 'pt')} surer than right{interval}, {at_home} at home; a temperature from "
            f"home leaves an error of {left}")
    if found.low is None:
        return words.undecided(text, found.n)
    is_off, is_near = found.low > ENOUGH or found.high < -ENOUGH, found.low > -ENOUGH and found.high < ENOUGH
    verdict = "No" if is_off else "Yes" if is_near else "Not decided"
    return f"{verdict}: {text}."


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    said = surprise(run.estimate("over_shifted").value, guess, within=0.04, more="They are surer than you expected.",
                    less="They are less sure than you expected.")
    return f"{said} **Look next:** the repairs, where one number divides the logits and no model is needed."


TEXTS = Texts(
    measures="Confidence above accuracy, shifted",
    answer=answer,
    plain=plain,
    repeats="judged in {n} disjoint parts of its rows",
    untested=UNTESTED,
    baseline=(0.0, "as sure as right"),
    span=(-0.2, 0.5),
    idea=("A file holds what a classifier said, as logits or probabilities, with the right classes, at home and where data has drifted. "
          "Nothing is trained and no model is loaded. The rows are dealt at random into disjoint parts, one for each seed, so that an "
          "interval over parts is one over rows that were drawn apart. Of a part's rows at home one half fits temperature and conformal "
          "sets, and the other half is judged. Beside each error stand a bootstrap interval and the floor that a perfect predictor would "
          "show with as many rows."),
    formulas=(STUDY.formulas[0], STUDY.formulas[2]),
    assumptions=(
        "Intervals speak of this classifier and this shift: a network trained anew may differ by more.",
        "Calibration depends on bins and on the number of rows: an error near its floor says nothing, and small parts have high floors.",
        "Probabilities come in as logarithms, each row moved to a mean of zero; those under 10⁻¹² are taken as 10⁻¹². Their length "
        "stands for the logit norm, which probabilities alone do not tell.",
        "Groups of fewer than ten rows in a part are left out of it.",
    ),
    sources=STUDY.sources[2:3] + STUDY.sources[:1],
)

PREDICTION = Prediction(
    metric="over_shifted",
    question="How much surer than right are they away from home?",
    label="Your guess (0.00 is as sure as right, 0.30 is thirty points too sure)",
    low=-0.2, high=0.6, step=0.01, start=0.1,
    why=why,
)
