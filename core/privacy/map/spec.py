"""The trade-off map as a record: what it asks, takes, returns and claims. Imports no torch."""

from core.lab.experiment import Experiment, Preset, Step
from core.lab.work import Work
from core.privacy.cost import work_of as work_of_audit
from core.privacy.data_rules import data_fingerprint
from core.privacy.map.claims import CLAIMS
from core.privacy.map.config import MapConfig
from core.privacy.map.curves import CURVES, chosen_curves
from core.privacy.map.result import MapResult


def map_fingerprint(config: MapConfig) -> str:
    """Return the content hash of the data, see ``data_rules.data_fingerprint``."""
    return data_fingerprint(config.defence("relaxloss").audit_config())


def work_of(config: MapConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    one = work_of_audit(config.defence("relaxloss").audit_config())
    points = sum(len(curve.values) for curve in chosen_curves(config.defences))
    return Work(0.65 * one.alone * (points + 3), 0.65 * one.shared * (points + 3) + 60.0)


PRIVACY_MAP = Experiment(
    name="privacy_map",
    title="Privacy trade-offs",
    question="Which defence buys most privacy for least accuracy?",
    config=MapConfig,
    result=MapResult,
    presets=(
        Preset("lite", "lite: some 20 minutes", MapConfig(), (0, 1, 2), 450.0, gallery_seeds=(0, 1, 2)),
        Preset("full", "full: every defence, for a GPU", MapConfig(
            defences="+".join(curve.id for curve in CURVES if curve.id != "dp_sgd"), dataset="cifar10", model="resnet18",
            width=64, n_reference_models=32, n_pool=20_000, n_population=5000, epochs=60, batch_size=256, learning_rate=0.1,
            augmentation="pad_crop_flip", fine_tune_epochs=15), (100, 101, 102, 103, 104), 60_000.0, gpu=True,
               gallery_seeds=(), slice=("defences=relaxloss", "n_reference_models=4", "n_pool=4000", "epochs=20")),
    ),
    steps=(
        Step("Draw the pool", 0.5),
        Step("Train the plain models", 6.0),
        Step("Defend and attack", 130.0),
        Step("Train the controls", 15.0),
        Step("Report", 1.0),
    ),
    run="core.privacy.map.experiment:run",
    figures="core.privacy.map.figures:FIGURES",
    texts="core.privacy.map.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=map_fingerprint,
    work=work_of,
    headline="auc_best",
    fit="core.privacy.fitting:fit",
)
