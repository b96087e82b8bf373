"""A study of a tiny pretrained model that takes a second: its settings and a few bundled prompts."""

from dataclasses import replace

import numpy as np

from core.data.pairs import PromptSets
from core.data.prompts import prompt_sets
from core.safety.config import STANDARD, SafetyConfig


def tiny_config(source: str) -> SafetyConfig:
    """Return a study of that model that trains for three steps."""
    return STANDARD.replace(model=source, alignment_steps=3, alignment_rate=1e-2, n_calibration=6, n_evaluation=6, new_tokens=4,
                            resamples=2)


def tiny_sets() -> PromptSets:
    """Return a few bundled prompts of each kind."""
    sets = prompt_sets("bundled", n_calibration=6, n_evaluation=6, rng=np.random.default_rng(0))
    return replace(sets, questions=sets.questions[:3])
