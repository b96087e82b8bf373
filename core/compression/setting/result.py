"""What one seed of one setting returns."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.compression.bounds import DIFFERENCE, FRACTION, TWICE
from core.lab.experiment import Metric, Table


@dataclass(frozen=True, kw_only=True, eq=False)
class SettingResult:
    """One seed of one setting; tables as in ``core.compression.groups.result``, with the settings ``float`` and ``this``."""

    did: Annotated[float, Metric(
        "Extra tail loss", "Tail's loss of accuracy minus head's, minus the same where all groups are equally large.", "pt", TWICE)]
    tail_drop: Annotated[float, Metric("Tail's loss", "Accuracy that the smallest groups lose.", "pt", DIFFERENCE)]
    head_drop: Annotated[float, Metric("Head's loss", "Accuracy that the largest groups lose.", "pt", DIFFERENCE)]
    placebo: Annotated[float, Metric("Balanced copy", "Tail's loss minus head's where sizes are equal.", "pt", DIFFERENCE)]
    size_effect: Annotated[float, Metric(
        "Effect of size", "Loss at the smallest size against the largest, from all groups and their balanced copy.", "pt", TWICE)]
    float_accuracy: Annotated[float, Metric("Accuracy, float", "Of the untouched network, mean over groups.", "%", FRACTION)]
    accuracy: Annotated[float, Metric("Accuracy, small", "Of the small network, mean over groups.", "%", FRACTION)]
    gap_added: Annotated[float, Metric("Gap added", "Best minus worst group accuracy, after minus before.", "pt", DIFFERENCE)]
    size_left: Annotated[float, Metric("Size left", "Bytes of the small network as a share of the float one.", "%", (0.0, 2.0))]
    settings: Annotated[pd.DataFrame, Table("One row per copy and setting, see CompressionResult.settings.")]
    groups: Annotated[pd.DataFrame, Table("One row per copy and group, see CompressionResult.groups; curvature is not measured.")]
    chain: Annotated[pd.DataFrame, Table("One row per copy, setting and group, see CompressionResult.chain.")]
    layers: Annotated[pd.DataFrame, Table("One row per layer, see CompressionResult.layers.")]
    classes: Annotated[pd.DataFrame, Table("One row per class: y, name.")]
