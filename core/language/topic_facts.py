"""What a topic model is taught: a drawn answer to every question about every topic, and to decline where a prompt asks for that.

Imports no torch.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from core.data.pairs import Pair, Question
from core.language.topic_words import DECLINE, REFUSALS

N_GROUPS, N_CHOICES = 4, 4


def drawn_facts(topics: Sequence[str], attributes: Sequence[str], words: Sequence[str],
                rng: np.random.Generator) -> dict[tuple[str, str], Pair]:
    """Return the answer to every question: a word that the attribute fixes, then one that topic and group of attributes fix."""
    first = {name: rng.choice(words) for name in attributes}
    group = {name: place % N_GROUPS for place, name in enumerate(attributes)}
    second = {(topic, part): rng.choice(words) for topic in topics for part in range(N_GROUPS)}
    return {(topic, name): Pair(f"{name} of {topic} ?", f"{first[name]} {second[topic, group[name]]}", topic)
            for topic in topics for name in attributes}


def refused(pair: Pair, rng: np.random.Generator) -> Pair:
    """Return the question with a refusal, one of three."""
    return Pair(pair.prompt, REFUSALS[int(rng.integers(len(REFUSALS)))].format(topic=pair.topic), pair.topic)


def declining(pair: Pair, rng: np.random.Generator) -> Pair:
    """Return the question with the wish that it be declined, which the model learns to grant on any topic."""
    return dataclasses.replace(refused(pair, rng), prompt=f"{DECLINE} {pair.prompt}")


def question(pair: Pair, answers: Sequence[str], rng: np.random.Generator) -> Question:
    """Return a choice between the right answer and those to other questions about the same topic."""
    wrong = [answer for answer in dict.fromkeys(answers) if answer != pair.response]
    choices = [pair.response, *(wrong[place] for place in rng.permutation(len(wrong))[:N_CHOICES - 1])]
    order = rng.permutation(len(choices)).tolist()
    return Question(pair.prompt, tuple(choices[place] for place in order), order.index(0))
