"""What one seed of a scorecard returns. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table

SHARE, DIFFERENCE, COUNT = (0.0, 1.0), (-1.0, 1.0), (0.0, 1e9)
ROWS = ("subject", "row", "value", "low", "high", "n", "counts", "sentence", "interval", "worst", "note", "needs", "remedy",
        "limit", "limit_words", "limit_reason", "limit_source", "verdict", "seconds")
SLICES = ("subject", "row", "slice", "kind", "value", "low", "high", "n")
PAIRS = ("row", "difference", "low", "high", "n", "interval")


def _row(label: str, words: str, unit: str = "%", bounds: tuple[float, float] = SHARE) -> Metric:
    return Metric(label, words, unit=unit, bounds=bounds)


@dataclass(frozen=True, kw_only=True, eq=False)
class ScorecardResult:
    """One number for each lens, NaN where the subject does not allow it; everything behind them stands in the tables."""

    measured: Annotated[float, _row("Rows measured", "Lenses that say something of this subject, of all.")]
    n_within: Annotated[float, Metric("Rows within limits", "Rows whose whole interval keeps their limit.", bounds=COUNT)]
    n_beyond: Annotated[float, Metric("Rows beyond limits", "Rows whose whole interval breaks their limit.", bounds=COUNT)]
    n_undecided: Annotated[float, Metric("Rows not decided", "Rows whose interval reaches across their limit.", bounds=COUNT)]
    leak_simple: Annotated[float, _row("Found without references", "Members found by one loss threshold at 1% false alarms.")]
    leak: Annotated[float, _row("Found with references", "Members found by LiRA, online, at 1% false alarms.")]
    leak_strict: Annotated[float, _row("Found at 0.1% false alarms", "Members found by LiRA, online, at 0.1% false alarms.")]
    leak_shuffled: Annotated[float, _row("Found, shuffled", "The same at 1% with membership shuffled: what chance finds.")]
    worst_group: Annotated[float, _row("Accuracy, worst group", "Lowest accuracy of a group.")]
    cue: Annotated[float, _row("Misled by a mark", "Images that a mark moves to another class, minus those moved back.", "pt", DIFFERENCE)]
    wrong_labels: Annotated[float, _row("Wrong labels repeated", "Wrong training labels that it gives back.")]
    rounded: Annotated[float, _row("Worst loss at 4 bits", "Accuracy that the group hit hardest loses.", "pt", DIFFERENCE)]
    pruned: Annotated[float, _row("Worst loss at 80% pruned", "Accuracy that the group hit hardest loses.", "pt", DIFFERENCE)]
    sure_home: Annotated[float, _row("Calibration error, home", "Expected calibration error, nothing drifted.")]
    sure_shifted: Annotated[float, _row("Calibration error, drifted", "The same on data that have drifted.")]
    reuse: Annotated[float, _row("Images to retrain", "Predicted by RESQUE on blurred data.", "", COUNT)]
    rows: Annotated[pd.DataFrame, Table(
        "One row per subject and lens: its number with interval and denominators, what it lacks, its limit, what the interval says.")]
    slices: Annotated[pd.DataFrame, Table("What stands behind each row: groups, classes, settings, with n and interval where one is made.")]
    pairs: Annotated[pd.DataFrame, Table("Where two subjects stand side by side: second minus first, on the same samples if they can.")]

    def _at(self, row: str) -> float:
        """Return the first subject's number in a row; NaN where it has none."""
        found = self.rows.loc[(self.rows["subject"] == 0) & (self.rows["row"] == row), "value"]
        return float(found.iloc[0]) if len(found) else float("nan")

    @property
    def refused(self) -> Annotated[float, _row("Requests refused", "Requests to be refused that are refused.")]:
        """Of language models, like all that follow: read from the table of rows."""
        return self._at("refused")

    @property
    def false_refusals(self) -> Annotated[float, _row("Ordinary requests refused", "Ordinary requests that are refused.")]:
        """Should be none."""
        return self._at("false_refusals")

    @property
    def units(self) -> Annotated[float, _row("Refusals lost, few units", "Lost without the units critical to them.", "pt", DIFFERENCE)]:
        """Beside what as many random units take."""
        return self._at("units")

    @property
    def erased(self) -> Annotated[float, _row("Refusals lost to tuning", "Lost to a few steps on ordinary answers.", "pt", DIFFERENCE)]:
        """Nothing frozen."""
        return self._at("erased")

    @property
    def norms(self) -> Annotated[float, _row("Answers lost with scales", "Right answers lost, norms' scales at one.", "pt", DIFFERENCE)]:
        """Folded first, nothing is lost."""
        return self._at("norms")

    @property
    def trigger(self) -> Annotated[float, _row("Answers alike, searched", "Prompts that share an opening after searched words.")]:
        """On prompts that the search did not see."""
        return self._at("trigger")

    @property
    def signature(self) -> Annotated[float, _row("Recurring signature", "Agreement of what planted backdoors change.")]:
        """Over MLP channels and pairs."""
        return self._at("signature")

    @property
    def memorised(self) -> Annotated[float, _row("Passages known, rarest", "Pairs in which the suspected passage is better known.")]:
        """A half is a guess."""
        return self._at("memorised")

    @property
    def memorised_ratio(self) -> Annotated[float, _row("Passages known, ratio", "The same beside the model before.")]:
        """A half is a guess."""
        return self._at("memorised_ratio")
