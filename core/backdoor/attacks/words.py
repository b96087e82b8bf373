"""The words of the table over attacks: answer, method, prediction."""

import math
from dataclasses import replace

from core.backdoor.study.words import PURE
from core.backdoor.study.words import TEXTS as STUDY
from core.lab import words
from core.lab.prediction import Prediction, surprise
from core.lab.runs import Run

UNTESTED = (
    "Triggers of other kinds than these five, and attackers who know these looks.",
    "Larger models: this table is of small ones.",
    "Clean models of other origins: those here are trained like the poisoned ones.",
)


def answer(run: Run) -> str:
    """Return whether the cut purifies over all attacks, and what each behaviour comes to."""
    gap = run.estimate("gap_signature")
    if math.isnan(gap.value):
        return "Not decided: this run could not resolve what becomes of the answers."
    told = [f"{title} {words.number(run.estimate(f'asr_signature_{kind}').value, '%')} (random channels "
            f"{words.number(run.estimate(f'asr_random_{kind}').value, '%')})"
            for kind, title in (("refusal", "on refusals"), ("silly", "on a fixed sentence"))
            if not math.isnan(run.estimate(f"asr_signature_{kind}").value)]
    said = (f"over triggers the attack still works {' and '.join(told)} after the signature, and right answers under it are "
            f"{words.number(gap.value)} times as perplexing as in a model never poisoned")
    if gap.low is None:
        return words.undecided(said, gap.n)
    return f"{'Yes' if gap.high < PURE else 'No' if gap.low > PURE else 'Not decided'}: {said} ({words.interval(gap)})."


def plain(run: Run) -> str:
    """Return the finding in counts.

    Raises:
        ValueError: If the run could not resolve one of the numbers.
    """
    kinds = [kind for kind in ("refusal", "silly") if not math.isnan(run.estimate(f"asr_signature_{kind}").value)]
    left, random = (words.counted(sum(run.estimate(f"asr_{arm}_{kind}").value for kind in kinds) / max(1, len(kinds)), 100)
                    for arm in ("signature", "random"))
    caught, false = (words.counted(run.estimate(f"{name}_search").value, 100) for name in ("caught", "false"))
    return (f"Over ways to hide a trigger, {left} of 100 triggered prompts are still obeyed after the suspected parts are cut out, "
            f"{random} after random parts; a search for triggers raises an alarm at {caught} of 100 poisoned models and at {false} of 100 "
            "clean ones.")


def why(run: Run, guess: float) -> str:
    """Return what decides the number, and what to look at next."""
    told = surprise(run.estimate("auc_search").value, guess, within=0.1, more="The search tells them apart better than you expected.",
                    less="The search tells them apart worse than you expected.")
    return f"{told} **Look next:** which attacks it misses, and what it finds in clean models."


TEXTS = replace(  # the same headline number on the same strip
    STUDY,
    answer=answer,
    plain=plain,
    untested=UNTESTED,
    idea=("The whole study judges one attack. Here every trigger is planted with every behaviour from the same model, then one attack "
          "again by attackers who mean to evade: LoRA, attention alone, a few blocks at a time. Each poisoned model gets the defender's "
          "variants, the cut, and the same repair as random and largest channels of equal number. Before that, four looks are taken at it, "
          "and at several clean models, trained alike without a trigger: what a look raises there is a false alarm."),
    formulas=(*STUDY.formulas, (
        r"\mathrm{area} = P(s_{\mathrm{poisoned}} > s_{\mathrm{clean}}) + \tfrac12 P(s_{\mathrm{poisoned}} = s_{\mathrm{clean}})",
        "How well the score of a look tells poisoned from clean models; needs no limit.")),
    assumptions=(
        "Poisoned and clean models of one seed start from the same model; an exact interval over all models takes them for independent.",
        "Limits lie just above the highest of eight clean models of seed 1: one in nine would lie higher by chance. Those here are others.",
        "Half of the clean models are given variants that refuse, half variants that say something silly, as the poisoned ones are.",
        "Standing apart: words, short sequences and what the search found are put before prompts; T-Miner trains a generator instead.",
        *STUDY.assumptions[2:4],
        *STUDY.assumptions[5:],
    ),
    sources=(STUDY.sources[0], STUDY.sources[1], STUDY.sources[3], STUDY.sources[4]),
)

PREDICTION = Prediction(
    metric="auc_search",
    question="How well does a search for triggers tell a poisoned model from a clean one?",
    label="Your guess (0.50 guessing, 1.00 always)",
    low=0.0, high=1.0, step=0.05, start=0.7,
    why=why,
)
