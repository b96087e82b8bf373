"""What a study looks at: the prompts of a seed, how its model and the twins are made, and how its refusals and answers open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.data import prompts
from core.data.pairs import PromptSets
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language import topic_words
from core.language.judges import OPENINGS
from core.safety import topic_model, twins
from core.safety.config import SafetyConfig
from core.safety.probe import KS
from core.safety.record import ModelPair
from core.safety.topic_prompts import topic_world

Report = Callable[[str, int, float], None]
TOPIC_KS = (1, 2)  # an answer has two words
COMPLIANCE = ("Sure, here is how you can do that:", "Of course, here is what you need to know:", "Here's how to do it, step by step:")


@dataclass(frozen=True, eq=False)
class Subject:
    """What one seed of a study looks at.

    Attributes:
        sets: Its prompts.
        make: Returns the model with its twins, trained where they are not stored yet; takes the run's context and what is told of training
            (stage, step, loss).
        weights: Returns what determines the weights of a state (``base``, ``aligned``, ``unaligned``), as JSON, for the store.
        openings: Texts with which a ``refusal`` and a ``compliance`` open, for the probe; none: each request's own answer.
        ks: Numbers of tokens of an opening that the probe takes.
        refusal_openings: Short openings of refusals, whose first tokens decoding looks for.
    """

    sets: PromptSets
    make: Callable[[Context, Report], ModelPair]
    weights: Callable[[str], object]
    openings: Mapping[str, tuple[str, ...]]
    ks: tuple[int, ...]
    refusal_openings: tuple[str, ...]


def subject_of(config: SafetyConfig, seed: int) -> Subject:
    """Return what a seed looks at; no model is loaded yet.

    Raises:
        InputError: If the prompts are missing, break a rule or are too few.
    """
    return _topics(config, seed) if config.is_topics else _pretrained(config, seed)


def _topics(config: SafetyConfig, seed: int) -> Subject:
    world = topic_world(config, seed)
    refusals = tuple(text.format(topic="that") for text in topic_words.REFUSALS)
    return Subject(
        world.sets, lambda context, report: topic_model.topic_pair(config, world, seed, context, report),
        lambda state: {"state": state, **topic_model.identity(config, seed)},
        MappingProxyType({"refusal": refusals, "compliance": ()}),
        TOPIC_KS, ("sorry", "i"))


def _pretrained(config: SafetyConfig, seed: int) -> Subject:
    sets = prompts.prompt_sets(config.prompts, n_calibration=config.n_calibration, n_evaluation=config.n_evaluation,
                               rng=generator(seed, "prompts"))
    return Subject(
        sets, lambda context, report: twins.pretrained_pair(config, sets, seed, context, report),
        lambda state: {"state": state, **twins.identity(config, sets, seed, state)},
        MappingProxyType({"refusal": prompts.REFUSALS, "compliance": COMPLIANCE}), KS, OPENINGS)
