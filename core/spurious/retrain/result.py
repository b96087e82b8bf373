"""What one seed of a single pruning returns."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table
from core.spurious.bounds import DIFFERENCE, FRACTION


@dataclass(frozen=True, kw_only=True, eq=False)
class RetrainResult:
    """What one seed returns."""

    reliance: Annotated[float, Metric(
        "Misled after pruning", "Images of the harmed class with the cue that the network calls the biased class.", unit="%",
        bounds=FRACTION)]
    reliance_before: Annotated[float, Metric("Misled before", "The same when nothing is removed.", unit="%", bounds=FRACTION)]
    reliance_random: Annotated[float, Metric("Misled, random images", "The same when as many random images of each class are removed.",
                                             unit="%", bounds=FRACTION)]
    drop: Annotated[float, Metric("Fall", "Misled before minus after.", unit="pt", bounds=DIFFERENCE)]
    drop_random: Annotated[float, Metric("Fall, random images", "Misled before minus after removing random images.", unit="pt",
                                         bounds=DIFFERENCE)]
    worst_group_accuracy: Annotated[float, Metric("Worst group", "Smallest accuracy over classes with and without the cue.", unit="%",
                                                  bounds=FRACTION)]
    average_accuracy: Annotated[float, Metric("Average accuracy", "On test images without the cue.", unit="%", bounds=FRACTION)]
    accuracy_cost: Annotated[float, Metric("Price", "Average accuracy lost.", unit="pt", bounds=DIFFERENCE)]
    n_pruned: Annotated[float, Metric("Images removed", "How many training images were removed.", bounds=(0.0, float("inf")))]
    n_carriers_left: Annotated[float, Metric("Carriers left", "How many training images with the cue stayed.", bounds=(0.0, float("inf")))]
    sweep: Annotated[pd.DataFrame, Table("Rules none, the chosen one, and random (equally many); columns of columns.COLUMNS['sweep'].")]
