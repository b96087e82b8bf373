"""The study of soft labels as a record: what it asks, takes, does and claims. Imports no torch."""

from core.data.sources import load
from core.distillation.images import check_images
from core.distillation.soft_labels.claims import CLAIMS
from core.distillation.soft_labels.config import SoftLabelConfig, temperatures_of, weights_of
from core.distillation.soft_labels.result import SoftLabelResult
from core.lab.experiment import Change, Experiment, Preset, Step
from core.lab.work import Work
from core.training.cost import training_seconds

FULL = SoftLabelConfig(
    dataset="cifar100", student="resnet18", n_train=45_000, n_more=0, n_validation=5000, n_test=10_000, epochs=200, batch_size=128,
    learning_rate=0.1, form="released_ce", weights="0.3,0.6,0.9", temperatures="1,4,20", bonus=0.0225, augmentation="pad_crop_flip",
    encoder_epochs=200, teacher="torchvision:resnet50", teacher_epochs=200)
STANDARD = SoftLabelConfig(student="cnn", n_train=4000, n_more=12_000, n_test=5000, epochs=12, teacher_width=48, teacher_epochs=12,
                           encoder_epochs=8)
OVERHEAD = 1.8  # of soft labels over plain training
N_FIXED = 1 + 6 + 12 + 3  # hard labels, smoothings, controls, and three arms on the larger set


def data_fingerprint(config: SoftLabelConfig) -> str:
    """Return the content hash of the data that a config names.

    Raises:
        InputError: If the data is missing, breaks a rule, has one class or too few images.
    """
    data = load(config.dataset)
    check_images(data, n_train=max(config.n_train, config.n_more), n_validation=config.n_validation, n_test=config.n_test)
    return data.fingerprint


def work_of(config: SoftLabelConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    students = N_FIXED + 2 * len(weights_of(config.weights)) * len(temperatures_of(config.temperatures))
    trained = (training_seconds(config.student, config.width, config.n_train * config.epochs * students)
               + training_seconds("lenet5", 16, 2.0 * config.n_train * config.encoder_epochs)
               + training_seconds(config.teacher, config.teacher_width, config.n_train * config.teacher_epochs))
    return Work(12.0, OVERHEAD * trained + config.n_test * students / 20_000)


DISTILLATION = Experiment(
    name="distillation",
    title="Soft labels",
    question="Can an autoencoder's labels replace a teacher?",
    config=SoftLabelConfig,
    result=SoftLabelResult,
    presets=(
        Preset("lite", "lite: about 90 s", SoftLabelConfig(), (100,), 90.0, gallery_seeds=tuple(range(100, 120))),
        Preset("standard", "standard: small CNN, 20 seeds", STANDARD, tuple(range(100, 120)), 240.0, gallery_seeds=()),
        Preset("full", "full: for a GPU", FULL, (100, 101, 102, 103, 104), 150_000.0, gpu=True,
               gallery_seeds=(), slice=("epochs=2", "teacher_epochs=2", "encoder_epochs=4", "n_train=10000")),
    ),
    steps=(
        Step("Draw the images", 0.5),
        Step("Train the autoencoder", 4.0),
        Step("Train the teacher", 9.0),
        Step("Choose on validation images", 58.0),
        Step("Train the controls", 32.0),
        Step("Train on more images", 12.0),
        Step("Report", 2.0),
    ),
    run="core.distillation.soft_labels.experiment:run",
    figures="core.distillation.soft_labels.figures:FIGURES",
    texts="core.distillation.soft_labels.words:TEXTS",
    claims=CLAIMS,
    version=2,
    changes=(Change(2, "2026-11-29", "Overconfidence and Brier score of every arm came in, and augmentation became a setting."),),
    fingerprint=data_fingerprint,
    work=work_of,
    headline="beyond_smoothing",
)
