"""What a language model brings to the lenses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.backdoor.config import BackdoorConfig
from core.data.pairs import Pair, PromptSets
from core.safety.config import SafetyConfig

if TYPE_CHECKING:
    from core.backdoor.prompts import Sets
    from core.language.model import LanguageModel, State


@dataclass(frozen=True, eq=False)
class Passages:
    """Passages that may have been in training, beside others like them that were not.

    Attributes:
        pairs: Passages; the response counts.
        suspected: Which may have been in training, bool (N,).
        words: What they are, a clause.
    """

    pairs: Sequence[Pair]
    suspected: np.ndarray
    words: str


@dataclass(frozen=True, eq=False)
class Speaker:
    """A language model under the lenses.

    Attributes:
        model: The network; lenses put in the weights that they ask.
        state: The weights under the lenses.
        before: Weights that it was tuned from, where they are known.
        weights: What determines ``state``, as JSON, for the store.
        study: The safety room's settings.
        sets: The safety room's prompts.
        planting: The backdoor room's settings.
        prompts: The backdoor room's prompts.
        passages: For memorised text; None where none are given.
    """

    model: LanguageModel
    state: State
    before: State | None
    weights: Mapping[str, object]
    study: SafetyConfig
    sets: PromptSets
    planting: BackdoorConfig
    prompts: Sets
    passages: Passages | None
