"""The calculator's table: every index at once, with what it predicts."""

import pandas as pd
import streamlit as st

from core.lab.runs import Run

SHOWN = ("Value", "Images", "from", "to", "Band held")


def draw(run: Run) -> None:
    """Draw one row per index, means over seeds."""
    rows = run.table("indices")
    rows = rows.groupby(["index", "title"], sort=False, as_index=False)[
        ["needs_labels", "value", "images", "low", "high", "coverage"]].mean().dropna(subset=["value"])
    shown = pd.DataFrame({
        "Index": rows["title"], "Labels": ["needed" if one else "none" for one in rows["needs_labels"]], "Value": rows["value"],
        "Images": rows["images"], "from": rows["low"], "to": rows["high"], "Band held": 100 * rows["coverage"]})
    images = st.column_config.NumberColumn(format="localized", step=1)
    with st.container(border=True, gap="small"):
        st.markdown("### Every index at once")
        st.dataframe(shown.round({"Images": 0, "from": 0, "to": 0}), hide_index=True, placeholder="n/a",
                     alt=f"{len(shown)} indices with predicted images.",
                     column_config={
            "Index": st.column_config.TextColumn(pinned=True), "Labels": st.column_config.TextColumn(help="Whether new labels are needed."),
            "Value": st.column_config.NumberColumn(format="%.3f"), "Images": images, "from": images, "to": images,
            "Band held": st.column_config.NumberColumn(format="%.0f%%", help="Stored cases held when predicted from other seeds.")})
        st.caption(_timing(run))


def _timing(run: Run) -> str:
    took, one = run.estimate("index_milliseconds").value, run.estimate("pass_milliseconds").value
    if one != one:
        return f"From features alone, in {took:.0f} ms of CPU time; what needs images or the network is left out."
    seconds = run.estimate("retraining_seconds").value
    told = "" if seconds != seconds else f" The retraining that they predict takes {seconds:.1f} CPU seconds."
    return f"One pass of old and new images took {one:.0f} ms of CPU time, one over new images with every index {took:.0f} ms.{told}"
