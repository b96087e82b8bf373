"""Outputs alone as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.calibration.model_outputs import check_parts
from core.calibration.outputs.claims import CLAIMS
from core.calibration.outputs.config import OutputsConfig
from core.calibration.outputs.result import OutputsResult
from core.calibration.outputs_files import load_outputs
from core.lab.experiment import Experiment, Preset, Step
from core.lab.work import Work
from core.subjects.asked import asked_fingerprint


def data_fingerprint(config: OutputsConfig) -> str:
    """Return the hash of the file, or of model and data; they are read and checked whole, so that a bad one is refused at once.

    Raises:
        InputError: If the file breaks a rule.
    """
    if config.has_model:
        return asked_fingerprint(config)
    outputs = load_outputs(config.outputs)
    check_parts(outputs, config.parts)
    return outputs.fingerprint


CALIBRATION_OUTPUTS = Experiment(
    name="calibration_outputs",
    title="Calibration of outputs alone",
    question="Are these outputs as sure as they are right?",
    config=OutputsConfig,
    result=OutputsResult,
    presets=(Preset("lite", "lite: a second", OutputsConfig(), (0, 1, 2, 3, 4), 0.3, gallery_seeds=(0, 1, 2, 3, 4)),),
    steps=(Step("Read and deal", 1.0), Step("Judge", 4.0)),
    run="core.calibration.outputs.experiment:run",
    figures="core.calibration.outputs.figures:FIGURES",
    texts="core.calibration.outputs.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    work=lambda config: Work(0.3 + (1e-3 * config.n_rows if config.has_model else 0.0), 0.0),
    headline="over_shifted",
)
