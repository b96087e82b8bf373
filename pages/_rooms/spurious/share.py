"""The share slider of the spurious room: a finished sweep read off at any share at once, and one more share trained live."""

import pandas as pd
import streamlit as st

from core.lab import strip, words
from core.lab.estimate import Estimate
from core.lab.runs import Run
from core.spurious.figures_means import SHORT, clean_level
from core.spurious.study.figures_sweep import NONE, sweep_points
from pages._ui import glyph

RULES = ("hardest", "random", "easiest", "others_hardest", "oracle_hardest")
STRIPS = (("hardest", "defended", "Hardest of every class removed"), ("random", "neutral", "Random images removed"))


@st.fragment
def draw(run: Run) -> None:
    """Draw the slider and what every rule gives at its share; only this part of the page is drawn again when it moves."""
    points = sweep_points(run)
    shares = sorted(points.loc[~points["rule"].str.startswith("oracle") & (points["share"] > 0), "share"].unique())
    if not shares:
        return
    usual = min(shares, key=lambda share: abs(share - run.request.config.share))
    with st.container(border=True, gap="small"):
        st.markdown("### Slide the pruned share")
        share = st.select_slider("Pruned share of every class", shares, value=usual, format_func=lambda value: f"{value:.0%}",
                                 key=f"{run.request.run}:share", help="Reads the finished sweep: nothing is computed when you slide.")
        at = points[points["share"] == share].set_index("rule")
        with st.grid(2, min_column_width=300):
            for rule, meaning, title in STRIPS:
                if rule in at.index:
                    _strip(run, at.loc[rule], rule, meaning, title)
        _table(points, share, len(run.results))


def _strip(run: Run, row: pd.Series, rule: str, meaning: str, title: str) -> None:
    low, high = row["reliance_low"], row["reliance_high"]
    interval = (None, None) if pd.isna(low) else (float(low), float(high))
    clean = clean_level(run)
    shown = strip.Strip(
        estimate=Estimate(float(row["reliance"]), *interval, len(run.results)), unit="%", baseline=None if pd.isna(clean) else clean,
        baseline_name="clean network", span=(0.0, 1.0), meaning=meaning)
    with st.container(gap="xsmall"):
        st.markdown(f"**{title}**: misled by the cue")
        glyph.show(shown, key=f"share:{rule}", what=f"{title}: misled by the cue")


def _table(points: pd.DataFrame, share: float, n: int) -> None:
    """Draw every rule at the chosen share beside the network that nothing was pruned for."""
    start = points[points["share"] == 0].head(1).assign(rule=NONE)
    rows = pd.concat([start, points[(points["share"] == share) & points["rule"].isin(RULES)]])
    order = {rule: place for place, rule in enumerate((NONE, *RULES))}
    rows = rows.sort_values("rule", key=lambda column: column.map(order))
    shown = pd.DataFrame({
        "Removed": ["nothing" if rule == NONE else SHORT[rule] for rule in rows["rule"]],
        "Misled": 100 * rows["reliance"], "Worst group": 100 * rows["worst_group_accuracy"], "Average": 100 * rows["average_accuracy"],
        "Carriers left": [f"{left:.0f} of {all_:.0f}" for left, all_ in zip(rows["n_carriers_left"], rows["n_carriers"], strict=True)],
        "Images removed": rows["n_pruned"]})
    percent = st.column_config.NumberColumn(format="%.1f%%")
    st.dataframe(shown, hide_index=True, alt=f"Every rule at a pruned share of {share:.0%}.", column_config={
        "Removed": st.column_config.TextColumn(pinned=True), "Misled": percent, "Worst group": percent, "Average": percent,
        "Images removed": st.column_config.NumberColumn(format="%.0f")})
    st.caption(f"Means over {words.seeds(n)}. For the hardest carriers the share is of the carriers alone." if n > 1 else
               "One seed. For the hardest carriers the share is of the carriers alone.")
