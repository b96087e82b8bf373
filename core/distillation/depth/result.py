"""What one seed of the study of depth returns. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from core.lab.experiment import Array, Metric, Table

SHARE = (0.0, 1.0)
CHANGE = (-1.0, 1.0)
NEVER_NEGATIVE = (0.0, float("inf"))


@dataclass(frozen=True, kw_only=True, eq=False)
class DepthResult:
    """One seed. Accuracies are on test images, with BatchNorm estimated again for each depth unless said; means are over depths."""

    package_mean: Annotated[float, Metric("Package, all depths", "Mean over depths and both Teammates.", "%", SHARE)]
    separate_mean: Annotated[float, Metric("Separate, all depths", "A network trained for each depth alone.", "%", SHARE)]
    truncated_mean: Annotated[float, Metric("Truncated, all depths", "One plain network, blocks left out afterwards.", "%", SHARE)]
    sandwich_mean: Annotated[float, Metric("One net, all depths", "One network with the sandwich rule, no Leader.", "%", SHARE)]
    sandwich_long_mean: Annotated[float, Metric(
        "One net, equal cost", "The same, trained until it has cost as much as the package.", "%", SHARE)]
    sandwich_own_mean: Annotated[float, Metric(
        "One net, BatchNorm a depth", "Sandwich rule, all depths, scale and shift of its own for each depth.", "%", SHARE)]
    random_mean: Annotated[float, Metric("Random depth, all depths", "One network, one random depth a step.", "%", SHARE)]
    package_smallest: Annotated[float, Metric("Package, smallest", "Fewest blocks, mean of both Teammates.", "%", SHARE)]
    separate_smallest: Annotated[float, Metric("Separate, smallest", "A network trained with the fewest blocks alone.", "%", SHARE)]
    truncated_smallest: Annotated[float, Metric("Truncated, smallest", "A plain network with the fewest blocks left.", "%", SHARE)]
    truncated_smallest_shared: Annotated[float, Metric(
        "Truncated, own statistics", "The same with the BatchNorm statistics of the full depth.", "%", SHARE)]
    sandwich_smallest: Annotated[float, Metric("One net, smallest", "Sandwich rule, fewest blocks.", "%", SHARE)]
    sandwich_smallest_shared: Annotated[float, Metric(
        "One net, shared statistics", "Sandwich rule, fewest blocks, one set of BatchNorm statistics for all depths.", "%", SHARE)]
    package_full: Annotated[float, Metric("Package, full depth", "All blocks, mean of both Teammates.", "%", SHARE)]
    full: Annotated[float, Metric("Plain network", "All blocks, trained alone.", "%", SHARE)]
    leader: Annotated[float, Metric("Leader", "The network that guides the Teammates.", "%", SHARE)]
    no_leader_mean: Annotated[float, Metric("Package, no leader", "All depths, without the Leader.", "%", SHARE)]
    no_mutual_mean: Annotated[float, Metric("Package, no exchange", "All depths, Teammates not following each other.", "%", SHARE)]
    no_down_mean: Annotated[float, Metric("Package, labels alone", "All depths, sub-networks not following full depth.", "%", SHARE)]
    package_more_mean: Annotated[float, Metric("Package, more images", "All depths, on the larger training set.", "%", SHARE)]
    separate_more_mean: Annotated[float, Metric("Separate, more images", "The same of a network for each depth.", "%", SHARE)]
    exit_first: Annotated[float, Metric("First early exit", "Accuracy of the exit after the first stage.", "%", SHARE)]
    package_gap: Annotated[float, Metric("Worst depth", "Package minus separate network, where it is worst.", "pt", CHANGE)]
    ece_package: Annotated[float, Metric(
        "Calibration, package", "Expected calibration error, mean over depths and Teammates.", "%", SHARE)]
    ece_separate: Annotated[float, Metric("Calibration, separate", "The same of a network for each depth.", "%", SHARE)]
    cost_package: Annotated[float, Metric("Cost, package", "CPU time of the joint training.", "s", NEVER_NEGATIVE)]
    cost_separate: Annotated[float, Metric("Cost, separate", "CPU time of training every depth alone.", "s", NEVER_NEGATIVE)]
    cost_sandwich: Annotated[float, Metric("Cost, one net", "CPU time of one network with the sandwich rule.", "s", NEVER_NEGATIVE)]
    depths: Annotated[pd.DataFrame, Table(
        "One row per network, depth and statistics: arm, title, family (a, b, exits), depth (blocks that run), dropped, statistics "
        "(recalibrated, shared), macs (of an image), milliseconds (of 100 images, one thread, median of 15), accuracy, loss, ece, "
        "overconfidence (mean confidence minus accuracy), brier.")]
    costs: Annotated[pd.DataFrame, Table("One row per training: arm, title, n_networks, cpu_seconds, macs (in all), parameters (that "
        "it moves).")]
    predictions: Annotated[pd.DataFrame, Table(
        "One row per sub-network that can be chosen and sample: arm, depth, sample, label, predicted, probability; names of classes: "
        "label_name, predicted_name.")]
    images: Annotated[np.ndarray, Array("Test images of the samples, uint8 (samples, H, W, C).")]

    @property
    def package_beyond(self) -> Annotated[float, Metric("Package minus separate", "Mean over depths and Teammates.", "pt", CHANGE)]:
        """What joint training gives or takes beside a network for each depth."""
        return self.package_mean - self.separate_mean

    @property
    def package_beyond_more(self) -> Annotated[float, Metric(
            "The same, more images", "Package minus separate on the larger training set, as many steps.", "pt", CHANGE)]:
        """What joint training gives or takes on more images."""
        return self.package_more_mean - self.separate_more_mean
