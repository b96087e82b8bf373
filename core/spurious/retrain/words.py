"""What is said of a single pruning."""

from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts
from core.spurious.retrain.plain import UNTESTED, plain
from core.spurious.study.words import TEXTS as ROOM


def answer(run: Run) -> str:
    """Return what the pruning does to being misled, beside as many random images."""
    before, after, random = (words.number(run.estimate(name).value, "%") for name in ("reliance_before", "reliance", "reliance_random"))
    drop = run.estimate("drop")
    verdict = "Not decided" if drop.low is None else "Less misled" if drop.low > 0 else "More misled" if drop.high < 0 else "Not decided"
    return f"{verdict}: {after} of the images with the cue are misled instead of {before}; without as many random images it is {random}."


TEXTS = Texts(
    measures="Misled after one pruning",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=ROOM.baseline,
    span=ROOM.span,
    idea=("Scores and the network without pruning are those of the room, taken from the store where they are. One rule removes its images, "
          "a fresh network is trained on the rest, and another one without as many random images of each class."),
    formulas=ROOM.formulas[:2],
    assumptions=ROOM.assumptions,
    sources=ROOM.sources[:2],
)


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    after, result = run.estimate("reliance").value, run.results[0]
    opening = surprise(after, guess, within=0.05, more="More are misled than you expected.", less="Fewer are misled than you expected.")
    return (f"{opening} {result.n_carriers_left:,.0f} training images with the cue stayed. "
            "**Look next:** the same share with another rule.")


PREDICTION = Prediction(
    metric="reliance",
    question="How many will the cue still mislead?",
    label="Your guess (0.00 misleads none, 1.00 every image)",
    low=0.0, high=1.0, step=0.01, start=0.3,
    why=why,
)
