"""Tables of soft labels: what every arm reaches, what every part of the work takes."""

import math

import pandas as pd
import streamlit as st

from core.distillation.soft_labels.figures import watt_hours
from core.lab.runs import Run


def arms(run: Run) -> None:
    """Draw one row per arm, also those that were not chosen; means over seeds."""
    table = run.table("arms")
    rows = table.groupby(["title", "n_train"], sort=False, as_index=False)[
        ["validation", "accuracy", "ece", "label_seconds", "student_seconds"]].mean()
    rows[["validation", "accuracy", "ece"]] *= 100
    percent = {"format": "%.1f%%"}
    st.dataframe(rows, hide_index=True, alt=f"{len(rows)} arms with accuracy, calibration error and CPU time.", column_config={
        "title": st.column_config.TextColumn("Arm", pinned=True), "n_train": st.column_config.NumberColumn("Images", format="%d"),
        "validation": st.column_config.NumberColumn("Validation", **percent), "accuracy": st.column_config.NumberColumn("Test", **percent),
        "ece": st.column_config.NumberColumn("Calibration error", help="Expected calibration error, 15 bins.", **percent),
        "label_seconds": st.column_config.NumberColumn("Labels, CPU s", format="%.1f"),
        "student_seconds": st.column_config.NumberColumn("Student, CPU s", format="%.1f")})
    st.caption("Means over seeds. An arm that was chosen in some seeds has a row here for each setting it stood at.")


def costs(run: Run) -> None:
    """Draw what making labels and training a student takes."""
    table = run.table("costs")
    table["watt_hours"] = table["cpu_seconds"] * table["seed"].map(watt_hours(run))
    rows: pd.DataFrame = table.groupby(["part", "title"], sort=False, as_index=False)[
        ["cpu_seconds", "watt_hours", "macs", "parameters", "training_bytes"]].mean().drop(columns="part")
    rows["macs"] /= 1e9
    rows["training_bytes"] /= 2**20
    is_measured = not any(math.isnan(value) for value in rows["watt_hours"])
    rows = rows if is_measured else rows.drop(columns="watt_hours")
    st.dataframe(rows, hide_index=True, alt="CPU time, multiply-adds, weights and memory of autoencoder, teacher and student.",
                 column_config={
        "title": st.column_config.TextColumn("Part", pinned=True), "cpu_seconds": st.column_config.NumberColumn("CPU s", format="%.1f"),
        "watt_hours": st.column_config.NumberColumn("Wh", format="%.3f"),
        "macs": st.column_config.NumberColumn("Billion MACs", format="%.0f"),
        "parameters": st.column_config.NumberColumn("Weights", format="localized"),
        "training_bytes": st.column_config.NumberColumn("Training, MB", help="Weights, gradients, averages and activations of one batch.",
                                                        format="%.1f")})
    st.caption("Means over seeds. " + ("Energy is the run's, shared out by CPU time." if is_measured else "Energy was not measured."))
