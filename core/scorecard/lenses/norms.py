"""Whether knowledge sits in the norms' scales: the layernorm room's gauge, on a language model's answers to questions with choices."""

import numpy as np
import pandas as pd
import torch

from core.language.model import put
from core.language.utility import choices
from core.layernorm.demonstrations import gauge_state
from core.layernorm.pretrained import Subject, Task
from core.layernorm.text_subjects import as_they_are
from core.measures.paired import paired_interval
from core.models.normalisation import choose, find_norms, fold, strip
from core.models.readers import find_readers
from core.scorecard.language.material import Speaker
from core.scorecard.lenses.refusals import PAIRED, processes_of
from core.scorecard.material import Material
from core.scorecard.row import Found, Missing, Slice
from core.training.forked_models import results_of
from core.training.variation import Feed

STRENGTH = 1.0  # spread of the logarithm of the new scales, the room's strongest
MOST_QUESTIONS = 48


def stripped(material: Material) -> Found | Missing:
    """Return the right answers that are lost once every norm's scale is set to one."""
    speaker = material.speaker
    if not speaker.sets.questions:
        return Missing("needs questions with choices", "choose a model of the house, or one that speaks English")
    subject = subject_of(speaker)
    names = ("as it is", "scales set to one", "scales folded into the next layer, then set to one", "scales drawn anew",
             "scales drawn anew, then set to one")
    right = dict(zip(names, _right(material, subject), strict=True))
    whole, bare, folded, redrawn, lost = right.values()
    value, n = float(whole.mean() - bare.mean()), len(whole)
    low, high = paired_interval(whole, bare)
    sentence = (f"With the scales of its norms set to one it answers {100 * bare.mean():.0f} of 100 questions rightly, with its own "
                f"{100 * whole.mean():.0f}; where the next layer takes the scales over first, {100 * folded.mean():.0f}.")
    note = (f"Scales drawn anew, with the next layer undoing them, leave {100 * redrawn.mean():.0f} of 100 right, and setting those to one "
            f"{100 * lost.mean():.0f}: the loss tells of how a function is written down, not of where it knows things.")
    return Found(value, low, high, n, f"{int(whole.sum())} of {n} questions right before, {int(bare.sum())} after", sentence, PAIRED, "",
                 tuple(Slice(name, float(flags.mean()), n, kind="right answers") for name, flags in right.items()), note)


def states_of(subject: Subject, seed: int) -> list[dict[str, torch.Tensor]]:
    """Return the weights that are asked: as they are, stripped, folded and stripped, re-scaled, re-scaled and stripped."""
    norms, state = choose(subject.norms), subject.state
    redrawn = gauge_state(subject, STRENGTH, seed)
    return [dict(state), strip(state, norms), strip(fold(state, subject.reads), norms), redrawn, strip(redrawn, norms)]


def subject_of(speaker: Speaker) -> Subject:
    """Return a language model as the layernorm room takes one; its task are questions with choices."""
    questions = speaker.sets.questions[:MOST_QUESTIONS]
    answers = np.array([question.answer for question in questions])
    feed = Feed(torch.zeros(len(questions), 1, dtype=torch.int64), torch.from_numpy(answers), 0, max(map(len, _choices(questions))),
                as_they_are)
    network = speaker.model.network

    def readout(state: dict) -> float:
        put(speaker.model, state)
        return float(np.mean(np.array(choices(speaker.model, questions)) == answers))

    return Subject(
        placement="pre", name=speaker.study.model, title=speaker.model.title, network=network,
        task=Task(feed, 0, answers, answers, tuple(map(str, range(feed.n_classes))), None), state=dict(speaker.state), fresh=None,
        norms=find_norms(network), reads=find_readers(network), readout=readout, readout_kind="pretrained", pretraining=pd.DataFrame(),
        is_downloaded=not speaker.study.is_topics)


def _choices(questions) -> list[tuple[str, ...]]:
    return [question.choices for question in questions]


def _right(material: Material, subject: Subject) -> list[np.ndarray]:
    speaker = material.speaker
    questions = speaker.sets.questions[:MOST_QUESTIONS]

    def asked(state: dict) -> list[bool]:
        put(speaker.model, state)
        return [place == question.answer for place, question in zip(choices(speaker.model, questions), questions, strict=True)]

    found = results_of([lambda state=state: asked(state) for state in states_of(subject, material.seed)], processes=processes_of(material))
    return [np.array(one, dtype=bool) for one in found]
