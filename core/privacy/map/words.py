"""The words of the trade-off map."""

from core.lab.prediction import Prediction
from core.lab.runs import Run
from core.lab.texts import Texts
from core.privacy.defence.words import ASSUMPTIONS, SOURCES, surprised
from core.privacy.map.answer import answer, winner
from core.privacy.map.config import SIX
from core.privacy.map.curves import BASELINE
from core.privacy.map.figures_trade_off import TITLES
from core.privacy.map.plain import UNTESTED, caution, plain

TEXTS = Texts(
    measures="Lowest AUC per seed",
    answer=answer,
    plain=plain,
    caution=caution,
    untested=UNTESTED,
    baseline=(0.5, "guessing"),
    span=(0.4, 1.02),
    idea=("Every defence has a knob that trades accuracy for privacy, so defences are compared as curves and never as points. All start "
          "from the same plain models and the same members. Early stopping costs nothing and is the curve to beat."),
    formulas=(
        (r"\mathrm{front} = \{a : \nexists\, b\ \ \mathrm{acc}_b \ge \mathrm{acc}_a,\ \mathrm{AUC}_b \le \mathrm{AUC}_a,\ b \ne a\}",
         "The Pareto front: points that no other beats on both counts."),
    ),
    assumptions=ASSUMPTIONS,
    sources=SOURCES,
)


def why(run: Run, guess: float) -> str:
    """Return what decides the best trade, and what to look at next."""
    found = run.estimate("auc_best").value
    return (f"{surprised(found, guess)} The price of privacy is paid in accuracy, and two points buy only so much. "
            "**Look next:** which curves lie above early stopping, the solid line.")


PREDICTION = Prediction(
    metric="auc_best", question="Two points of accuracy may go: how low can the AUC fall?",
    label="Your guess (0.50 is chance, 1.00 finds every member)", low=0.5, high=1.0, step=0.01, start=0.6,
    choice="Which defence will win?", answers=tuple(TITLES[name] for name in (BASELINE, *SIX.split("+"))), winner=winner, why=why)
