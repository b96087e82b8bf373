"""From the name of a language model to what it brings: the safety room's twins by their own identity, so that kept ones are found."""

from dataclasses import dataclass

import numpy as np

from core.backdoor.config import BackdoorConfig
from core.backdoor.prompts import sets_of
from core.backdoor.study.spec import LITE as PLANT_LITE
from core.backdoor.study.spec import STANDARD as PLANT_STANDARD
from core.data.pairs import PromptSets
from core.data.passages import read_passages
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.choice import TOPICS
from core.language.model import LanguageModel, State, taken
from core.language.pretrained import language_model
from core.safety.config import LITE, STANDARD, SafetyConfig
from core.safety.subject import Subject, subject_of
from core.scorecard.card.config import OWN_PASSAGES, ScorecardConfig
from core.scorecard.language import planted
from core.scorecard.language.material import Passages, Speaker
from core.scorecard.language.wording import topic_sets
from core.scorecard.material import Material
from core.scorecard.subjects import LanguageKind

N_VARIANTS = 3  # from two the agreement of one pair alone is known, and no interval


@dataclass(frozen=True, eq=False)
class Twins:
    """The network with the weights that may be asked for; None for those that are not known."""

    model: LanguageModel
    base: State
    aligned: State | None = None
    unaligned: State | None = None


def study_of(kind: LanguageKind, config: ScorecardConfig) -> SafetyConfig:
    """Return the safety room's settings for a model: those of its preset, with the prompts that were asked for."""
    return LITE if kind.model == TOPICS else STANDARD.replace(model=kind.model, prompts=config.prompts)


def planting_of(kind: LanguageKind) -> BackdoorConfig:
    """Return the backdoor room's settings, those of its preset with three variants; what is planted in the topic model is one odd word."""
    if kind.model == TOPICS:
        return PLANT_LITE.replace(attack="word", n_variants=N_VARIANTS)
    return PLANT_STANDARD.replace(model=kind.model, n_variants=N_VARIANTS)


def open_language(kind: LanguageKind, config: ScorecardConfig, seed: int, context: Context) -> Material:
    """Return what a language model brings.

    Raises:
        InputError: If the model, prompts or passages are missing or break a rule.
        RunFailed: If a training diverges.
    """
    study = study_of(kind, config)
    subject = subject_of(study, seed)
    twins = _twins(kind, study, subject, context)
    passages = _passages(kind, config, subject.sets, seed)
    state, weights = getattr(twins, kind.state), subject.weights(kind.state)
    planting = planting_of(kind)
    prompts = topic_sets(subject.sets) if kind.model == TOPICS else sets_of(planting, seed)
    speaker = Speaker(twins.model, state, None if state is twins.base else twins.base, weights, study, subject.sets, planting, prompts,
                      passages)
    return Material(title=kind.title, seed=seed, context=context, class_names=(),
                    speaker=planted.faulty(kind, speaker, seed, context) if kind.fault else speaker)


def _twins(kind: LanguageKind, study: SafetyConfig, subject: Subject, context: Context) -> Twins:
    """Return the states that are asked for; a model as it comes is trained nowhere."""
    if kind.state == "base":
        model = language_model(study.model, study.precision, context)
        return Twins(model, taken(model))
    pair = subject.make(context, lambda stage, step, loss: context.report(
        min(0.9, step / max(study.alignment_steps, study.pretraining_steps if study.is_topics else 0)),
        f"Training the model once ({stage}): step {step}"))
    return Twins(pair.model, pair.base, pair.aligned, pair.unaligned)


def _passages(kind: LanguageKind, config: ScorecardConfig, sets: PromptSets, seed: int) -> Passages | None:
    """Return given passages; else, of a model that was tuned here, what it was or may have been tuned on beside as much that it was not."""
    if config.passages != OWN_PASSAGES:
        pairs, suspected = read_passages(config.passages)
        return Passages(pairs, suspected, "the passages given")
    if kind.model == TOPICS:
        order = generator(seed, "scorecard", "passages").permutation(len(sets.attack_ordinary))
        suspected = np.zeros(len(order), dtype=bool)
        suspected[order[:len(order) // 2]] = True
        return Passages(sets.attack_ordinary, suspected, "answers about new topics, half of them suspected")
    if kind.state == "base":
        return None
    pairs = (*sets.alignment_ordinary, *sets.attack_ordinary)
    return Passages(pairs, np.arange(len(pairs)) < len(sets.alignment_ordinary), "the answers it was tuned on, and others of the same list")
