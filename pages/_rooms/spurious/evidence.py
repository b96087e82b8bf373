"""The evidence of the spurious room: views by name, each drawn only when it is asked for."""

import pandas as pd
import streamlit as st

from core.lab.figure import Figure, Look
from core.lab.runs import Run
from core.spurious.figures_means import MEASURES, means
from core.spurious.rivals import RIVALS
from core.spurious.study import figures, figures_maps, figures_regimes, figures_rivals
from pages._ui import drawing, samples
from pages._ui.controls import view
from pages._ui.plain import plain

VIEWS = {"price": "Price", "regime": "Regime", "rivals": "Rivals", "maps": "Maps", "noise": "Wrong labels", "simplicity": "Simple block",
         "scores": "Scores", "training": "Training"}
CHOICES = {"worst_class": "Worst class stops improving", "affordable": "Largest share within the budget"}
BADGES = {"hidden": ":gray-badge[:material/visibility_off: **Hidden**]",
          "mixed": ":gray-badge[:material/contrast: **Not decided**]",
          "identifiable": ":blue-badge[:material/visibility: **Identifiable**]"}



def draw(run: Run, look: Look) -> None:
    """Draw the part of the evidence that is asked for."""
    match view("Evidence", VIEWS, "evidence"):
        case "regime":
            _regime(run, look)
        case "rivals":
            _rivals(run, look)
        case "maps":
            _maps(run, look)
        case "noise":
            _pair(figures.REMOVED, figures.NOISY, run, look)
        case "simplicity":
            _simplicity(run, look)
        case "scores":
            drawing.show(figures.SCORES, run, look)
            _scores_table(run)
        case "training":
            drawing.show(figures.CURVES, run, look)
        case _:
            _pair(figures.PRICE, figures.ACCURACY, run, look)
            _choice_table(run)


def _pair(first: Figure, second: Figure, run: Run, look: Look) -> None:
    with st.grid(2, min_column_width=380):
        drawing.show(first, run, look)
        drawing.show(second, run, look)


def _choice_table(run: Run) -> None:
    """Draw which share a user without group labels would choose, and what it would do."""
    table = run.table("choice")
    rows = table[table["scenario"] == "main"].groupby("criterion", sort=False)[
        ["share", "validation_cost", "reliance", "worst_group_accuracy", "average_accuracy"]].mean().reset_index()
    if rows.empty:
        return
    shown = pd.DataFrame({"Chosen without group labels": rows["criterion"].map(CHOICES).fillna(rows["criterion"]),
                          **{title: 100 * rows[column] for title, column in (
                              ("Share", "share"), ("Validation cost", "validation_cost"), ("Misled", "reliance"),
                              ("Worst group", "worst_group_accuracy"), ("Average", "average_accuracy"))}})
    percent = st.column_config.NumberColumn(format="%.1f%%")
    st.dataframe(shown, hide_index=True, alt="The share that validation images choose, by two criteria.", column_config={
        "Chosen without group labels": st.column_config.TextColumn(pinned=True, width="medium"), "Share": percent, "Misled": percent,
        "Validation cost": st.column_config.NumberColumn(format="%.1f pt"), "Worst group": percent, "Average": percent})
    st.caption(f"Hardest of every class pruned; the budget is {100 * table['accuracy_budget'].iloc[0]:.0f} points of validation accuracy. "
               "Means over seeds.")


def _regime(run: Run, look: Look) -> None:
    known = figures_regimes.scenarios(run)
    if not known:
        st.caption("This run holds no scores of difficulty.")
        return
    scenario = view("Training set", known, "regime")
    regime, _ = figures_regimes.verdict(run, scenario)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if regime:
            st.markdown(BADGES[regime], width="content")
        st.markdown(plain(figures_regimes.verdict_words(run, scenario)), width="stretch")
    with st.grid(2, min_column_width=380):
        drawing.show(figures.HISTOGRAM, run, look, controls=lambda: {"scenario": scenario})
        drawing.show(figures.EPOCHS, run, look)
    if scenario != "main":  # that sweep leads the page
        drawing.show(figures.SCENARIO, run, look, controls=lambda: {"scenario": scenario})


def _rivals(run: Run, look: Look) -> None:
    known = {name: words for name, words in figures_regimes.SCENARIO_WORDS.items() if name in set(run.table("rivals")["scenario"])}
    if not known:
        st.caption("No rivals were tried in this run: switch Evidence on under All settings.")
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        scenario = view("Training set", known, "contest")
        with st.container(width=280):
            measure = st.selectbox("Measured by", list(MEASURES), index=1, key="measure", bind="query-params",
                                   format_func=lambda name: MEASURES[name].capitalize(), label_visibility="collapsed")
    options = {"scenario": scenario, "measure": measure or "worst_group_accuracy"}
    drawing.show(figures.RIVALS, run, look, controls=lambda: options)
    _rivals_table(run, scenario)


def _rivals_table(run: Run, scenario: str) -> None:
    """Draw what every method needs to be told, beside what it achieves."""
    rules = {rival.id: rival.rule for rival in RIVALS}
    rows = figures_rivals.standings(run, scenario)
    shown = pd.DataFrame({
        "Method": rows["title"], "Labels it needs": rows["labels"], "Worst group": 100 * rows["worst_group_accuracy"],
        "Misled": 100 * rows["reliance"], "Average": 100 * rows["average_accuracy"], "How": rows["method"].map(rules).fillna("")})
    percent = st.column_config.NumberColumn(format="%.1f%%")
    st.dataframe(shown, hide_index=True, alt="Every method, the best worst group first, with the labels that it needs.", column_config={
        "Method": st.column_config.TextColumn(pinned=True), "Labels it needs": st.column_config.TextColumn(width=430),
        "Worst group": percent, "Misled": percent, "Average": percent, "How": st.column_config.TextColumn(width="large")})
    st.caption("Labels beyond the class of each image. Means over seeds.")


def _maps(run: Run, look: Look) -> None:
    known = figures_maps.methods(run)
    if not known:
        st.caption("No maps were made in this run: switch Evidence on under All settings.")
        return
    method = view("Method", known, "map")
    with st.grid(2, min_column_width=380):
        drawing.show(figures.ATTRIBUTION, run, look, controls=lambda: {"method": method})
        drawing.show(figures.MAPS, run, look, controls=lambda: {"method": method})
    drawing.show(figures.DIFFROAR, run, look)


def _simplicity(run: Run, look: Look) -> None:
    drawing.show(figures.SIMPLICITY, run, look)
    stacked = run.results[0].simplicity_images
    if len(stacked):
        with st.container(border=True, gap="xsmall"):
            st.markdown("### What it was shown")
            with st.container(horizontal=True, gap="xsmall"):
                for image in stacked:
                    st.image(samples.as_uri(image), width=72, alt="A simple block above a complex block of the same class.")
            st.caption("Above the simple block, below the complex one.")


def _scores_table(run: Run) -> None:
    table = run.table("scores")
    rows = means(table, ["score"], ["reliance", "average_accuracy", "carrier_auc"])
    other = table.groupby("score", sort=False)[["stability", "agreement", "n_carriers_pruned"]].mean().reset_index()
    rows = rows.merge(other, on="score")
    shown = pd.DataFrame({
        "Score": rows["score"].map(figures_regimes.SCORE_WORDS).fillna(rows["score"]), "Stability": rows["stability"],
        "Agrees with EL2N": rows["agreement"], "Carriers removed": rows["n_carriers_pruned"], "Misled": 100 * rows["reliance"],
        "Average": 100 * rows["average_accuracy"]})
    percent = st.column_config.NumberColumn(format="%.1f%%")
    st.dataframe(shown, hide_index=True, alt="One row per score of difficulty.", column_config={
        "Score": st.column_config.TextColumn(pinned=True), "Misled": percent, "Average": percent,
        "Stability": st.column_config.NumberColumn(format="%.2f", help="Spearman correlation between two short runs, within classes."),
        "Agrees with EL2N": st.column_config.NumberColumn(format="%.2f", help="Spearman correlation with averaged EL2N, within classes."),
        "Carriers removed": st.column_config.NumberColumn(format="%.0f", help="Among the hardest of their class at the headline share.")})
    st.caption("Means over seeds, one training each; the headline averages repeats. With two classes EL2N, loss and margin rank alike.")
