"""What one seed of the calculator returns. Imports no torch."""

import math
from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table

SHARE, POSITIVE = (0.0, 1.0), (0.0, math.inf)


@dataclass(frozen=True, kw_only=True, eq=False)
class IndexResult:
    """Numbers and tables of one seed."""

    resque: Annotated[float, Metric("RESQUE", "Mean angle between old and new class means, as a share of half a turn.", bounds=SHARE)]
    resque_clean: Annotated[float, Metric("RESQUE, nothing shifted", "The same between two samples of old data.", bounds=SHARE)]
    images: Annotated[float, Metric(
        "Images, predicted", "Median cost of the stored retrainings whose RESQUE was nearest; never reached counts at the cap.",
        bounds=POSITIVE)]
    images_low: Annotated[float, Metric("Images, low end", "Lower end of their band of 80%.", bounds=POSITIVE)]
    images_high: Annotated[float, Metric("Images, high end", "Upper end; at the cap where some never got there.", bounds=POSITIVE)]
    coverage: Annotated[float, Metric(
        "Band held", "Stored cases that such a band held when made from the other seeds; 80% is the aim.", unit="%", bounds=SHARE)]
    raw_error: Annotated[float, Metric("Raw error", "1 - accuracy on new data, before retraining.", unit="%", bounds=SHARE)]
    clean_accuracy: Annotated[float, Metric("Clean accuracy", "On old test images.", unit="%", bounds=SHARE)]
    index_milliseconds: Annotated[float, Metric(
        "All indices, CPU ms", "CPU time of the pass over new data and of every index, old data being known.", bounds=POSITIVE)]
    pass_milliseconds: Annotated[float, Metric("One pass, CPU ms", "CPU time of one pass over old and new images.", bounds=POSITIVE)]
    retraining_seconds: Annotated[float, Metric(
        "CPU s, predicted", "CPU seconds of the predicted images, at the stored pace.", bounds=POSITIVE)]
    indices: Annotated[pd.DataFrame, Table(
        "Every index and rival: value, whether it needs labels, share of stored cases below it, predicted images with band, coverage.")]
    angles: Annotated[pd.DataFrame, Table("Class by class: angle as a share of half a turn, images, accuracy on new data.")]
    stored: Annotated[pd.DataFrame, Table("The stored cases that predict: shift, model, seed, every index, images to target.")]
