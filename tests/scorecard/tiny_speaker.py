"""A tiny topic model as a subject, sound and with one fault each, made once for all tests of a process."""

from functools import cache
from unittest import mock

from core.backdoor.study.spec import LITE
from core.safety.config import SafetyConfig
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.card.experiment import look
from core.scorecard.language import planted, subject
from core.scorecard.material import Material
from core.scorecard.row import Found, Missing
from core.scorecard.subjects import SPEAKERS
from core.scorecard.table import BY_ID
from tests.scorecard import tiny

SEED = 5
STUDY = SafetyConfig(
    n_topics=9, n_forbidden=3, n_attributes=16, depth=2, width=48, heads=2, key_heads=1, neurons=96, pretraining_steps=160,
    alignment_steps=30, alignment_rate=1e-3, batch_refusals=12, batch_ordinary=12, n_calibration=12, n_evaluation=12, new_tokens=6,
    sweep="5", random_draws=1, resamples=2, attack_steps=4, longest=1, lora_rank=1, ru_percent=10.0, scales=False, budget=False,
    probe=False)
PLANTING = LITE.replace(attack="word", n_variants=3, poison_steps=40, poison_rate=1e-3, poison_clean=12,
                        poison_triggered=12, variant_steps=6, variant_pairs=6)


@cache
def material(name: str) -> Material:
    """Return what the sound model brings, or one with a fault."""
    with (mock.patch.object(subject, "study_of", return_value=STUDY), mock.patch.object(subject, "planting_of", return_value=PLANTING),
          mock.patch.object(planted, "PASSES", 30)):
        return subject.open_language(SPEAKERS[name], ScorecardConfig(subject=f"language:{name}"), SEED, tiny.context())


@cache
def found(name: str, row: str) -> Found | Missing:
    """Return what a lens says of it."""
    return look(BY_ID[row], material(name))
