"""Compression repairs: what narrows the gap between groups at the same size?"""

import pandas as pd
import streamlit as st

from core.compression.frames import FAMILIES
from core.compression.groups.spec import COMPRESSION
from core.compression.repair import figures
from core.compression.repair.words import PREDICTION
from core.lab.figure import Look
from core.lab.runs import Run
from pages._ui import drawing, shell
from pages._ui.controls import view
from pages._ui.parts import Parts
from pages._ui.rooms import room_of

EVIDENCE = {"ends": "Who gains, who pays", "bits": "Bits by layer", "table": "All arms"}
GROUPS = room_of(COMPRESSION)


def draw_figures(run: Run, look: Look) -> str:
    """Draw the front and every arm; return the kind of compression on show."""
    family = view("Compression", FAMILIES, "by")
    drawing.show(figures.FRONT, run, look)
    drawing.show(figures.ARMS, run, look, controls=lambda: {
        "family": family, "measure": view("Measured by", {key: title for key, (title, _) in figures.MEASURES.items()}, "measure")})
    return family


def draw_evidence(run: Run, look: Look, family: str) -> None:
    match view("Evidence", EVIDENCE, "evidence"):
        case "bits":
            with st.grid(2, min_column_width=380):
                drawing.show(figures.ALLOCATION, run, look)
                drawing.show(figures.SENSITIVITY, run, look)
        case "table":
            draw_table(run)
        case _:
            drawing.show(figures.ENDS, run, look, controls=lambda: {"family": family})
    shell.link_room(GROUPS, "Who pays without a repair")


def draw_table(run: Run) -> None:
    columns = ["size_bytes", "weight_bits", "accuracy", "gap", "head", "tail"]
    rows: pd.DataFrame = run.table("arms").groupby(["title"], sort=False, as_index=False)[columns].mean()
    rows["size_bytes"] /= 1024
    rows[["accuracy", "gap", "head", "tail"]] *= 100
    percent = {"format": "%.1f%%"}
    st.dataframe(rows, hide_index=True, alt=f"{len(rows)} arms with size, accuracy and gap.", column_config={
        "title": st.column_config.TextColumn("Arm", pinned=True), "size_bytes": st.column_config.NumberColumn("KB", format="%.0f"),
        "weight_bits": st.column_config.NumberColumn("Bits a weight", format="%.2f"),
        "accuracy": st.column_config.NumberColumn("Accuracy", help="Mean over groups.", **percent),
        "gap": st.column_config.NumberColumn("Gap", format="%.1f", help="Best minus worst group, points."),
        "head": st.column_config.NumberColumn("Large groups", **percent), "tail": st.column_config.NumberColumn("Small groups", **percent)})
    st.caption("Means over seeds, long-tailed copy.")


PARTS = Parts(prediction=PREDICTION, figures=draw_figures, evidence=draw_evidence)
