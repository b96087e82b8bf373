"""The room of spurious correlations as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.data.sources import fingerprint, load
from core.lab.experiment import Experiment, Preset, Step
from core.models.names import MODEL_NAMES
from core.spurious.claims import CLAIMS
from core.spurious.data_rules import KNOWN, check_data, check_facts
from core.spurious.result import SpuriousResult
from core.spurious.settings import MODELS, SpuriousConfig

LITE = SpuriousConfig()
FULL = SpuriousConfig(
    dataset="cifar10", mark="line", mark_size=1, strength=0.75, classes="all", biased_class=0, harmed_class=1, n_train=4800,
    n_validation=200, score_epoch=9, hidden_strength=0.4, model="resnet20", epochs=160, batch_size=64, learning_rate=0.1,
    schedule="step", weight_decay=1e-4, augmentation="pad_crop_flip")


IMAGES_PER_SECOND = 16_000  # small CNN of width 16, bfloat16, both cores
COST = {"cnn": 1.0, "cnn_groupnorm": 1.3, "mlp": 0.15, "resnet20": 12.0, "resnet18": 160.0}


def training_seconds(config: SpuriousConfig) -> float:
    """Return the rough time of one training on all images, its share of two cores counted."""
    n_classes = 2 if config.classes == "pair" else 10
    scale = (config.width / 16) ** 1.5 if config.model != "mlp" else 1.0
    return n_classes * config.n_train * config.epochs * COST.get(config.model, 160.0) * scale / IMAGES_PER_SECOND


def seconds_of(config: SpuriousConfig) -> float:
    """Return the rough time of one seed on two CPU cores: how many trainings on all images the settings amount to."""
    short = config.score_epoch / config.epochs
    trainings = 6.0 + 3.0 * sum(1.0 - share for share in config.shares) + 5.0  # blocks, sweep, oracle and scores
    trainings += short * config.score_runs + len(config.scenarios) * (1.0 + short * (config.score_runs - 1))
    trainings += 2.0 * (config.repeats - 1) * (1.0 - config.share) * len(set(config.scenarios) - {"identifiable"})
    trainings += 3.0 * (len(config.scenarios) - 1) + (7.5 if config.evidence else 0.0)
    return 12.0 + training_seconds(config) * trainings


def data_fingerprint(config: SpuriousConfig) -> str:
    """Return the content hash of the data that a config names.

    Data that a user brings is read and checked whole, so that a fault is told before anything is written.

    Raises:
        InputError: If the data is missing, breaks a rule, or cannot serve the settings.
    """
    if config.dataset in KNOWN:
        check_facts(KNOWN[config.dataset], config)
        return fingerprint(config.dataset)
    data = load(config.dataset)
    check_data(data, config)
    return data.fingerprint


SPURIOUS = Experiment(
    name="spurious",
    title="Spurious correlations",
    question="Does the model lean on a cue that will not hold?",
    config=SpuriousConfig,
    result=SpuriousResult,
    presets=(
        Preset("lite", "lite: about 90 s", LITE, (0,), 90.0, gallery_seeds=(0, 1, 2)),
        Preset("full", "full: for a GPU, hours", FULL, (0,), 14_400.0, gpu=True, gallery_seeds=()),
    ),
    steps=(
        Step("Mark the images", 0.5),
        Step("Learn what is hard", 10.0),
        Step("Prune and train anew", 50.0),
        Step("Try the rivals", 8.0),
        Step("Gather the evidence", 10.0),
        Step("Report", 1.0),
    ),
    run="core.spurious.experiment:run",
    figures="core.spurious.figures:FIGURES",
    texts="core.spurious.texts:TEXTS",
    claims=CLAIMS,
    version=2,
    fingerprint=data_fingerprint,
    seconds=seconds_of,
    headline="reliance",
)

assert set(MODELS) <= set(MODEL_NAMES)
