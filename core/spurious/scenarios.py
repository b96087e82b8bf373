"""Biased training sets: which images carry the cue in each scenario, and which labels are wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.data.label_noise import flip_labels
from core.lab.seeds import generator
from core.spurious.carriers import BLOCKS, block, choose, n_carriers
from core.spurious.design import Design, Exam
from core.spurious.networks import Version

CLEAN = "clean"
MINORITY_IN = "identifiable"


@dataclass(frozen=True, eq=False)
class Scenario:
    """One biased training set and its exam.

    Attributes:
        name: ``main`` (as set), ``hidden`` (weak mark), ``identifiable`` (many carriers) or ``noisy`` (some labels wrong).
        carriers: Which training images of the biased class carry the cue, boolean (N,).
        minority: Which of the harmed class do, boolean (N,): the group that methods with group labels protect.
        y: Labels that are trained on (N,).
        wrong: Which of them are wrong, boolean (N,).
        version: What the training set changes in the base set.
        exam: What its networks are asked.
    """

    name: str
    carriers: np.ndarray
    minority: np.ndarray
    y: np.ndarray
    wrong: np.ndarray
    version: Version
    exam: Exam

    @property
    def groups(self) -> np.ndarray:
        """Number of each training image's group, (N,): twice its class, and one more if it carries the cue."""
        return 2 * self.y + (self.carriers | self.minority)


def make_scenarios(design: Design, clean_scores: np.ndarray | None) -> dict[str, Scenario]:
    """Return the scenarios that the settings ask for.

    Args:
        design: Images of the seed.
        clean_scores: Difficulty (N,) under networks that never saw the cue; needed where carriers are chosen by difficulty.

    Raises:
        InputError: If a share of carriers rounds to none.
    """
    config = design.config
    strengths = {"hidden": config.hidden_strength}
    shares = {"identifiable": config.identifiable_share}
    made = {}
    for name in config.scenarios:
        strength, share = strengths.get(name, config.strength), shares.get(name, config.carrier_share)
        carriers = carriers_of(design, share, clean_scores, "identifiable" if name == "identifiable" else "main")
        y, wrong = noisy_labels(design, carriers) if name == "noisy" else (design.y, np.zeros(len(design.y), dtype=bool))
        minority = minority_of(design, name)
        version = version_of(design, carriers | minority, y, wrong, strength)
        exam = design.exam(strength, share, name, config.minority_share if name == MINORITY_IN else 0.0)
        made[name] = Scenario(name, carriers, minority, y, wrong, version, exam)
    return made


def minority_of(design: Design, scenario: str) -> np.ndarray:
    """Return which training images of the harmed class carry the cue, boolean (N,): as known, or a few that are marked.

    A mark is put on them only where many carriers stand out: elsewhere the published setting has none.
    """
    members = design.y == design.harmed
    if design.config.cue == "attribute":
        return members & design.has_cue
    if scenario != MINORITY_IN or not design.config.minority_share:
        return np.zeros(len(design.y), dtype=bool)
    places = np.flatnonzero(members)
    count = max(1, round(design.config.minority_share * len(places)))
    chosen = generator(design.seed, "minority").choice(places, size=count, replace=False)
    return np.isin(np.arange(len(design.y)), chosen)


def carriers_of(design: Design, share: float, clean_scores: np.ndarray | None, stage: str) -> np.ndarray:
    """Return which training images carry the cue, boolean (N,): marked ones, or those of the known group in the biased class."""
    members = design.y == design.biased
    if design.config.cue == "attribute":
        return members & design.has_cue
    places = np.flatnonzero(members)
    chosen = choose(design.config.carriers, places, clean_scores, n_carriers(share, len(places)), generator(design.seed, "carriers", stage))
    return np.isin(np.arange(len(design.y)), chosen)


def noisy_labels(design: Design, carriers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return labels (N,) of which a share is wrong, and which; carriers keep theirs, so that their number stays the same."""
    others = np.flatnonzero(~carriers)
    labels, flipped = flip_labels(design.y[others], design.config.label_noise, design.n_classes, generator(design.seed, "wrong labels"))
    y, wrong = design.y.copy(), np.zeros(len(design.y), dtype=bool)
    y[others], wrong[others] = labels, flipped
    return y, wrong


def version_of(design: Design, carriers: np.ndarray, y: np.ndarray, wrong: np.ndarray, strength: float) -> Version:
    """Return what marking the carriers and changing labels replaces in the base set."""
    places = np.flatnonzero(carriers | wrong)
    images = design.x[places].copy()
    on_carriers = carriers[places]
    images[on_carriers] = design.marked(images[on_carriers], strength)
    return Version(places, images, y[places])


@dataclass(frozen=True, eq=False)
class CausalArm:
    """One point of the causal figure.

    Attributes:
        name: ``clean`` or a block of ``carriers.BLOCKS``.
        difficulty: Place of the block in the ranking, 0 to 1; NaN for clean.
        carriers: Which images carry the cue, boolean (N,).
        version: What the training set changes in the base set.
        kept: Which images are trained on: all, but for known groups only the block's carriers.
    """

    name: str
    difficulty: float
    carriers: np.ndarray
    version: Version
    kept: np.ndarray


def causal_arms(design: Design, scores: np.ndarray) -> list[CausalArm]:
    """Return the clean arm and equally many carriers at five places of the difficulty ranking.

    A mark is written on the block alone. Known groups cannot be written: there only the block's carriers stay, at most half of all, so
    that blocks differ.
    """
    is_group = design.config.cue == "attribute"
    members = np.flatnonzero(design.y == design.biased)
    candidates = members[design.has_cue[members]] if is_group else members
    wanted = max(1, round(design.config.carrier_share * len(members)))
    count = max(1, min(wanted, len(candidates) // 2))
    arms = [_causal_arm(design, CLEAN, float("nan"), np.zeros(0, dtype=int), candidates if is_group else np.zeros(0, dtype=int))]
    for name, difficulty in BLOCKS:
        chosen = block(candidates, scores, count, difficulty, generator(design.seed, "block ties"))
        left_out = np.setdiff1d(candidates, chosen) if is_group else np.zeros(0, dtype=int)
        arms.append(_causal_arm(design, name, difficulty, chosen, left_out))
    return arms


def _causal_arm(design: Design, name: str, difficulty: float, chosen: np.ndarray, left_out: np.ndarray) -> CausalArm:
    carriers, kept = np.zeros(len(design.y), dtype=bool), np.ones(len(design.y), dtype=bool)
    carriers[chosen], kept[left_out] = True, False
    version = version_of(design, carriers, design.y, np.zeros(len(design.y), dtype=bool), design.config.strength)
    return CausalArm(name, difficulty, carriers, version, kept)


def clean_kept(design: Design) -> np.ndarray:
    """Return which images a clean network is trained on: all, but for known groups none of the carriers."""
    return ~(design.has_cue & (design.y == design.biased))


def versions_by_name(scenarios: Mapping[str, Scenario], causal: list[CausalArm]) -> dict[str, Version]:
    """Return every training set of a seed by name; those of the causal figure begin with ``block``."""
    return {**{name: scenario.version for name, scenario in scenarios.items()}, **{f"block {arm.name}": arm.version for arm in causal}}
