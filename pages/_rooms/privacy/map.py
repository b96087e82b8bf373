"""Privacy trade-offs: which defence buys most privacy for least accuracy?"""

import pandas as pd
import streamlit as st

from core.lab import words
from core.lab.figure import Look
from core.lab.runs import Run
from core.privacy.defence.spec import PRIVACY_DEFENCE
from core.privacy.defences import defence_by_id
from core.privacy.map import figures_trade_off as trade
from core.privacy.map.curves import BASELINE, CURVES
from core.privacy.map.figures import RATES, TRADE_OFF
from core.privacy.map.figures_panels import panel_of
from core.privacy.map.words import PREDICTION
from pages._rooms.privacy import evidence, one_defence
from pages._rooms.privacy.evidence import VIEWS, View
from pages._ui import cards, drawing, shell, stored
from pages._ui.controls import view
from pages._ui.parts import Parts
from pages._ui.plain import plain
from pages._ui.rooms import room_of

MEASURES = {"auc": "AUC", "tpr_at_1_percent": "Found at 1%", "auc_loss": "AUC, loss alone"}
EVERY, PANELS, POINTS = "every", "panels", "points"
ALONE = room_of(PRIVACY_DEFENCE)
DEFENCE_OF = {BASELINE: BASELINE, **{curve.id: curve.defence for curve in CURVES}}


def curves_of(run: Run) -> list[str]:
    return [curve for curve in run.table("points")["curve"].unique() if curve in DEFENCE_OF]


def draw_map(run: Run, look: Look) -> str:
    """Draw the map and what was chosen on it; return the measure of leakage."""
    defended = {curve: trade.TITLES[curve] for curve in curves_of(run) if curve != BASELINE}
    titles = {EVERY: "All in one plane", PANELS: "A panel each"} | {curve: f"{title} alone" for curve, title in defended.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        leak = view("Leakage", MEASURES, "leak")
        with st.container(width=280):
            focus = st.selectbox("Curves", list(titles), format_func=titles.__getitem__, key="focus", bind="query-params",
                                 label_visibility="collapsed") or EVERY
    if focus == PANELS:
        draw_panels(run, look, list(defended), leak)
        return leak
    options = {"leak": leak, "focus": "" if focus == EVERY else focus}
    figure = RATES if leak == "tpr_at_1_percent" else TRADE_OFF
    chosen = drawing.show(figure, run, look, controls=lambda: options, selectable=True)
    if faithfulness := faithful_words(run):
        st.caption(faithfulness)
    known = {(row.curve, row.strength) for row in run.table("points").itertuples()}
    if chosen and (str(chosen[0][0]), float(chosen[0][1])) in known:
        draw_point(run, str(chosen[0][0]), float(chosen[0][1]))
    else:
        st.caption(":material/ads_click: Choose a point to see its numbers and to open that defence alone. "
                   "The same points stand in a table under Look closer.")
    return leak


def draw_panels(run: Run, look: Look, curves: list[str], leak: str) -> None:
    with st.grid(3, min_column_width=270):
        for curve in curves:
            drawing.show(panel_of(curve), run, look, controls=lambda: {"leak": leak})
    st.caption("Squares, dashed: the defence, from plain to strong. Circles, solid: stopping early. Filled: Pareto front of the whole map. "
               f"Bars: 95% over seeds. Dotted: chance. {faithful_words(run)}")


def faithful_words(run: Run) -> str:
    """Return which curves are not as published, and the delta that belongs to epsilon."""
    parts = []
    for kind in ("reconstructed", "our reading of the abstract"):
        named = [trade.TITLES[curve] for curve in curves_of(run) if defence_by_id(DEFENCE_OF[curve]).provenance == kind]
        if named:
            parts.append(f"{kind.capitalize()}: {', '.join(named)}.")
    if "dp_sgd" in curves_of(run):
        low, *_, high = sorted(defence_by_id("dp_sgd").values)
        parts.append(f"DP-SGD: ε from {low:g} to {high:g} at δ = {run.request.config.defence('relaxloss').dp_delta:g}.")
    return " ".join(parts)


def draw_point(run: Run, curve: str, strength: float) -> None:
    """Draw the numbers of one point, and the way to that defence alone."""
    row = trade.map_points(run).query("curve == @curve and strength == @strength").iloc[0]
    rate = trade.map_points(run, "tpr_at_1_percent").query("curve == @curve and strength == @strength").iloc[0]["leak"]
    setting = trade.setting_words(run, curve, strength)
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"### {plain(trade.TITLES[curve])}{f', {plain(setting)}' if setting else ''}")
        if curve in DEFENCE_OF:
            evidence.draw_provenance(DEFENCE_OF[curve])
        several = len(run.request.seeds) > 1
        st.table({
            "Attack AUC": f"{words.number(row['leak'])}{between(row, 'leak', '') if several else ''}",
            "Test accuracy": f"{words.number(row['test_accuracy'], '%')}{between(row, 'test_accuracy', '%') if several else ''}",
            "Found at 1%": words.number(rate, "%"),
            "Pareto front": "yes: no point is better in both" if row["is_front"] else "no: another point is better in both"},
            border="horizontal")
        if curve == trade.PLAIN:
            return
        entry = one_defence.stored_alone(one_defence.settings_at(run.request.config, curve, strength))
        label = f"Open its run {entry.request.run[:8]}" if entry else "Run this defence alone"
        shell.link_room(ALONE, label, one_defence.address(run, curve, strength))


def between(row: pd.Series, column: str, unit: str) -> str:
    return f" ({words.number(row[f'{column}_low'], unit)} to {words.number(row[f'{column}_high'], unit)})"


def draw_evidence(run: Run, look: Look, leak: str) -> None:
    """Draw the part of the evidence that is asked for: from the map where it has it, else from a run of that defence alone."""
    shown = view("Evidence", {POINTS: "All points"} | {name: view.title for name, view in VIEWS.items()}, "evidence")
    if shown == POINTS:
        draw_points(run, leak)
        return
    method = VIEWS[shown]
    if evidence.has(run, method):
        st.caption(f"From this map: {defence_by_id(method.defences[0]).title} at its middle strength.")
        evidence.draw(method, run, look)
        return
    draw_from_alone(run, look, method)


def draw_from_alone(run: Run, look: Look, view: View) -> None:
    like = run.request.config.defence("relaxloss")
    entry = one_defence.nearest(view.defences, like)
    alone = stored.load(entry.root, entry.request.run) if entry else None
    if alone is not None and evidence.has(alone, view):
        shell.link_room(ALONE, evidence.said_of(alone), {"run": alone.request.run})
        if alone.request.config.audit_config() != like.audit_config():
            st.caption("That run trained its networks with other settings than this map.")
        evidence.draw_guarantee(alone)
        evidence.draw(view, alone, look)
        return
    defence = defence_by_id(view.defences[0])
    cards.card(cards.EMPTY, f"{defence.title} has not run alone yet",
               "The map keeps points, and one defence keeps how it works. That takes about a minute on 2 CPU cores.",
               key=f"alone:{defence.id}", link=cards.Link(
                   ALONE.page, f"Set up {defence.title}", ":material/open_in_new:",
                   one_defence.address(run, defence.id, defence.values[1])))


def draw_points(run: Run, leak: str) -> None:
    """Draw every point as a row; a chosen row shows what a click on the map shows."""
    points = trade.map_points(run, leak)
    unit = trade.LEAKS[leak][2]
    several = len(run.request.seeds) > 1
    rows = pd.DataFrame({
        "defence": points["curve"].map(trade.TITLES),
        "setting": [trade.setting_words(run, row.curve, row.strength) for row in points.itertuples()],
        "accuracy": 100 * points["test_accuracy"], "leak": points["leak"] * (100 if unit else 1),
        "between": [between(row, "leak", unit).strip(" ()") if several else "no interval" for _, row in points.iterrows()],
        "front": points["is_front"],
        "faithful": [defence_by_id(DEFENCE_OF[curve]).provenance if curve in DEFENCE_OF else "" for curve in points["curve"]]})
    chosen = st.dataframe(
        rows, hide_index=True, key="points", on_select="rerun", selection_mode="single-row", alt=f"{len(rows)} points of the map.",
        column_config={
            "defence": st.column_config.TextColumn("Defence", pinned=True), "setting": "Setting",
            "accuracy": st.column_config.NumberColumn("Accuracy", format="%.1f%%"),
            "leak": st.column_config.NumberColumn(MEASURES[leak], format="%.1f%%" if unit else "%.3f"),
            "between": st.column_config.TextColumn("95% over seeds"),
            "front": st.column_config.CheckboxColumn("Pareto front", help="No other point is better in both."),
            "faithful": st.column_config.TextColumn("Method", help="How faithful it is to what was published.")})
    st.caption("Choose a row to see that point and to open the defence alone.")
    if chosen.selection.rows and chosen.selection.rows[0] < len(points):
        row = points.iloc[chosen.selection.rows[0]]
        draw_point(run, row["curve"], float(row["strength"]))


PARTS = Parts(prediction=PREDICTION, figures=draw_map, evidence=draw_evidence)
