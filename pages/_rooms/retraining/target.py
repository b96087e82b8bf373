"""The target slider: finished curves read off at any target at once, nothing retrained."""

import numpy as np
import pandas as pd
import streamlit as st

from core.lab.panels import over
from core.lab.runs import Run
from core.retraining.shifts.columns import BY_NAME
from core.retraining.shifts.tables import PLAIN, costs_at, ranks_at


@st.cache_data(max_entries=64, show_spinner=False)
def table_at(run: str, margin: int, _run: Run) -> tuple[pd.DataFrame, int, int, int]:
    """Return how every index ranks cost at a target, means over seeds, and how many needed none, never got there, of how many."""
    n_train, ranks, costs = _run.request.config.n_images // 2, [], []
    for seed, result in zip(_run.request.seeds, _run.results, strict=True):
        known = result.cases.drop(columns=["target", "images", "seconds", "change"])
        found = costs_at(known, result.curves, result.models, margin / 100)
        costs.append(found["images"].to_numpy())
        mine = ranks_at(found[found["model"].isin(PLAIN)], n_train)
        ranks.append(mine.groupby("index", sort=False)[["spearman", "concordance", "partial", "epochs"]].agg(
            lambda values: values.mean(skipna=False)).reset_index().assign(seed=seed))
    whole, images = pd.concat(ranks, ignore_index=True), np.concatenate(costs)
    rows = over(whole, ["index"], "spearman", (-1.0, 1.0))
    for column in ("concordance", "partial", "epochs"):
        rows[column] = rows["index"].map(whole.groupby("index")[column].mean())
    return rows, int((images == 0).sum()), int(np.isinf(images).sum()), len(images)


@st.fragment
def draw(run: Run) -> None:
    """Draw slider and table; only this part of the page is drawn again when it moves."""
    with st.container(border=True, gap="small"):
        st.markdown("### Slide the target")
        margin = st.slider("Points under clean accuracy", 1, 20, run.request.config.margin, key=f"{run.request.run}:margin",
                           help="Reads the finished curves: nothing is retrained when you slide.")
        rows, free, never, total = table_at(f"{run.root}/{run.request.run}", margin, run)
        rows = rows.sort_values("value", ascending=False)
        shown = pd.DataFrame({
            "Index": [BY_NAME[name].title for name in rows["index"]],
            "Labels": ["needed" if BY_NAME[name].needs_labels else "none" for name in rows["index"]],
            "Rank correlation": rows["value"], "Concordance": rows["concordance"], "Given raw error": rows["partial"],
            "In whole epochs": rows["epochs"]})
        number = st.column_config.NumberColumn(format="%.2f")
        st.dataframe(shown, hide_index=True, placeholder="n/a", alt=f"Every index, {margin} points under clean accuracy.", column_config={
            "Index": st.column_config.TextColumn(pinned=True), "Labels": st.column_config.TextColumn(help="Whether new labels are needed."),
            "Rank correlation": number, "In whole epochs": number,
            "Concordance": st.column_config.NumberColumn(format="%.2f", help="Harrell's; skips pairs that never got there. 0.5 is chance."),
            "Given raw error": st.column_config.NumberColumn(format="%.2f", help="Partial rank correlation, where they differ in order.")})
        st.caption(f"Two plain models, means over seeds. Of all {total} retrainings {free} need none and {never} never reach this target.")
        if never == total:
            st.caption("No run reached this target: slide to the right.")
