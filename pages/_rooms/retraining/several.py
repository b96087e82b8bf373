"""Several models, one shift: which is cheapest to reuse, which each index names, and what following it loses."""

import pandas as pd
import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.retraining.shifts import figures_models as figures
from core.retraining.shifts.columns import BY_NAME
from pages._ui import drawing


def draw(run: Run, look: Look) -> None:
    """Draw the curves of all models under one shift, the picks of every index, and the regret over all shifts."""
    titles = {f"{row.kind} {row.level}": row.shift for row in run.results[0].cases.drop_duplicates(["kind", "level"]).itertuples()}
    dearest = figures.dearest(run)

    def choose() -> dict[str, str]:
        return {"shift": st.selectbox("Shift", list(titles), index=list(titles).index(dearest), format_func=titles.__getitem__,
                                      key="shift", bind="query-params", label_visibility="collapsed")}

    with st.grid(2, min_column_width=380):
        drawing.show(figures.MODELS, run, look, controls=choose)
        drawing.show(figures.REGRET, run, look)
    _picks(run, st.session_state.get("shift", dearest), titles)


def _picks(run: Run, shift: str, titles: dict[str, str]) -> None:
    """Draw what every index picks under one shift, over seeds."""
    kind, _, level = shift.rpartition(" ")
    choices = run.table("choices")
    mine = choices[(choices["margin"] == run.request.config.margin) & (choices["kind"] == kind) & (choices["level"] == int(level))]
    with st.container(border=True, gap="small"):
        st.markdown(f"### Which model each index names: {titles[shift]}")
        if mine.empty:
            st.caption("This shift costs no model anything, or none reaches the target, in every seed: there is nothing to choose.")
            return
        rows = mine.groupby("index", sort=False)[["right", "regret"]].mean().reset_index()
        rows["order"] = rows["regret"]
        rows = rows.sort_values("order")
        shown = pd.DataFrame({
            "Index": ["random pick" if name == "random" else BY_NAME[name].title for name in rows["index"]],
            "Labels": ["none" if name == "random" or not BY_NAME[name].needs_labels else "needed" for name in rows["index"]],
            "Names the cheapest": 100 * rows["right"], "Images lost": rows["regret"]})
        st.dataframe(shown, hide_index=True, alt=f"{len(shown)} indices: how often each names the cheapest model.", column_config={
            "Index": st.column_config.TextColumn(pinned=True), "Labels": st.column_config.TextColumn(help="Whether new labels are needed."),
            "Names the cheapest": st.column_config.NumberColumn(format="%.0f%%", help="Seeds in which it does; ties count in part."),
            "Images lost": st.column_config.NumberColumn(format="%.0f", help="Against the cheapest model, mean over seeds.")})
        st.caption(f"{mine['seed'].nunique()} of {len(run.request.seeds)} seeds have something to choose here.")
