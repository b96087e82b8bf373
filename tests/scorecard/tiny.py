"""Tiny subjects of the house, sound and with one fault each, looked at once for all tests."""

import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from core.lab.experiment import Context
from core.lab.store import ModelStore
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.card.experiment import look
from core.scorecard.house import HouseSubject
from core.scorecard.material import Material
from core.scorecard.row import Found, Missing
from core.scorecard.subjects import HouseKind
from core.scorecard.table import LENSES

SMALL = MappingProxyType({"n_pool": 600, "n_population": 50, "width": 4, "epochs": 6, "batch_size": 50, "white_box": False})
SOUND = HouseKind("plain", "tiny, sound", "tiny", SMALL)
FAULTS = {
    "leaky": replace(SOUND, id="leaky", changes=MappingProxyType({
        **SMALL, "epochs": 20, "weight_decay": 0.0, "learning_rate": 0.06, "batch_size": 20}),
                     wrong_share=0.2),
    "biased": replace(SOUND, id="biased", mark_share=0.9),
    "sharp": replace(SOUND, id="sharp", sharpening=12.0),
}
CONFIG = ScorecardConfig(n_references=3)
SEED = 5


@cache
def context() -> Context:
    """Return a context that keeps networks for all tests of a process."""
    folder = tempfile.mkdtemp()
    return Context(device="cpu", threads=2, models=ModelStore(Path(folder)), begin=lambda step: None, report=lambda *told: None)


@cache
def subject(name: str) -> HouseSubject:
    """Return the sound subject, or one with a fault."""
    return HouseSubject(SOUND if name == "sound" else FAULTS[name], CONFIG, SEED, context())


@cache
def material(name: str) -> Material:
    """Return what it brings."""
    return subject(name).material()


@cache
def said(name: str) -> dict[str, Found | Missing]:
    """Return what every lens says of it."""
    return {lens.id: look(lens, material(name)) for lens in LENSES}
