"""The calculator as a record. Imports no torch."""

from core.data.sources import fingerprint
from core.lab.experiment import Experiment, Preset, Step
from core.lab.folders import digest_of
from core.lab.work import Work
from core.retraining.calculator import guide
from core.retraining.calculator.checks import check_data, weights_path
from core.retraining.calculator.claims import CLAIMS
from core.retraining.calculator.config import NONE, IndexConfig
from core.retraining.calculator.features import read_features
from core.retraining.calculator.result import IndexResult
from core.training.cost import training_seconds


def data_fingerprint(config: IndexConfig) -> str:
    """Return the content hash of everything that is read: data or features, weights, and the stored curves that predict.

    Raises:
        InputError: If anything is missing or does not go together; looked at before anything is computed.
    """
    run = guide.stored_run()
    parts = ["no stored curves" if run is None else run.request.run]
    if config.is_features:
        return digest_of(" ".join([*parts, read_features(config.features).digest]))
    check_data(config)
    parts.append(fingerprint(config.dataset))
    if ":" in config.new:
        parts.append(fingerprint(config.new))
    if config.weights != NONE:
        parts.append(digest_of(weights_path(config).read_bytes().hex()))
    return digest_of(" ".join(parts))


def work_of(config: IndexConfig) -> Work:
    """Return what one seed amounts to where the model is not kept yet: one network, on one core."""
    if config.is_features:
        return Work(0.5, 0.0)
    trained = 0.0 if config.weights != NONE else 0.7 * config.n_images * config.epochs
    return Work(2.0 + 2.0 * training_seconds(config.model, config.width, trained), 0.0)


RETRAINING_INDEX = Experiment(
    name="retraining_index",
    title="Retraining, one shift",
    question="What will retraining on these data cost?",
    config=IndexConfig,
    result=IndexResult,
    presets=(
        Preset("lite", "lite: some seconds", IndexConfig(), (100,), 5.5, gallery_seeds=(100, 101, 102, 103, 104)),),
    steps=(Step("Train the model, or take the kept one", 5.0), Step("Compute every index", 1.5)),
    run="core.retraining.calculator.experiment:run",
    figures="core.retraining.calculator.figures:FIGURES",
    texts="core.retraining.calculator.words:WORDS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    work=work_of,
    headline="resque",
)
