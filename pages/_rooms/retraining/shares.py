"""New tasks, read off at any target: finished curves, nothing retrained."""

import numpy as np
import pandas as pd
import streamlit as st

from core.lab.panels import over
from core.lab.runs import Run
from core.retraining.tasks.catalogue import BY_NAME
from core.retraining.tasks.tables import choices_at, costs_at, ranks_at


@st.cache_data(max_entries=64, show_spinner=False)
def table_at(run: str, share: int, _run: Run) -> tuple[pd.DataFrame, int, int]:
    """Return how every index ranks tasks at a target, means over seeds, and how many of how many retrainings never got there."""
    cap, ranks, choices, never, total = float(_run.request.config.cap), [], [], 0, 0
    for seed, result in zip(_run.request.seeds, _run.results, strict=True):
        told = costs_at(result.cases.drop(columns=["target", "images", "ratio"]), result.curves, share / 100, cap)
        never, total = never + int(np.isinf(told["images"]).sum()), total + len(told)
        ranks.append(ranks_at(told).groupby("index", sort=False)[["spearman", "concordance", "partial"]].agg(
            lambda values: values.mean(skipna=False)).reset_index().assign(seed=seed))
        choices.append(choices_at(told, cap))
    whole, picked = pd.concat(ranks, ignore_index=True), pd.concat(choices, ignore_index=True)
    rows = over(whole, ["index"], "spearman", (-1.0, 1.0))
    for column in ("concordance", "partial"):
        rows[column] = rows["index"].map(whole.groupby("index")[column].mean())
    for column in ("right", "regret"):
        rows[column] = rows["index"].map(picked.groupby("index")[column].mean())
    return rows, never, total


@st.fragment
def draw(run: Run) -> None:
    """Draw slider and table; only this part of the page is drawn again when it moves."""
    with st.container(border=True, gap="small"):
        st.markdown("### Slide the target")
        share = st.slider("Share of the way from chance to the best, %", 50, 99, run.request.config.share, key=f"{run.request.run}:share",
                          help="Reads the finished curves: nothing is retrained when you slide.")
        rows, never, total = table_at(f"{run.root}/{run.request.run}", share, run)
        rows = rows.sort_values("value", ascending=False)
        shown = pd.DataFrame({
            "Index": [BY_NAME[name].title for name in rows["index"]],
            "Labels": ["needed" if BY_NAME[name].needs_labels else "none" for name in rows["index"]],
            "Rank correlation": rows["value"], "Concordance": rows["concordance"], "Given the probe": rows["partial"],
            "Right source": 100 * rows["right"], "Images lost": rows["regret"]})
        number = st.column_config.NumberColumn(format="%.2f")
        st.dataframe(shown, hide_index=True, placeholder="n/a", alt=f"Every index at a target of {share}% of the way.", column_config={
            "Index": st.column_config.TextColumn(pinned=True), "Labels": st.column_config.TextColumn(help="Whether new labels are needed."),
            "Rank correlation": number,
            "Concordance": st.column_config.NumberColumn(format="%.2f", help="Harrell's; skips pairs that never got there. 0.5 is chance."),
            "Given the probe": st.column_config.NumberColumn(format="%.2f", help="Partial rank correlation, where they differ in order."),
            "Right source": st.column_config.NumberColumn(format="%.0f%%", help="Tasks for which it names the cheapest source."),
            "Images lost": st.column_config.NumberColumn(format="%.0f", help="Regret of following it, against the cheapest source.")})
        st.caption(f"Means over trained sources and seeds. {never} of {total} retrainings never reach this target.")
