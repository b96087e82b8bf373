"""One defence at one strength as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.lab.experiment import Experiment, Preset, Shipped, Step
from core.lab.work import Work
from core.privacy.cost import work_of as work_of_audit
from core.privacy.data_rules import data_fingerprint
from core.privacy.defence.claims import CLAIMS
from core.privacy.defence.config import DefenceConfig
from core.privacy.defence.result import DefenceResult
from core.privacy.defences import defence_by_id
from core.privacy.defences.network import network_for

EXTRA_SECONDS = {"rewinding": 20.0, "pptp": 40.0, "dp_sgd": 40.0}


def defence_fingerprint(config: DefenceConfig) -> str:
    """Return the content hash of the data, see ``data_rules.data_fingerprint``."""
    return data_fingerprint(config.audit_config())


def work_of(config: DefenceConfig) -> Work:
    """Return what one seed amounts to when nothing is kept: plain and defended models, and what a method adds, as measured."""
    audit = work_of_audit(config.audit_config())
    return Work(1.4 * audit.alone, 1.4 * audit.shared + EXTRA_SECONDS.get(config.defence, 0.0))


SHIPPED_SEEDS = (0, 1, 2)
SHIPPED = tuple(
    Shipped(name, defence_by_id(name).title, DefenceConfig(defence=name, model=network_for(name, DefenceConfig.model)), SHIPPED_SEEDS)
    for name in ("srcm", "crl", "rewinding", "pptp", "dp_sgd"))

PRIVACY_DEFENCE = Experiment(
    name="privacy_defence",
    title="Privacy defence",
    question="What does one defence buy, and what does it cost?",
    config=DefenceConfig,
    result=DefenceResult,
    presets=(
        Preset("lite", "lite: about a minute", DefenceConfig(), (0,), 40.0),
        Preset("full", "full: for a GPU", DefenceConfig(
            dataset="cifar10", model="resnet18", width=64, n_reference_models=64, n_pool=20_000, n_population=5000, epochs=60,
            batch_size=256, learning_rate=0.1, augmentation="pad_crop_flip", fine_tune_epochs=15),
               (100, 101, 102, 103, 104), 1800.0, gpu=True, gallery_seeds=(), slice=("n_reference_models=16",)),
    ),
    steps=(
        Step("Draw the pool", 0.5),
        Step("Train the plain models", 6.0),
        Step("Defend", 8.0),
        Step("Attack", 3.0),
        Step("Report", 1.0),
    ),
    run="core.privacy.defence.experiment:run",
    figures="core.privacy.defence.figures:FIGURES",
    texts="core.privacy.defence.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=defence_fingerprint,
    work=work_of,
    headline="auc",
    fit="core.privacy.fitting:fit",
    shipped=SHIPPED,
)
