"""The words of one setting: answer, method, prediction."""

from core.compression.groups.words import TEXTS as STUDY
from core.compression.setting.plain import UNTESTED, plain
from core.compression.sources import SOURCES
from core.lab import words
from core.lab.prediction import Prediction
from core.lab.runs import Run
from core.lab.texts import Texts


def answer(run: Run) -> str:
    """Return what small groups lose more at this setting, beyond the balanced copy."""
    found = run.estimate("did")
    text = f"small groups lose {words.number(found.value, 'pt')} more than large ones, beyond what the balanced copy shows"
    if found.low is None:
        return f"Not decided: {text}, but {words.seeds(found.n)} {'gives' if found.n == 1 else 'give'} no interval."
    verdict = "Small groups" if found.low > 0 else "Large groups" if found.high < 0 else "Not decided"
    said = text if verdict == "Not decided" else text.replace("small groups", "they" if verdict == "Small groups" else "small groups")
    return f"{verdict}: {said} ({words.interval(found, 'pt')})."


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    head = run.estimate("head_drop").value
    close = abs(run.estimate("tail_drop").value - guess) < 0.02
    return (f"{'You were close. ' if close else ''}The largest groups lose {words.number(head, 'pt')} at the same setting. "
            "**Look next:** the balanced copy, which says how much of the difference is owed to size.")


TEXTS = Texts(
    measures="Extra loss of small groups",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "all groups alike"),
    span=(-0.05, 0.25),
    idea=("Two small networks, one on a long tail of classes and one on a balanced copy, are rounded or pruned at one setting. Float "
          "networks are kept, so that a second setting takes seconds. One seed says little: which class is small moves the contrast by "
          "several points. The room of all settings has the intervals."),
    formulas=STUDY.formulas[:2],
    assumptions=STUDY.assumptions,
    sources=SOURCES,
)

PREDICTION = Prediction(
    metric="tail_drop",
    question="How much accuracy do small groups lose?",
    label="Your guess (0.00 loses nothing, 0.05 is five points)",
    low=0.0, high=0.6, step=0.01, start=0.05,
    why=why,
)
