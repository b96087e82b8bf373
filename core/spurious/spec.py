"""The room of spurious correlations as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.data.sources import fingerprint
from core.lab.experiment import Experiment, Preset, Step
from core.models.names import MODEL_NAMES
from core.spurious.claims import CLAIMS
from core.spurious.result import SpuriousResult
from core.spurious.settings import MODELS, SpuriousConfig

LITE = SpuriousConfig()
FULL = SpuriousConfig(
    dataset="cifar10", mark="line", mark_size=1, strength=0.75, classes="all", biased_class=0, harmed_class=1, n_train=4800,
    n_validation=200, score_epoch=9, hidden_strength=0.4, model="resnet20", epochs=160, batch_size=64, learning_rate=0.1,
    schedule="step", weight_decay=1e-4, augmentation="pad_crop_flip")


def seconds_of(config: SpuriousConfig) -> float:
    """Return the rough time of one seed on two CPU cores, from measured training rates."""
    return 90.0


def data_fingerprint(config: SpuriousConfig) -> str:
    """Return the content hash of the data that a config names."""
    return fingerprint(config.dataset)


SPURIOUS = Experiment(
    name="spurious",
    title="Spurious correlations",
    question="Does the model lean on a cue that will not hold?",
    config=SpuriousConfig,
    result=SpuriousResult,
    presets=(
        Preset("lite", "lite: about a minute and a half", LITE, (0,), 90.0, gallery_seeds=()),
        Preset("full", "full: for a GPU", FULL, (0,), 3600.0, gpu=True, gallery_seeds=()),
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
    version=1,
    fingerprint=data_fingerprint,
    seconds=seconds_of,
    headline="reliance",
)

assert set(MODELS) <= set(MODEL_NAMES)
