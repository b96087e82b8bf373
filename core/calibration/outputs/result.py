"""What one part of the outputs returns. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table

FRACTION, DIFFERENCE = (0.0, 1.0), (-1.0, 1.0)
HOME, SHIFTED = "home", "shifted"


def _share(label: str, words: str) -> Metric:
    return Metric(label, words, unit="%", bounds=FRACTION)


def _gap(label: str, words: str) -> Metric:
    return Metric(label, words, unit="pt", bounds=DIFFERENCE)


@dataclass(frozen=True, kw_only=True, eq=False)
class OutputsResult:
    """Home is judged on the half of its rows that nothing was fitted on; temperatures and sets come from the other half."""

    over_shifted: Annotated[float, _gap("Too sure, shifted", "Mean confidence minus accuracy on the shifted rows.")]
    over_home: Annotated[float, _gap("Too sure at home", "The same at home.")]
    ece_shifted: Annotated[float, _share("ECE, shifted", "Expected calibration error of the shifted rows, 15 bins.")]
    ece_home: Annotated[float, _share("ECE at home", "The same at home.")]
    ece_home_temperature: Annotated[float, _share("ECE, home temperature", "Shifted, divided by the temperature that fits at home.")]
    ece_stream: Annotated[float, _share("ECE, stream temperature", "Shifted, by the mean of the label-free rule.")]
    ece_sample: Annotated[float, _share("ECE, temperature each", "Shifted, each row by its own label-free temperature.")]
    ece_oracle: Annotated[float, _share("ECE at its best", "Shifted, by the temperature that fits their own labels: a bound.")]
    floor_shifted: Annotated[float, _share("Floor of the error", "What a perfect predictor would show with as many shifted rows.")]
    nll_shifted: Annotated[float, Metric("Log loss, shifted", "Mean negative log likelihood, nats.", "", (0.0, 1e9))]
    nll_oracle: Annotated[float, Metric("Log loss at its best", "The same by the best temperature.", "", (0.0, 1e9))]
    accuracy_home: Annotated[float, _share("Accuracy at home", "Share of rows whose top class is right.")]
    accuracy_shifted: Annotated[float, _share("Accuracy, shifted", "The same of the shifted rows.")]
    accuracy_repaired: Annotated[float, _share("Accuracy, repaired", "The same after dividing by the home temperature.")]
    auroc_shifted: Annotated[float, _share("Ranking, shifted", "Area under the ROC curve of confidence for being right.")]
    coverage_home: Annotated[float, _share("Sets that hold, home", "Conformal sets made for 90%.")]
    coverage_shifted: Annotated[float, _share("Sets that hold, shifted", "The same sets on the shifted rows.")]
    over_worst: Annotated[float, _gap("Too sure, worst group", "Largest confidence minus accuracy of a group; NaN without groups.")]
    over_best: Annotated[float, _gap("Too sure, best group", "Smallest confidence minus accuracy of a group; NaN without groups.")]
    temperature_home: Annotated[float, Metric("Temperature from home", "With the best likelihood at home.", "", (0.0, 100.0))]
    temperature_oracle: Annotated[float, Metric("Best temperature", "With the best likelihood for the shifted labels.", "", (0.0, 100.0))]
    scores: Annotated[pd.DataFrame, Table(
        "One row per place (home, shifted), group (all, then each) and repair: place, group, repair, n, core.calibration.judge.SCORES.")]
    bins: Annotated[pd.DataFrame, Table("One row per filled bin of a diagram: place, repair, bin, count, confidence, accuracy.")]
    risk: Annotated[pd.DataFrame, Table("place, answered (share of rows, surest first), risk (share wrong among them).")]
    classes: Annotated[pd.DataFrame, Table("place, class, n (rows called so), accuracy, confidence.")]
