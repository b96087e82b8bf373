"""The words of one question: answer, method, prediction."""

import math

from core.lab import words
from core.lab.prediction import Prediction
from core.lab.runs import Run
from core.lab.texts import Texts
from core.safety.ask.plain import UNTESTED, plain
from core.safety.units.words import ENOUGH
from core.safety.units.words import TEXTS as STUDY


def answer(run: Run) -> str:
    """Return what happened to held-out requests, and to the visitor's own."""
    found = run.estimate("refusal_drop")
    before, after, random = (words.number(run.estimate(f"refused_{name}").value, "%") for name in ("before", "after", "random"))
    text = f"of held-out requests {after} are refused without these units, {before} with them and {random} without as many random ones"
    own = _own(run)
    if math.isnan(found.value):
        return "Not decided: this run could not resolve what is refused."
    if found.low is None:
        return f"Not decided: {text}, but {words.seeds(found.n)} {'gives' if found.n == 1 else 'give'} no interval.{own}"
    verdict = "No" if found.low > ENOUGH else "Yes" if found.high < ENOUGH else "Not decided"
    return f"{verdict}: {text} (a fall of {words.interval(found, 'pt')}).{own}"


def _own(run: Run) -> str:
    """Return what became of the visitor's prompt in the first seed."""
    first = run.results[0]
    said = {(True, True): "is still refused", (True, False): "is no longer refused", (False, True): "is refused only now",
            (False, False): "is answered either way"}[first.asked_before > 0.5, first.asked_after > 0.5]
    return f" {whose(run)} {said}."


def whose(run: Run) -> str:
    """Return whose prompt was asked: the visitor's, or the first held-out request where the visitor left it empty."""
    return "Your prompt" if run.request.config.prompt.strip() else "The first held-out request"


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    left, broken = run.estimate("refused_after").value, run.estimate("broken_after").value
    surprise = ("More is still refused than you expected." if left > guess + 0.1 else
                "Less is still refused than you expected." if left < guess - 0.1 else "You were close.")
    return (f"{surprise} {words.number(broken, '%')} of the answers are broken: nothing, or the same again and again. **Look next:** "
            "perplexity, which says whether the model can still speak.")


TEXTS = Texts(
    measures="Refusals lost without these units",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "no effect"),
    span=(-0.2, 1.05),
    idea=("The aligned twin and the scores of its units are kept from the whole study, or made once. Units of the chosen categories are "
          "taken out, and the model is asked before and after: your prompt, and held-out requests to be refused and ordinary ones. As many "
          "random units are taken out for comparison. One question is an anecdote; the held-out requests are the evidence."),
    formulas=STUDY.formulas[:4],
    assumptions=(
        "The twin was taught to refuse in a short training. What is found is where this template sits.",
        "Answers are greedy: the likeliest token each time. Another way to draw them may answer differently.",
        "A prompt unlike those of the training may be refused or answered for reasons that these units do not decide.",
        "The topic model reads only its own words, and knows only its own topics.",
    ),
    sources=STUDY.sources[:3],
)

PREDICTION = Prediction(
    metric="refused_after",
    question="How much is still refused without these units?",
    label="Your guess (0.00 answers every request, 1.00 refuses them all)",
    low=0.0, high=1.0, step=0.05, start=0.5,
    why=why,
)
