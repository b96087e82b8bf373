"""Privacy defence: what does one defence buy, and what does it cost?"""

import pandas as pd
import streamlit as st

from core.lab.errors import InputError
from core.lab.figure import Look
from core.lab.runs import Run
from core.privacy.defence.config import DefenceConfig
from core.privacy.defence.figures import ATTACKS, ROC, STOPPING
from core.privacy.defence.spec import PRIVACY_DEFENCE
from core.privacy.defence.words import PREDICTION
from core.privacy.defences import DEFENCES, defence_by_id
from core.privacy.map.spec import PRIVACY_MAP
from pages._rooms.privacy import evidence, one_defence
from pages._rooms.privacy.evidence import VIEWS
from pages._ui import catalogue, drawing, on_show, settings, shell, spelled
from pages._ui.controls import view
from pages._ui.parts import Parts
from pages._ui.plain import plain
from pages._ui.rooms import room_of

STRENGTHS = ("weak", "middle", "strong")


def draw_finished(shown: Run | None) -> None:
    """Draw the defences that ship finished as a row of buttons; one press opens that run."""
    runs = {entry.request.config.defence: entry.request.run for entry in catalogue.entries(PRIVACY_DEFENCE) if entry.is_precomputed}
    titles = {runs[one.id]: one.title for one in DEFENCES if one.id in runs}
    if len(titles) < 2:
        return
    st.session_state["finished"] = shown.request.run if shown is not None and shown.request.run in titles else None
    st.segmented_control("Finished, each at its middle strength", list(titles), format_func=titles.__getitem__, key="finished",
                         on_change=open_finished, label_visibility="visible" if not shell.presenting() else "collapsed")
    spelled.caption(*titles.values())


def open_finished() -> None:
    if run := st.session_state["finished"]:
        on_show.choose(PRIVACY_DEFENCE, run)


def draw_choice() -> None:
    """Draw what the bar's defence does and what its strength means, with a button for each strength that the map takes."""
    config = settings.current(PRIVACY_DEFENCE).config
    defence = defence_by_id(config.defence)
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"### In the bar: {plain(defence.title)}")
        delta = f" Guaranteed at δ = {config.dp_delta:g}." if defence.id == "dp_sgd" else ""
        evidence.draw_provenance(defence.id, plain(evidence.knob_words(defence.id) + delta, most=600))
        with st.container(horizontal=True, gap="small"):
            for words, value in zip(STRENGTHS, defence.values, strict=True):
                st.button(f"{words.capitalize()}, {value:g}", key=f"strength:{words}", on_click=take,
                          args=(config.replace(strength=value),), disabled=one_defence.resolved(config).strength == value)
        draw_all_defences()


def take(config: DefenceConfig) -> None:
    now = settings.current(PRIVACY_DEFENCE)
    settings.adopt(PRIVACY_DEFENCE, config, now.seeds, now.device)


def draw_all_defences() -> None:
    expander = st.expander("All defences", icon=":material/table_rows:", key="all-defences", on_change="rerun")
    if not expander.open:
        return
    rows = pd.DataFrame([(one.title, one.explanation, one.level, one.provenance, one.knob.label) for one in DEFENCES],
                        columns=["title", "explanation", "level", "provenance", "knob"])
    with expander:
        st.dataframe(rows, hide_index=True, key="defences", on_select=take_row, selection_mode="single-row",
                     alt=f"{len(rows)} defences, the lab's own first.", row_height=44, column_config={
                         "title": st.column_config.TextColumn("Defence", pinned=True), "explanation": "What it does", "level": "Acts on",
                         "provenance": st.column_config.TextColumn("Method", help="How faithful it is to what was published."),
                         "knob": "Strength is"})
        st.caption("Choose a row to put that defence into the bar.")


def take_row() -> None:
    rows = st.session_state["defences"].selection.rows
    if not rows:
        return
    try:
        settings.change(PRIVACY_DEFENCE, {"defence": DEFENCES[rows[0]].id, "strength": 0.0})
    except InputError as error:
        settings.refuse(PRIVACY_DEFENCE, error)


def draw_figures(run: Run, look: Look) -> None:
    evidence.draw_guarantee(run)
    with st.grid(2, min_column_width=380):
        drawing.show(ROC, run, look)
        drawing.show(ATTACKS, run, look)


def draw_evidence(run: Run, look: Look, _: None) -> None:
    """Draw the part of the evidence that is asked for, out of what this method has."""
    there = {name: view.title for name, view in VIEWS.items() if evidence.has(run, view)}
    own = {name: title for name, title in there.items() if name != "magnitudes"}
    shown = view("Evidence", own | {"stopping": "Stopping early"} | there, "evidence")
    if shown == "stopping":
        drawing.show(STOPPING, run, look)
    else:
        evidence.draw(VIEWS[shown], run, look)
    shell.link_room(room_of(PRIVACY_MAP), "Every defence on one map")


PARTS = Parts(prediction=PREDICTION, follow_address=one_defence.follow_address, choice=draw_finished, bench=draw_choice,
              figures=draw_figures, evidence=draw_evidence)
