"""The study of depth as a record: what it asks, takes, does and claims. Imports no torch."""

from core.data.sources import load
from core.distillation.depth.claims import CLAIMS
from core.distillation.depth.config import STAGES, DepthConfig
from core.distillation.depth.result import DepthResult
from core.distillation.images import check_images
from core.lab.experiment import Change, Experiment, Preset, Step
from core.lab.work import Work
from core.training.cost import training_seconds

FULL = DepthConfig(dataset="cifar100", n_train=50_000, n_more=0, n_test=10_000, width=64, blocks=4, most_dropped=9, epochs=100,
                   batch_size=128, augmentation="pad_crop_flip")
SUMS = DepthConfig(  # on seeds 1 to 3 a plain network came to 90% and one of three blocks to 61%; at a rate of 0.1 it hardly learned
    dataset="digit-sums", n_train=6000, n_more=0, epochs=12, learning_rate=0.03, ablations=False)
SEEDS = (100, 101, 102, 103, 104)
PLAIN_COST = 2.7  # of an image by one plain network of the lite study, in images of the small CNN
MEASURED_BLOCKS = 9
SINGLE, PACKAGE, ABLATIONS, MORE = 15.0, 4.3, 12.0, 8.8  # cost of an epoch in units of the plain network's


def data_fingerprint(config: DepthConfig) -> str:
    """Return the content hash of the data that a config names.

    Raises:
        InputError: If the data is missing, breaks a rule, has one class or too few images.
    """
    data = load(config.dataset)
    check_images(data, n_train=max(config.n_train, config.n_more), n_validation=0, n_test=config.n_test)
    return data.fingerprint


def work_of(config: DepthConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    size = config.width / 8 * max(1.0, config.width / 8) ** 0.5 * STAGES * config.blocks / MEASURED_BLOCKS
    passes = SINGLE + PACKAGE + ABLATIONS * config.ablations + MORE * bool(config.n_more)
    trained = training_seconds("cnn", 16, PLAIN_COST * passes * config.n_train * config.epochs)
    return Work(15.0, size * (trained + config.n_test * 0.015))


DISTILLATION_DEPTH = Experiment(
    name="distillation_depth",
    title="Many depths at once",
    question="Does one joint training give every depth?",
    config=DepthConfig,
    result=DepthResult,
    presets=(
        Preset("lite", "lite: about 2 min", DepthConfig(), (100,), 115.0, gallery_seeds=SEEDS),
        Preset("standard", "standard: a task where depth pays", SUMS, (105,), 285.0, gallery_seeds=(105, 106, 107, 108, 109)),
        Preset("full", "full: for a GPU", FULL, SEEDS, 60_000.0, gpu=True, gallery_seeds=(),
               slice=("epochs=2", "n_train=10000")),
    ),
    steps=(
        Step("Draw the images", 0.5),
        Step("Train all networks", 75.0),
        Step("Judge every depth", 10.0),
        Step("Report", 0.5),
    ),
    run="core.distillation.depth.experiment:run",
    figures="core.distillation.depth.figures:FIGURES",
    texts="core.distillation.depth.words:TEXTS",
    claims=CLAIMS,
    version=2,
    changes=(Change(2, "2026-11-29", "Common beginnings run once, costs are equal in multiply-adds, and 200 answers are kept."),),
    fingerprint=data_fingerprint,
    work=work_of,
    headline="package_beyond",
)
