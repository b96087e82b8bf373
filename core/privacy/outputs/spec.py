"""Outputs alone under attack as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.lab.experiment import Experiment, Preset, Step
from core.lab.work import Work
from core.privacy.outputs.claims import CLAIMS
from core.privacy.outputs.config import PrivacyOutputsConfig
from core.privacy.outputs.files import load_audited
from core.privacy.outputs.result import PrivacyOutputsResult
from core.subjects.asked import asked_fingerprint


def data_fingerprint(config: PrivacyOutputsConfig) -> str:
    """Return the hash of the file, or of model and data; they are read and checked whole, so that a bad one is refused at once.

    Raises:
        InputError: If the file breaks a rule.
    """
    return asked_fingerprint(config) if config.has_model else load_audited(config.outputs, config.parts).fingerprint


def work_of(config: PrivacyOutputsConfig) -> Work:
    """Return how much one seed amounts to: a model answers each image and seven copies of it; references are trained once, and kept."""
    trained = config.n_references * config.n_rows * config.epochs / config.parts if config.has_model else 0.0
    return Work(0.5 + (4e-3 * config.n_rows if config.has_model else 0.0), trained / 1000.0)


PRIVACY_OUTPUTS = Experiment(
    name="privacy_outputs",
    title="Leakage of outputs alone",
    question="Whom do these outputs give away?",
    config=PrivacyOutputsConfig,
    result=PrivacyOutputsResult,
    presets=(Preset("lite", "lite: some seconds", PrivacyOutputsConfig(), (0, 1, 2, 3, 4), 0.5, gallery_seeds=(0, 1, 2, 3, 4)),),
    steps=(Step("Read or ask", 1.0), Step("Attack", 4.0), Step("Judge", 3.0)),
    run="core.privacy.outputs.experiment:run",
    figures="core.privacy.outputs.figures:FIGURES",
    texts="core.privacy.outputs.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    work=work_of,
    headline="auc",
)
