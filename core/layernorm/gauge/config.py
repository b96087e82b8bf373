"""Everything that may change the numbers of the demonstration without training. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated, get_type_hints

from core.data.settings import takes
from core.lab.config import Config, Knob
from core.layernorm.config import IMAGES, LayerNormConfig, check_images

_SAME = get_type_hints(LayerNormConfig, include_extras=True)  # a setting that both have is said once


@dataclass(frozen=True, kw_only=True)
class GaugeConfig(Config):
    """Everything that may change the numbers of the demonstration."""

    strongest: Annotated[float, Knob(
        "Strongest", "Largest spread of the logarithm of the new scales; 0 leaves all scales at 1.", low=0.1, high=3.0, main=True)] = 1.0
    points: Annotated[int, Knob("Points", "Strengths from 0 to the strongest.", low=2, high=41)] = 9
    data: Annotated[str, Knob(
        "Data", "Images to classify: a known set, npz:PATH or folder:PATH.", main=True, labels=IMAGES, suggestions=tuple(IMAGES),
        check=check_images, takes=takes("images"))] = LayerNormConfig.data
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
