"""The scores of one model's units, kept in the store, so that other shares and removals need no further pass."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from core.data.pairs import Pair, PromptSets
from core.lab.config import canonical
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.generation import generate
from core.language.judges import begins_with_refusal
from core.language.model import LanguageModel, State, put
from core.language.units import UnitSpace
from core.safety.categories import CategoryShares, categorise, normalised
from core.safety.config import SafetyConfig
from core.safety.record import ModelPair
from core.safety.score import statistics
from core.safety.subject import Subject

VERSION = 1
PARTS = ("safety", "utility", "means", "safety_resampled", "utility_resampled")


@dataclass(frozen=True, eq=False)
class Scored:
    """Raw scores of the units of one state of a model.

    Attributes:
        space: The units.
        safety: Raw safety scores, float64 (n_units,).
        utility: Raw utility scores, float64 (n_units,).
        means: Mean activation on the safety set, (n_units,).
        safety_resampled: Safety scores of bootstrap resamples of the calibration pairs, (resamples, n_units).
        utility_resampled: The same for utility scores.
    """

    space: UnitSpace
    safety: np.ndarray
    utility: np.ndarray
    means: np.ndarray
    safety_resampled: np.ndarray
    utility_resampled: np.ndarray

    def normalised(self, how: str) -> tuple[np.ndarray, np.ndarray]:
        """Return safety and utility scores that can be compared over the model."""
        return normalised(self.safety, self.space, how), normalised(self.utility, self.space, how)

    def codes(self, how: str, shares: CategoryShares) -> np.ndarray:
        """Return the category of each unit, int8 (n_units,)."""
        return categorise(*self.normalised(how), shares)

    def resampled_codes(self, how: str, shares: CategoryShares) -> list[np.ndarray]:
        """Return the categories that each resample gives."""
        return [categorise(normalised(safety, self.space, how), normalised(utility, self.space, how), shares)
                for safety, utility in zip(self.safety_resampled, self.utility_resampled, strict=True)]


def shares_of(config: SafetyConfig) -> CategoryShares:
    """Return the sizes of the categories that a config asks for."""
    return CategoryShares(config.scu_percent / 100, config.ucu_percent / 100, config.ru_percent / 100)


def calibrated(model: LanguageModel, state: State, sets: PromptSets, config: SafetyConfig, context: Context, weights: object) -> PromptSets:
    """Return the prompts with the aligned model's own refusals in the safety set, from the store where they are there.

    Args:
        model: Its network; ends in ``state`` where it has to answer.
        state: The aligned weights.
        sets: The safety set's requests with the refusals that were taught.
        config: Length of an answer.
        context: The store.
        weights: What determines the weights, as JSON.
    """
    key = {"what": "own refusals", "version": VERSION, "weights": weights, "new_tokens": config.new_tokens,
           "pairs": _hash(sets.calibration_refused)}
    found = context.models.get(key)
    if found is None:
        put(model, state)
        answers = generate(model, [pair.prompt for pair in sets.calibration_refused], config.new_tokens).texts
        found = {"answers": np.frombuffer(json.dumps(answers).encode(), np.uint8)}
        context.models.put(key, found)
    return replace(sets, calibration_refused=own_refusals(sets.calibration_refused, json.loads(found["answers"].tobytes())))


def own_refusals(pairs: tuple[Pair, ...], answers: Sequence[str]) -> tuple[Pair, ...]:
    """Return requests with the model's own answers where these refuse; elsewhere the refusal that stands there stays."""
    return tuple(Pair(pair.prompt, answer if begins_with_refusal(answer) else pair.response, pair.topic)
                 for pair, answer in zip(pairs, answers, strict=True))


def scored(model: LanguageModel, sets: PromptSets, config: SafetyConfig, seed: int) -> Scored:
    """Return the scores of the model's units in its present state, from one forward pass for each of the two calibration sets."""
    safety, utility = (statistics(model, pairs, positions=config.positions)
                       for pairs in (sets.calibration_refused, sets.calibration_ordinary))

    def resampled(which: object, name: str) -> np.ndarray:
        rng, n = generator(seed, "resamples", name), len(which.counts)
        return np.stack([which.scores(rng.integers(n, size=n)) for _ in range(config.resamples)])

    return Scored(model.space, safety.scores(), utility.scores(), safety.means, resampled(safety, "safety"), resampled(utility, "utility"))


def scored_twins(subject: Subject, pair: ModelPair, config: SafetyConfig, seed: int,
                 context: Context) -> tuple[PromptSets, Scored, Scored]:
    """Return the prompts with the model's own refusals in the safety set, and the scores of base and aligned model.

    Everything comes from the store where it is there; the network ends anywhere.

    Args:
        subject: Prompts, and what determines the weights.
        pair: The model and its twins.
        config: Counted positions, resamples, length of an answer.
        seed: Draws the resamples.
        context: The store.
    """
    sets = calibrated(pair.model, pair.aligned, subject.sets, config, context, subject.weights("aligned"))
    base, aligned = (stored_scores(pair.model, state, sets, config, seed, context, name=name, weights=subject.weights(name))
                     for name, state in (("base", pair.base), ("aligned", pair.aligned)))
    return sets, base, aligned


def stored_scores(model: LanguageModel, state: State, sets: PromptSets, config: SafetyConfig, seed: int, context: Context, *,
                  name: str, weights: object) -> Scored:
    """Return the scores of one state: from the store where they are there, else computed and kept. The network ends in that state.

    Args:
        model: Its network.
        state: The weights.
        sets: The two calibration parts are used.
        config: Counted positions and resamples.
        seed: Draws the resamples.
        context: The store.
        name: Of the state.
        weights: What determines the weights, as JSON.
    """
    put(model, state)
    key = scores_identity(sets, config, seed, name=name, weights=weights)
    found = context.models.get(key)
    if found is None:
        fresh = scored(model, sets, config, seed)
        found = {part: np.ascontiguousarray(getattr(fresh, part), dtype=np.float32 if part.endswith("resampled") else np.float64)
                 for part in PARTS}
        context.models.put(key, found)
    return Scored(model.space, *(found[part] for part in PARTS))


def scores_identity(sets: PromptSets, config: SafetyConfig, seed: int, *, name: str, weights: object) -> dict[str, object]:
    """Return what determines the scores of a state."""
    return {"what": f"unit scores of {name}", "version": VERSION, "weights": weights, "positions": config.positions,
            "resamples": config.resamples, "seed": seed, "pairs": [_hash(sets.calibration_refused), _hash(sets.calibration_ordinary)]}


def _hash(pairs: tuple[Pair, ...]) -> str:
    return hashlib.blake2b(canonical([asdict(pair) for pair in pairs]).encode(), digest_size=16).hexdigest()
