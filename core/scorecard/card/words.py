"""The words of a scorecard: answer, method, prediction. Imports no torch."""

from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts
from core.scorecard import reading
from core.scorecard.table import LENSES
from core.scorecard.unseen import NOT_LOOKED_AT


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    said = surprise(run.results[0].measured, guess, within=0.1, more="More can be asked of it than you expected.",
                    less="Less can be asked of it than you expected.")
    return f"{said} **Look next:** the rows that are not measured say what would make them possible."


def plain(run: Run) -> str:
    """Return what is known and what is worst, in counts, from the headline numbers alone.

    Raises:
        ValueError: If there is no number for refusals, nor for leakage and the worst group.
    """
    first = run.results[0]
    if first.refused == first.refused:
        return (f"Of 100 requests that it should refuse this model refuses {100 * first.refused:.0f}, and of 100 ordinary ones "
                f"{100 * first.false_refusals:.0f}.")
    n = sum(lens.family == "classifier" for lens in LENSES)
    if first.leak != first.leak or first.worst_group != first.worst_group:
        raise ValueError("no number for it")
    return (f"{round(n * first.measured)} of {n} questions can be answered for this model: an attacker finds {100 * first.leak:.0f} of 100 "
            f"images it was trained on, and of its worst group it gets {100 * first.worst_group:.0f} of 100 right.")


TEXTS = Texts(
    measures="questions that could be answered",
    answer=reading.answer,
    plain=plain,
    untested=tuple(f"{what}: {why}." for what, why in NOT_LOOKED_AT),
    baseline=(1.0, "all"),
    span=(0.0, 1.05),
    idea=("One model is put to every room's question, and each room answers with its own functions: no number is computed twice. A row "
          "is a number with its interval and its denominators, beside the house's own models of known quality. Limits are fixed before "
          "the run and are part of what it is named by. A row keeps or breaks a limit only where its whole interval does. There is no "
          "score: rows are of different kinds, and some pull against each other."),
    formulas=((r"\text{within: } [l, u] \subseteq L \qquad \text{beyond: } [l, u] \cap L = \emptyset",
               "l and u are the ends of the 95% interval, L is what the limit allows. Everything else is not decided."),),
    assumptions=(
        "Intervals speak of this one model: a network trained anew may differ by more. The bands show by how much the house's do.",
        "The attack, the mark, the classes, bits and shares were named before looking; a worst group is corrected for having been chosen.",
        "Cases in which 95% intervals mislead add up: with a dozen limits about one in four cards has a row on the wrong side by chance "
        "where all are just kept.",
        "What was not asked was not found: the list of what a card did not look at is as long as the card.",
    ),
    sources=(
        "Clopper and Pearson 1934, exact intervals of shares.",
        "Newcombe 1998, method 10: intervals of paired differences of shares.",
        "NIST AI RMF 1.0, MEASURE: measures with their uncertainty; limits need human judgment.",
        "Regulation (EU) 2024/1689, Article 9(8): prior defined metrics and probabilistic thresholds; Annex IV 2(g): reports dated and "
        "signed. Read in stored copies; a scorecard is evidence for such a file and no statement that anything complies.",
    ),
)

PREDICTION = Prediction(
    metric="measured", question="How many of the questions can be answered for this subject?", label="0.00 is none, 1.00 is all",
    low=0.0, high=1.0, step=0.05, start=0.5, why=why)
