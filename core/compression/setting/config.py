"""What one setting of compression may be told. Imports no torch."""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Literal

from core.compression.config import BATCH_NORM, DATA, IMBALANCE, ROUNDING, StudyConfig
from core.lab.config import Knob
from core.lab.errors import InputError

METHODS = MappingProxyType({"round": "Round", "round_train": "Round and train", "prune": "Prune", "prune_train": "Prune and retrain"})
OF_ROUNDING = frozenset({"qat_bits", "qat_activation_bits", "part", "rounding", "granularity", "ranges", "edges"})
OF_PRUNING = frozenset({"prune_percent", "scope", "unit"})
OF_TRAINING = frozenset({"retrain_epochs", "qat_learning_rate", "prune_learning_rate", "balanced", "weighted"})


@dataclass(frozen=True, kw_only=True)
class SettingConfig(StudyConfig):
    """Everything that may change the numbers of one setting."""

    dataset: Annotated[str, replace(DATA, main=False)] = "fashion-mnist"
    imbalance: Annotated[float, replace(IMBALANCE, main=False)] = 20.0
    n_train: Annotated[int, Knob(
        "Training images", "In each copy: the long-tailed one and the balanced one.", low=200, high=200_000, unit="images")] = 3000
    epochs: Annotated[int, Knob("Epochs", "Passes over the training images before compression.", low=1, high=400)] = 10
    qat_bits: Annotated[int, Knob("Weight bits", "Where weights are rounded.", low=2, high=16, main=True)] = 3
    qat_activation_bits: Annotated[int, Knob("Activation bits", "Where layer inputs are rounded.", low=2, high=16)] = 8
    prune_percent: Annotated[float, Knob("Weights removed", "Where weights are pruned.", low=0.0, high=95.0, unit="%", main=True)] = 90.0
    method: Annotated[Literal["round", "round_train", "prune", "prune_train"], Knob(
        "Made smaller by", "Rounding or pruning, as it stands or with further training.", main=True, labels=METHODS)] = "prune"
    part: Annotated[Literal["both", "weights", "activations"], Knob(
        "What is rounded", "Weights, layer inputs, or both.",
        labels=MappingProxyType({"both": "Weights and activations", "weights": "Weights", "activations": "Activations"}))] = "both"
    batch_norm: Annotated[Literal["reestimated", "kept"], BATCH_NORM] = "reestimated"
    rounding: Annotated[Literal["nearest", "calibrated"], ROUNDING] = "nearest"
    balanced: Annotated[bool, Knob("Balanced sampling", "Further training draws every group equally often.")] = False
    weighted: Annotated[bool, Knob("Weighted loss", "Further training weights losses inversely to group size.")] = False

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        super().check()
        if (self.balanced or self.weighted) and not self.is_trained:
            raise InputError(f"balanced sampling and weighted losses need further training, got method={self.method}: "
                             "choose round_train or prune_train.")

    def idle(self) -> frozenset[str]:
        """See ``Config.idle``: each method leaves the settings of the others alone.

        Calibration images are never idle: they are drawn whatever follows, and too few of a group are refused.
        """
        names = set(OF_PRUNING if self.is_rounded else OF_ROUNDING)
        if self.is_trained:
            names |= {"batch_norm", "rounding", "prune_learning_rate" if self.is_rounded else "qat_learning_rate"}
        else:
            names |= OF_TRAINING
        if self.part == "weights":
            names |= {"qat_activation_bits", "ranges"}
        if self.part == "activations":
            names |= {"qat_bits", "granularity"}
        return frozenset(names)

    @property
    def is_trained(self) -> bool:
        """Whether the small network is trained further."""
        return self.method.endswith("_train")

    @property
    def is_rounded(self) -> bool:
        """Whether the network is rounded rather than pruned."""
        return self.method.startswith("round")
