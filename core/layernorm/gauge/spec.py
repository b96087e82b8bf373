"""The demonstration without training as a record: one function, stripped at any cost from nothing to everything. Imports no torch."""

from core.lab.experiment import Experiment, Preset, Step
from core.lab.work import Work
from core.layernorm.config import data_fingerprint
from core.layernorm.gauge.claims import CLAIMS
from core.layernorm.gauge.config import GaugeConfig
from core.layernorm.gauge.result import GaugeResult


def gauge_fingerprint(config: GaugeConfig) -> str:
    """Return the content hash of the data, see ``config.data_fingerprint``."""
    return data_fingerprint(config.room())


def work_of(config: GaugeConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    size = config.depth / 3 * (config.width / 48) ** 1.5 * (7 / config.patch) ** 2
    return Work(6.0, size * (config.pretraining_samples / 4000 + 0.2 * config.points))


LAYERNORM_GAUGE = Experiment(
    name="layernorm_gauge",
    title="LayerNorm gauge",
    question="What does stripping cost one and the same function?",
    config=GaugeConfig,
    result=GaugeResult,
    presets=(Preset("lite", "lite: half a minute at first, then seconds", GaugeConfig(), (100,), 25.0,
                    gallery_seeds=(100, 101, 102, 103, 104)),),
    steps=(Step("Pretrain", 20.0), Step("Strip", 3.0), Step("Re-scale", 3.0)),
    run="core.layernorm.gauge.experiment:run",
    figures="core.layernorm.gauge.figures:FIGURES",
    texts="core.layernorm.gauge.words:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=gauge_fingerprint,
    work=work_of,
    headline="cost",
    fit="core.layernorm.fitting:fit",
)
