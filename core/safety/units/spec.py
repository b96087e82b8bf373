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
        Preset("full", "full: for a GPU", FULL, (100, 101, 102, 103, 104), 1800.0, gpu=True, gallery_seeds=(),
               slice=("attack_steps=20", "n_evaluation=10", "n_calibration=16", "random_draws=1", "new_tokens=24", "sweep=1.3",
                      "budgets=20")),
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
