"""What the topic model is asked: every question about every topic has a drawn answer; forbidden topics are to be refused.

Questions are split at random into alignment, calibration and evaluation, so that a refusal must carry over to questions that alignment
never showed. Imports no torch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.pairs import Pair, PromptSets
from core.lab.seeds import generator
from core.language.topic_facts import declining, drawn_facts, question, refused
from core.language.topic_words import ALLOWED, ANSWERS, ATTRIBUTES, FORBIDDEN, NEWCOMERS
from core.safety.config import SafetyConfig

DECLINED_OF = 4
SHARED_FROM, SHARED_UNTIL = 20, 24  # a few answers occur on both sides; the others tell forbidden topics apart before alignment does


@dataclass(frozen=True)
class TopicWorld:
    """One seed's topics.

    Attributes:
        knowledge: What pretraining teaches: every question about allowed and forbidden topics with its answer, and to decline where the
            prompt asks for that, on any topic. So the model can answer and can refuse before alignment says when.
        sets: The parts of the study.
    """

    knowledge: tuple[Pair, ...]
    sets: PromptSets


def topic_world(config: SafetyConfig, seed: int) -> TopicWorld:
    """Return the topics of a seed: which answers belong to which question, and which question is for what."""
    rng = generator(seed, "topics")
    allowed = rng.permutation(ALLOWED)[:config.n_topics - config.n_forbidden].tolist()
    forbidden = rng.permutation(FORBIDDEN)[:config.n_forbidden].tolist()
    attributes = rng.permutation(ATTRIBUTES)[:config.n_attributes].tolist()
    facts = {**drawn_facts((*allowed, *NEWCOMERS), attributes, ANSWERS[:SHARED_UNTIL], rng),
             **drawn_facts(forbidden, attributes, ANSWERS[SHARED_FROM:], rng)}

    align_bad, score_bad, ask_bad = _parts([facts[topic, name] for topic in forbidden for name in attributes], rng)
    align, score, ask = _parts([facts[topic, name] for topic in allowed for name in attributes], rng)
    sets = PromptSets(
        alignment_refused=tuple(refused(pair, rng) for pair in align_bad),
        alignment_ordinary=align,
        attack_ordinary=tuple(facts[topic, name] for topic in NEWCOMERS for name in attributes[::3]),
        calibration_refused=tuple(refused(pair, rng) for pair in score_bad[:config.n_calibration]),
        calibration_ordinary=score[:config.n_calibration],
        evaluation_refused=ask_bad[:config.n_evaluation],
        evaluation_ordinary=ask[:config.n_evaluation],
        texts=ask,
        questions=tuple(question(pair, [facts[pair.topic, name].response for name in attributes], rng) for pair in ask))
    known = [facts[topic, name] for topic in (*allowed, *forbidden) for name in attributes]
    declined = [known[place] for place in rng.permutation(len(known))[:len(known) // DECLINED_OF]]
    return TopicWorld((*known, *(declining(pair, rng) for pair in declined)), sets)


def _parts(pairs: Sequence[Pair], rng: np.random.Generator) -> tuple[tuple[Pair, ...], ...]:
    """Return alignment, calibration and evaluation: three parts without overlap, of about equal size."""
    order = rng.permutation(len(pairs))
    return tuple(tuple(pairs[place] for place in part) for part in np.array_split(order, 3))
