"""Repairs of compressed networks as a record: what the experiment asks, takes, returns and claims. Imports no torch."""

from core.compression.cohorts import data_fingerprint
from core.compression.config import FULL, work_of_training
from core.compression.repair.claims import CLAIMS
from core.compression.repair.config import RepairConfig
from core.compression.repair.result import RepairResult
from core.lab.experiment import Change, Experiment, Preset, Step
from core.lab.work import Work


def work_of(config: RepairConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    return work_of_training(config, config.n_train * (2 * config.epochs + 22 * config.retrain_epochs), alone=10.0)


COMPRESSION_REPAIR = Experiment(
    name="compression_repair",
    title="Compression repairs",
    question="What repairs the disparity at the same size?",
    config=RepairConfig,
    result=RepairResult,
    presets=(
        Preset("lite", "lite: about a minute", RepairConfig(), (0,), 70.0, gallery_seeds=(0, 1, 2)),
        Preset("full", "full: for a GPU", RepairConfig(**FULL), (100, 101, 102, 103, 104), 1500.0, gpu=True, gallery_seeds=(),
               slice=("epochs=20", "retrain_epochs=3")),
    ),
    steps=(
        Step("Draw the groups", 0.5),
        Step("Train the network", 18.0),
        Step("Weigh every layer", 3.0),
        Step("Train the repairs", 40.0),
        Step("Judge the groups", 5.0),
        Step("Report", 0.5),
    ),
    run="core.compression.repair.experiment:run",
    figures="core.compression.repair.figures:FIGURES",
    texts="core.compression.repair.words:TEXTS",
    claims=CLAIMS,
    version=2,
    changes=(Change(2, "2026-11-20", "Repairs are compared at equal bytes."),),
    fingerprint=data_fingerprint,
    work=work_of,
    headline="repair_qat",
    fit="core.compression.fitting:fit",
)
