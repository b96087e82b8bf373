"""The room of calibration as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.calibration.catalogue import METHODS
from core.calibration.streams import check_images
from core.calibration.study.claims import CLAIMS
from core.calibration.study.config import CalibrationConfig
from core.calibration.study.result import CalibrationResult
from core.data.optical_digits import read_optical_manifest
from core.data.sources import load
from core.lab.errors import InputError
from core.lab.experiment import Change, Experiment, Preset, Shipped, Step
from core.lab.work import Work
from core.training.cost import training_seconds

LITE = CalibrationConfig()
REAL = CalibrationConfig(dataset="digits", shift="optical_digits", n_train=6000, n_home=1500, epochs=12)
FULL = CalibrationConfig(
    dataset="cifar10", corruptions="gaussian+shot+impulse+blur+pixelate+contrast+brightness+frost", levels="1+2+3+4+5", n_train=45_000,
    n_home=5000, n_stream=10_000, stream_batch=200, methods="+".join(name for name in METHODS if name not in ("released", "fixed")),
    model="resnet18", epochs=200, batch_size=128, learning_rate=0.1, augmentation="pad_crop_flip", adapt_rate=1e-3)
BATCH_SECONDS = 0.012  # of one forward pass of 64 images by the small CNN, one core


def work_of(config: CalibrationConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    trained = training_seconds(config.model, config.width, config.n_train * config.epochs)
    batch = BATCH_SECONDS / 2 * trained / training_seconds("cnn", 16, config.n_train * config.epochs)
    nets = 3 if "ensemble" in config.method_names else 1
    passes = 2.0 + sum(METHODS[name].forwards - 1 + 2 * METHODS[name].backwards + 0.2 for name in config.method_names)
    batches = len(config.conditions) * config.n_stream / 64 * config.passes
    further = config.course_passes * config.n_stream / 128 * 8 + (len(config.conditions) * 10 * 10 if config.home_again else 0)
    return Work(8.0, nets * trained + batch * (batches * passes + further))


def data_fingerprint(config: CalibrationConfig) -> str:
    """Return the content hash of the data that a config names.

    Raises:
        InputError: If the data is not at hand, holds too few images or one class, or its test set is to be a shift and it is one of the
            known sets, which are not shifted.
    """
    if config.shift == "test_set" and not config.dataset.startswith(("npz:", "folder:")):
        raise InputError(f"shift=test_set needs your own data with a shifted test set (npz:PATH or folder:PATH), got {config.dataset!r}: "
                         "take shift=corruptions.")
    data = load(config.dataset)
    check_images(data, config)
    found = data.fingerprint
    return found + read_optical_manifest()["fingerprint"][:16] if config.shift == "optical_digits" else found


CALIBRATION = Experiment(
    name="calibration",
    title="Calibration under shift",
    question="Is it still as sure as it is right when data drifts?",
    config=CalibrationConfig,
    result=CalibrationResult,
    presets=(
        Preset("lite", "lite: about a minute", LITE, (100,), 55.0, gallery_seeds=(100, 101, 102, 103, 104)),
        Preset("full", "full: for a GPU, hours", FULL, (100, 101, 102, 103, 104), 14_000.0, gpu=True,
               gallery_seeds=(), slice=("epochs=1", "levels=5", "corruptions=gaussian+blur")),
    ),
    steps=(
        Step("Draw the streams", 2.0),
        Step("Train at home", 15.0),
        Step("Meet the streams", 40.0),
        Step("Judge", 10.0),
    ),
    run="core.calibration.study.experiment:run",
    figures="core.calibration.study.figures:FIGURES",
    texts="core.calibration.study.words:TEXTS",
    claims=CLAIMS,
    version=2,
    changes=(Change(2, "2026-11-29", "Groups, memory and the calibrated moment came in; numbers that were there before did not move."),),
    fingerprint=data_fingerprint,
    work=work_of,
    headline="over_tent",
    shipped=(Shipped("digits", "Digits of another scanner", REAL, (100, 101, 102, 103, 104)),),
)
