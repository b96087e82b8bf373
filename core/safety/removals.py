"""Removing each category at several shares, and random units of equal number and kind: what it does to refusals and to utility."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.pairs import PromptSets
from core.lab.seeds import generator
from core.language.freezing import random_like
from core.language.model import LanguageModel, State, put
from core.language.removal import parameter_share, without
from core.safety.categories import CATEGORIES, RU, SCU, UCU, members, normalised
from core.safety.config import NORMALISATIONS, SafetyConfig, parse_shares
from core.safety.evaluation import evaluate
from core.safety.outcomes import columns, packed, unpacked
from core.safety.record import Behaviour
from core.safety.unit_scores import Scored, shares_of
from core.training.forked_models import results_of

NONE, RANDOM = "none", "random"
SWEPT = (SCU, UCU, RU)


@dataclass(frozen=True, eq=False)
class Removal:
    """One set of units to take out.

    Attributes:
        group: ``SCU``, ``UCU``, ``RU``, ``random``, or ``none``.
        share: Of all units.
        draw: Which random draw; 0 for the others.
        units: Bool (n_units,).
        state: Under which name its answers are shown; empty where they are not.
        scale: How scores were made comparable.
    """

    group: str
    share: float
    draw: int
    units: np.ndarray
    state: str = ""
    scale: str = ""


def shares_swept(config: SafetyConfig) -> tuple[float, ...]:
    """Return every share at which categories are removed, ascending: those of the sweep and those of SCU and UCU."""
    return tuple(sorted({*parse_shares(config.sweep), config.scu_percent / 100, config.ucu_percent / 100}))


def removals(scored: Scored, config: SafetyConfig, seed: int) -> list[Removal]:
    """Return what is taken out: nothing; each category at each share, RU at its own share too; random sets like the SCU at each share."""
    safety, utility = scored.normalised(config.normalisation)
    shares, main, space = shares_of(config), config.scu_percent / 100, scored.space
    found = [Removal(NONE, 0.0, 0, np.zeros(space.n_units, dtype=bool), "aligned")]
    for code in SWEPT:
        own = {SCU: shares.scu, UCU: shares.ucu, RU: main}[code]
        for share in sorted({*shares_swept(config), *((shares.ru,) if code == RU else ())}):
            units = members(safety, utility, code, share, shares)
            found.append(Removal(CATEGORIES[code], share, 0, units, CATEGORIES[code].lower() if share == own else ""))
    for place, share in enumerate(shares_swept(config)):
        like = members(safety, utility, SCU, share, shares)
        for draw in range(config.random_draws):
            units = random_like(space, like, generator(seed, "random removal", place, draw))
            found.append(Removal(RANDOM, share, draw, units, RANDOM if share == main and draw == 0 else ""))
    return found


def by_scale(scored: Scored, config: SafetyConfig) -> list[Removal]:
    """Return the SCU that each way to normalise scores gives, at the usual share."""
    shares, found = shares_of(config), []
    for how in NORMALISATIONS:
        safety, utility = (normalised(raw, scored.space, how) for raw in (scored.safety, scored.utility))
        found.append(Removal("SCU", shares.scu, 0, members(safety, utility, SCU, shares.scu, shares), "", how))
    return found


def judge_removals(model: LanguageModel, state: State, todo: Sequence[Removal], sets: PromptSets, config: SafetyConfig, *, processes: int,
                   on_done: Callable[[int], None] = lambda n: None) -> list[Behaviour]:
    """Return how the model behaves without each set of units, in order; its weights are ``state`` before and after."""
    put(model, state)

    def judged(removal: Removal) -> dict:
        with without(model, removal.units):
            return packed(evaluate(model, sets, config.new_tokens))

    some = list({removal.units.tobytes(): removal for removal in todo}.values())  # what two ways choose alike is judged once
    found = results_of([lambda removal=removal: judged(removal) for removal in some], processes=processes, on_done=on_done)
    by_units = {removal.units.tobytes(): unpacked(one) for removal, one in zip(some, found, strict=True)}
    return [by_units[removal.units.tobytes()] for removal in todo]


def judge_states(model: LanguageModel, states: Sequence[State], sets: PromptSets, config: SafetyConfig, *,
                 processes: int) -> list[Behaviour]:
    """Return how the model behaves with each set of weights, in order; the network ends with any of them."""
    def judged(state: State) -> dict:
        put(model, state)
        return packed(evaluate(model, sets, config.new_tokens))

    return [unpacked(one) for one in results_of([lambda state=state: judged(state) for state in states], processes=processes)]


def removal_table(model: LanguageModel, todo: Sequence[Removal], judged: Sequence[Behaviour]) -> pd.DataFrame:
    """Return one row per removal: group, share, n_units, parameter_share, draw, and what was judged."""
    return pd.DataFrame([
        {"group": removal.group, "share": removal.share, "n_units": int(removal.units.sum()),
         "parameter_share": parameter_share(model, removal.units), "draw": removal.draw, **columns(found)}
        for removal, found in zip(todo, judged, strict=True)])


def scale_table(model: LanguageModel, todo: Sequence[Removal], judged: Sequence[Behaviour]) -> pd.DataFrame:
    """Return one row per way to normalise scores: normalisation, share, n_mlp, layers, top_layer_share, and what was judged."""
    space, rows = model.space, []
    for removal, found in zip(todo, judged, strict=True):
        layers = np.bincount(space.layers[removal.units], minlength=space.n_layers)
        rows.append({"normalisation": removal.scale, "share": removal.share, "n_mlp": int((removal.units & space.is_mlp).sum()),
                     "layers": int((layers > 0).sum()), "top_layer_share": float(layers.max() / layers.sum()), **columns(found)})
    return pd.DataFrame(rows)
