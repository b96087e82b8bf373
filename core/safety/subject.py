"""What a study looks at: the prompts of a seed, and the model with its twins, from the store where they are there."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.data.pairs import PromptSets
from core.data.prompts import prompt_sets
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.safety import topic_model, twins
from core.safety.record import ModelPair, put
from core.safety.scores import statistics
from core.safety.settings import SafetyConfig
from core.safety.topic_prompts import TopicWorld, topic_world

Report = Callable[[str, int, float], None]
SCORES_VERSION = 1


@dataclass(frozen=True, eq=False)
class Subject:
    """What one seed of a study looks at.

    Attributes:
        sets: Its prompts.
        pair: The model with its twins.
        identity: What determines the aligned twin; what is computed from it may be stored under it.
    """

    sets: PromptSets
    pair: ModelPair
    identity: dict[str, object]


def sets_of(config: SafetyConfig, seed: int) -> tuple[PromptSets, TopicWorld | None]:
    """Return the prompts of one seed, and for the topic model the world they come from.

    Raises:
        InputError: If the prompts are missing, break a rule or are too few.
    """
    if config.is_topics:
        world = topic_world(config, seed)
        return world.sets, world
    return prompt_sets(config.prompts, n_calibration=config.n_calibration, n_evaluation=config.n_evaluation,
                       rng=generator(seed, "prompts")), None


def subject_of(config: SafetyConfig, seed: int, context: Context, report: Report = lambda stage, step, loss: None) -> Subject:
    """Return what a seed looks at, trained where it is not stored yet; the network is left in the aligned state.

    Raises:
        InputError: If model or prompts are missing or break a rule.
        RunFailed: If a training diverges.
    """
    sets, world = sets_of(config, seed)
    if world is not None:
        return Subject(sets, topic_model.topic_pair(config, world, seed, context, report), topic_model.identity(config, seed))
    pair = twins.pretrained_pair(config, sets, seed, context, report)
    return Subject(sets, pair, twins.identity(config, sets, seed, "aligned"))


def stored_scores(subject: Subject, config: SafetyConfig, context: Context) -> tuple[np.ndarray, np.ndarray]:
    """Return raw safety and utility scores of the aligned model, float64 (n_units,) each: from the store, or scored now and kept.

    Re-ranking them needs no model, so that another share or another scale is answered at once.
    """
    pairs = [[(pair.prompt, pair.response) for pair in part]
             for part in (subject.sets.calibration_refused, subject.sets.calibration_ordinary)]
    key = {"what": "unit scores", "version": SCORES_VERSION, "of": subject.identity, "positions": config.positions, "pairs": pairs}
    found = context.models.get(key)
    if found is None:
        put(subject.pair.model, subject.pair.aligned)
        scored = [statistics(subject.pair.model, part, positions=config.positions).scores()
                  for part in (subject.sets.calibration_refused, subject.sets.calibration_ordinary)]
        found = dict(zip(("safety", "utility"), scored, strict=True))
        context.models.put(key, found)
    return found["safety"], found["utility"]
