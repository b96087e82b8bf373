"""What one part of an audit of outputs returns. Imports no torch."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd

from core.lab.experiment import Metric, Table
from core.privacy.bounds import DIFFERENCE, FRACTION


def _share(label: str, words: str) -> Metric:
    return Metric(label, words, unit="%", bounds=FRACTION)


def _area(label: str, words: str) -> Metric:
    return Metric(label, words, bounds=FRACTION)


def _gap(label: str, words: str) -> Metric:
    return Metric(label, words, unit="pt", bounds=DIFFERENCE)


@dataclass(frozen=True, kw_only=True, eq=False)
class PrivacyOutputsResult:
    """Numbers are those of one part; tables are of all rows, the same with every part.

    The attack of the headline is LiRA where references are given (online where some were trained with each row), else the loss.
    """

    auc: Annotated[float, _area("Attack AUC", "Chance that a member outscores another row: LiRA with references, else the loss.")]
    auc_loss: Annotated[float, _area("AUC, loss threshold", "The same with one loss threshold for all rows.")]
    auc_gap: Annotated[float, _area("AUC, correct or not", "The same by whether the answer is right: what the gap alone gives away.")]
    auc_shuffled: Annotated[float, _area("Attack AUC, shuffled", "The attack scored against shuffled membership.")]
    auc_count: Annotated[float, _area("AUC of reference counts", "The same by how many references hold a row; NaN without references.")]
    tpr_at_1_percent: Annotated[float, _share("Found at 1% false alarms", "Members found when 1% of the others are accused.")]
    tpr_at_01_percent: Annotated[float, _share("Found at 0.1% false alarms", "Members found when 0.1% of the others are accused.")]
    accuracy_members: Annotated[float, _share("Accuracy on members", "Share right among the rows that were trained on.")]
    accuracy_others: Annotated[float, _share("Accuracy on others", "The same of the rest.")]
    loss_gap: Annotated[float, Metric("Loss gap", "Mean loss of others minus that of members, nats.")]
    over_members: Annotated[float, _gap("Too sure on members", "Mean confidence minus accuracy of members.")]
    over_others: Annotated[float, _gap("Too sure on others", "The same of the rest.")]
    auc_worst: Annotated[float, _area("AUC, worst group", "Largest attack AUC of a group; NaN without groups.")]
    auc_best: Annotated[float, _area("AUC, best group", "Smallest attack AUC of a group; NaN without groups.")]
    attack_error: Annotated[float, _share(
        "Error of the attack", "Calibration error of the attack's own odds of membership, fitted on half of the part, 15 bins.")]
    n_references: Annotated[float, Metric("Reference models", "How many other models the file tells of.", "", (0.0, 2000.0))]
    attacks: Annotated[pd.DataFrame, Table(
        "One row per attack: attack, title, family, access, knowledge, auc with its interval over rows, and for 10pct, 1pct, 01pct: tpr_L, "
        "tpr_L_low, tpr_L_high (exact), fpr_L; epsilon_lower_bound at 1%.")]
    roc: Annotated[pd.DataFrame, Table(
        "One row per attack and false-alarm rate: attack, fpr, tpr_median, tpr_low, tpr_high (exact at that threshold), is_resolved.")]
    histograms: Annotated[pd.DataFrame, Table("One row per attack and bin of its score: core.privacy.score_tables.histogram_table.")]
    slices: Annotated[pd.DataFrame, Table(
        "attack, kind (group or class), slice, auc, low, high, n (rows), accuracy_members, accuracy_others, loss_gap.")]
    certainty: Annotated[pd.DataFrame, Table(
        "One row per filled bin of this part: bin, count, said (odds of the attack), found (members).")]
    notes: Annotated[pd.DataFrame, Table("How the file was read and what was left out: note.")]
