"""The membership audit as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.lab.experiment import Change, Experiment, Preset, Step
from core.models.names import MODEL_NAMES
from core.privacy.audit.claims import CLAIMS
from core.privacy.audit.result import PrivacyResult
from core.privacy.config import LITE, MODELS, PrivacyConfig
from core.privacy.cost import work_of
from core.privacy.data_rules import data_fingerprint

FULL = PrivacyConfig(
    dataset="cifar10", model="resnet18", width=64, n_reference_models=64, n_pool=20_000, n_population=5000, epochs=60,
    batch_size=256, learning_rate=0.1, augmentation="pad_crop_flip", n_queries=2, white_box=False)

PRIVACY = Experiment(
    name="privacy",
    title="Privacy leakage",
    question="Can an attacker tell who was in the training set?",
    config=PrivacyConfig,
    result=PrivacyResult,
    presets=(
        Preset("lite", "lite: about a minute", LITE, (0,), 45.0),
        Preset("full", "full: for a GPU", FULL, (100, 101, 102, 103, 104), 900.0, gpu=True, gallery_seeds=(),
               slice=("n_reference_models=16",)),
    ),
    steps=(
        Step("Draw the pool", 0.5),
        Step("Train the models", 16.0),
        Step("Query every model", 2.0),
        Step("Attack", 4.0),
        Step("Report", 1.0),
    ),
    run="core.privacy.audit.experiment:run",
    figures="core.privacy.audit.figures:FIGURES",
    texts="core.privacy.audit.words:TEXTS",
    claims=CLAIMS,
    version=4,
    changes=(
        Change(2, "2026-11-20", "A clean target came in as a control: no attack may find anything in it."),
        Change(3, "2026-11-20", "Shuffled controls are means of twenty deals; one was too noisy."),
        Change(4, "2026-11-20", "Histograms of scores span the middle 96%, and a zero carries no sign.")),
    fingerprint=data_fingerprint,
    work=work_of,
    headline="auc",
    fit="core.privacy.fitting:fit",
)

assert set(MODELS) <= set(MODEL_NAMES)
