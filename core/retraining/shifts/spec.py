"""The study of shifted data as a record. Imports no torch."""

from core.data.sources import load
from core.lab.experiment import Experiment, Preset, Step
from core.lab.folders import digest_of
from core.lab.work import Work
from core.retraining.data import check_same_classes, check_size
from core.retraining.layers import check_layer
from core.retraining.shifts.claims import CLAIMS
from core.retraining.shifts.config import RetrainingConfig
from core.retraining.shifts.result import RetrainingResult
from core.training.cost import training_seconds

STANDARD = RetrainingConfig(shifts="all", models="four", cap=16_384)
FULL = RetrainingConfig(
    dataset="cifar10", shifts="all", model="resnet18", n_images=40_000, n_test=5000, n_index=2000, epochs=60, cap=49_152)


def data_fingerprint(config: RetrainingConfig) -> str:
    """Return the content hash of old and, where there are any, own new data.

    Raises:
        InputError: If data are missing or do not go together, or no network of that family has the layer.
    """
    data = load(config.dataset)
    check_size(data, config.n_images, config.n_test)
    if config.layer != "last":
        check_layer(config.model, config.width, len(data.class_names), (data.x_train.shape[3], *data.x_train.shape[1:3]), config.layer)
    if config.new == "corruptions":
        return data.fingerprint
    new = load(config.new)
    check_same_classes(data, new)
    return digest_of(f"{data.fingerprint} {new.fingerprint}")


def work_of(config: RetrainingConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    n_models, n_shifts = 3 if config.models == "three" else 4, len(config.grid) + (config.new != "corruptions")
    trained = n_models * (0.7 * config.n_images * config.epochs + 1.6 * n_shifts * config.cap)
    return Work(4.0, OVERHEAD * training_seconds(config.model, config.width, trained) + 0.25 * n_models * n_shifts)


OVERHEAD = 1.3  # of small batches and of readings along the way


RETRAINING = Experiment(
    name="retraining",
    title="Retraining cost",
    question="How dear will it be to reuse this model?",
    config=RetrainingConfig,
    result=RetrainingResult,
    presets=(
        Preset("lite", "lite: a minute to two", RetrainingConfig(), (100, 101, 102, 103, 104), 35.0,
               gallery_seeds=(100, 101, 102, 103, 104)),
        Preset("standard", "standard: about 12 minutes", STANDARD, (100, 101, 102, 103, 104), 440.0, gallery_seeds=()),
        Preset("full", "full: an hour on a GPU, estimated", FULL, (100, 101, 102, 103, 104), 3600.0, gpu=True, gallery_seeds=(),
               slice=("epochs=6", "cap=4096"))),
    steps=(Step("Train the models", 10.0), Step("Compute every index", 8.0), Step("Retrain on each shift", 40.0)),
    run="core.retraining.shifts.experiment:run",
    figures="core.retraining.shifts.figures:FIGURES",
    texts="core.retraining.shifts.words:WORDS",
    claims=CLAIMS,
    version=1,
    fingerprint=data_fingerprint,
    work=work_of,
    headline="rank_resque",
)
