"""The safety room as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.lab.experiment import Experiment, Preset, Step
from core.safety.config import FULL, LITE, STANDARD, SafetyConfig, data_fingerprint, work_of
from core.safety.units.claims import CLAIMS
from core.safety.units.result import SafetyResult

SAFETY = Experiment(
    name="safety",
    title="Safety units",
    question="Which units of a language model make it refuse?",
    config=SafetyConfig,
    result=SafetyResult,
    presets=(
        Preset("lite", "lite: about a minute", LITE, (0,), 59.0, gallery_seeds=(0, 1, 2, 3, 4)),
        Preset("standard", "standard: SmolLM2-135M", STANDARD, (0,), 766.0, gallery_seeds=(0, 1, 2)),
        Preset("full", "full: for a GPU", FULL, (0,), 1800.0, gpu=True, gallery_seeds=()),
    ),
    steps=(
        Step("Read the prompts", 1.0),
        Step("Make the twins", 35.0),
        Step("Score the units", 5.0),
        Step("Remove units", 15.0),
        Step("Attack by fine-tuning", 20.0),
        Step("Align a budget of units", 10.0),
        Step("Probe and decode", 5.0),
        Step("Report", 1.0),
    ),
    run="core.safety.units.experiment:run",
    figures="core.safety.units.figures:FIGURES",
    texts="core.safety.units.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    work=work_of,
    headline="refusal_drop_scu",
    shown="standard",
)
