"""The study of compression and groups as a record: what it asks, takes, does and claims. Imports no torch."""

from core.compression.cohorts import data_fingerprint
from core.compression.config import FULL, work_of_training
from core.compression.groups.claims import CLAIMS
from core.compression.groups.config import CompressionConfig
from core.compression.groups.result import CompressionResult
from core.compression.points import parse_bits, parse_sparsities
from core.lab.experiment import Change, Experiment, Preset, Step
from core.lab.work import Work


def work_of(config: CompressionConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    trained = 2 * config.n_train * (config.epochs + 5 * config.retrain_epochs)
    settings = len(parse_bits(config.bits)) + len(parse_sparsities(config.sparsities)) + 4
    watched = config.n_chain * settings * (CURVED_COST + PROBE_COST * config.n_probes)
    return work_of_training(config, trained + watched, alone=20.0 + 5.0 * config.census)


CURVED_COST, PROBE_COST = 53.0, 20.0  # of curvature and of one probe: images trained on in the same time, for each image a group

COMPRESSION = Experiment(
    name="compression",
    title="Compression disparity",
    question="Who pays when a network is made smaller?",
    config=CompressionConfig,
    result=CompressionResult,
    presets=(
        Preset("lite", "lite: about 2 min", CompressionConfig(), (0,), 115.0, gallery_seeds=(0, 1, 2, 3, 4)),
        Preset("full", "full: for a GPU", CompressionConfig(**FULL), (100, 101, 102, 103, 104), 900.0, gpu=True,
               gallery_seeds=(), slice=("epochs=20", "retrain_epochs=4")),
    ),
    steps=(
        Step("Draw the groups", 0.5),
        Step("Train both copies", 18.0),
        Step("Round and prune", 20.0),
        Step("Train the small networks", 18.0),
        Step("Follow the chain", 25.0),
        Step("Ask the census", 5.0),
        Step("Report", 1.0),
    ),
    run="core.compression.groups.experiment:run",
    figures="core.compression.groups.figures:FIGURES",
    texts="core.compression.groups.words:TEXTS",
    claims=CLAIMS,
    version=2,
    changes=(Change(2, "2026-11-20", "Every headline setting has all its links, with rivals beside the claims."),),
    fingerprint=data_fingerprint,
    work=work_of,
    headline="did_qat",
    fit="core.compression.fitting:fit",
)
