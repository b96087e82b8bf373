"""What one seed of the demonstration returns. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table
from core.layernorm.study.result import DAMAGE_ROWS, DIFFERENCE, FRACTION, GAUGE_ROWS


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
    gauge: Annotated[pd.DataFrame, Table(GAUGE_ROWS)]
    damage: Annotated[pd.DataFrame, Table(DAMAGE_ROWS)]
