"""The words of one cut: answer, method, prediction."""

import math

from core.backdoor.ask.plain import UNTESTED, plain
from core.backdoor.study.words import PURE
from core.backdoor.study.words import TEXTS as STUDY
from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run
from core.lab.texts import Texts


def answer(run: Run) -> str:
    """Return what became of held-out prompts, and of the visitor's own."""
    after, gap = run.estimate("asr_after"), run.estimate("gap_after")
    before, random = (words.number(run.estimate(f"asr_{name}").value, "%") for name in ("before", "random"))
    if math.isnan(after.value) or math.isnan(gap.value):
        return "Not decided: this run could not resolve what becomes of the answers."
    said = (f"on held-out prompts the trigger works on {words.number(after.value, '%')} after the treatment, {before} before and {random} "
            f"after random channels; right answers under it are {words.number(gap.value)} times as perplexing as in a model never poisoned")
    if after.low is None:
        return f"{words.undecided(said, after.n)}{_own(run)}"
    if after.low > 0.5:
        return f"Yes: {said}.{_own(run)}"
    return f"{'No' if gap.high is not None and gap.high < PURE else 'Less often, but not purified'}: {said}.{_own(run)}"


def _own(run: Run) -> str:
    first = run.results[0]
    said = {(True, True): "still sets it off", (True, False): "no longer sets it off", (False, True): "sets it off only now",
            (False, False): "sets it off neither way"}
    return f" {whose(run)} {said[first.yours_before > 0.5, first.yours_after > 0.5]}."


def whose(run: Run) -> str:
    """Return whose prompt was asked: the visitor's, or the first held-out one where the visitor left it empty."""
    return "Your prompt" if run.request.config.prompt.strip() else "The first held-out prompt"


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    told = surprise(run.estimate("asr_after").value, guess, within=0.1, more="The trigger works more often than you expected.",
                    less="The trigger works less often than you expected.")
    return f"{told} **Look next:** what the model says instead, and what a model never poisoned says."


TEXTS = Texts(
    measures="Attack success after the cut",
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    baseline=(0.0, "never poisoned"),
    span=(-0.05, 1.05),
    idea=("The poisoned model, its clean twin and the defender's variants are kept from the whole study, or made once. One treatment is "
          "done to the poisoned model, as many random channels are cut for comparison, and all get the same repair. Then your prompt is "
          "asked, with and without the trigger. One prompt is an anecdote; the held-out ones beside it are the evidence."),
    formulas=STUDY.formulas[:2],
    assumptions=(
        "The trigger is put into your prompt for you. A prompt that holds it already sets it off by itself.",
        "Answers are greedy: the likeliest token each time.",
        "The topic model reads only its own words, and knows only its own topics.",
        *STUDY.assumptions[1:3],
    ),
    sources=STUDY.sources[:2],
)

PREDICTION = Prediction(
    metric="asr_after",
    question="How often does the trigger still work after this?",
    label="Your guess (0.00 never, 1.00 on every prompt)",
    low=0.0, high=1.0, step=0.05, start=0.5,
    why=why,
)
