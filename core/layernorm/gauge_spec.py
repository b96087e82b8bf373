"""The demonstration without training as a record: one function, stripped at any cost from nothing to everything. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated, get_type_hints

import pandas as pd

from core.lab.claims import PAIRED, Claim, Precondition
from core.lab.config import Config, Knob
from core.lab.experiment import Experiment, Metric, Preset, Step, Table
from core.layernorm import spec_tables as tables
from core.layernorm.settings import IMAGES, LayerNormConfig, check_images, data_fingerprint
from core.layernorm.spec_claims import ABSORBED

_SAME = get_type_hints(LayerNormConfig, include_extras=True)  # a setting that both have is said once
FRACTION, DIFFERENCE = (0.0, 1.0), (-1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class GaugeConfig(Config):
    """Everything that may change the numbers of the demonstration."""

    strongest: Annotated[float, Knob(
        "Strongest", "Largest spread of the logarithm of the new scales; 0 leaves all scales at 1.", low=0.1, high=3.0, main=True)] = 1.0
    points: Annotated[int, Knob("Points", "Strengths from 0 to the strongest.", low=2, high=41)] = 9
    data: Annotated[str, Knob(
        "Data", "Images to classify: a known set, npz:PATH or folder:PATH.", main=True, labels=IMAGES, suggestions=tuple(IMAGES),
        check=check_images)] = LayerNormConfig.data
    depth: _SAME["depth"] = LayerNormConfig.depth
    width: _SAME["width"] = LayerNormConfig.width
    heads: _SAME["heads"] = LayerNormConfig.heads
    patch: _SAME["patch"] = LayerNormConfig.patch
    n_train: Annotated[int, Knob(
        "Held back", "Images that pretraining does not see, so that the room can fine-tune on them.", low=20, high=100_000,
        unit="images")] = LayerNormConfig.n_train
    n_test: _SAME["n_test"] = LayerNormConfig.n_test
    pretraining_samples: _SAME["pretraining_samples"] = LayerNormConfig.pretraining_samples
    pretraining_rate: _SAME["pretraining_rate"] = LayerNormConfig.pretraining_rate
    norm_rate: _SAME["norm_rate"] = LayerNormConfig.norm_rate
    warmup: _SAME["warmup"] = LayerNormConfig.warmup

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        self.room()

    def room(self) -> LayerNormConfig:
        """Return the settings of the room that pretrains the same models."""
        return LayerNormConfig(
            data=self.data, depth=self.depth, width=self.width, heads=self.heads, patch=self.patch, n_train=self.n_train,
            n_test=self.n_test, pretraining_samples=self.pretraining_samples, pretraining_rate=self.pretraining_rate,
            norm_rate=self.norm_rate, warmup=self.warmup, batch_size=min(LayerNormConfig.batch_size, self.n_train))

    def strengths(self) -> tuple[float, ...]:
        """Return the strengths, evenly spaced from 0."""
        return tuple(round(self.strongest * point / (self.points - 1), 6) for point in range(self.points))


@dataclass(frozen=True, kw_only=True, eq=False)
class GaugeResult:
    """What one seed returns; no model is trained after pretraining."""

    cost: Annotated[float, Metric("Cost, strongest", "Test accuracy that stripping costs at the strongest re-scaling.", unit="pt",
                                  bounds=DIFFERENCE)]
    cost_none: Annotated[float, Metric("Cost, folded", "The same when all values were folded into the next layer first.", unit="pt",
                                       bounds=DIFFERENCE)]
    cost_learnt: Annotated[float, Metric("Cost, as learnt", "The same with the values that pretraining left, Pre-LN.", unit="pt",
                                         bounds=DIFFERENCE)]
    cost_post: Annotated[float, Metric("Cost, Post-LN", "The same with the values that pretraining left, Post-LN.", unit="pt",
                                       bounds=DIFFERENCE)]
    cost_post_folded: Annotated[float, Metric(
        "Cost, Post-LN folded", "Folded and stripped in Post-LN, where folding is not allowed.", unit="pt", bounds=DIFFERENCE)]
    accuracy: Annotated[float, Metric("Test accuracy", "Of the Pre-LN model, the same at every strength.", unit="%", bounds=FRACTION)]
    logit_difference: Annotated[float, Metric(
        "Change of the function", "Largest change of a logit by re-scaling, as a share of the logits' spread.", bounds=(0.0, 1e9))]
    gauge: Annotated[pd.DataFrame, Table(tables.GAUGE)]
    damage: Annotated[pd.DataFrame, Table(tables.DAMAGE)]


SINCE = "2026-11-20"
SAME = Precondition(
    metric="logit_difference", at_most=0.001, words="re-scaling leaves the function as it is",
    remedy="take a smaller strongest re-scaling, which rounding survives")
CLAIMS = (
    Claim(
        id="gauge", kind="question", statement="What stripping a Pre-LN model costs is no property of its function", source=ABSORBED,
        effect="cost", effect_words="accuracy lost, re-scaled", control="cost_none", control_words="accuracy lost, folded first",
        expected="above", margin=0.05, margin_reason="more than test images vary", margin_date=SINCE, published="no paper; ours", unit="pt",
        resolution=0.001, preconditions=(SAME,), changes=(PAIRED,)),
    Claim(
        id="free", kind="self-check", statement="The same function can be stripped at no cost", source=ABSORBED, effect="cost_none",
        effect_words="accuracy lost, folded first", control_words="no cost", expected="within", margin=0.005,
        margin_reason="what rounding may move", margin_date=SINCE, published="no paper; 0 by construction", unit="pt", resolution=0.001,
        preconditions=(SAME,), changes=(PAIRED,)),
    Claim(
        id="post-differs", kind="question", statement="In Post-LN the values cannot be moved out of the way", effect="cost_post_folded",
        source="The residual stream reads the norm too; elementary", effect_words="accuracy lost, folded in Post-LN",
        control="cost_none", control_words="folded in Pre-LN", expected="above", margin=0.01, margin_reason="more than rounding moves",
        margin_date=SINCE, published="no paper; ours", unit="pt", resolution=0.001, changes=(PAIRED,)),
)


def gauge_fingerprint(config: GaugeConfig) -> str:
    """Return the content hash of the data, see ``settings.data_fingerprint``."""
    return data_fingerprint(config.room())


def seconds_of(config: GaugeConfig) -> float:
    """Return the rough time of one seed on two CPU cores; less where the pretrained models are stored."""
    size = config.depth / 3 * (config.width / 48) ** 1.5 * (7 / config.patch) ** 2
    return 6.0 + size * (config.pretraining_samples / 4000 + 0.2 * config.points)


LAYERNORM_GAUGE = Experiment(
    name="layernorm_gauge",
    title="LayerNorm gauge",
    question="What does stripping cost one and the same function?",
    config=GaugeConfig,
    result=GaugeResult,
    presets=(Preset("lite", "lite: half a minute at first, then seconds", GaugeConfig(), (0,), 25.0, gallery_seeds=(0, 1, 2)),),
    steps=(Step("Pretrain", 20.0), Step("Strip", 3.0), Step("Re-scale", 3.0)),
    run="core.layernorm.gauge:run",
    figures="core.layernorm.figures_gauge:FIGURES",
    texts="core.layernorm.gauge_texts:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=gauge_fingerprint,
    seconds=seconds_of,
    headline="cost",
)
