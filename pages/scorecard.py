"""Scorecard: what is known about this model, and what is not?"""

import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.scorecard import reading
from core.scorecard.card import figures
from core.scorecard.card.spec import SCORECARD
from core.scorecard.card.words import PREDICTION
from pages._rooms.scorecard import arriving, report, rows
from pages._ui import answer, drawing, on_show, provenance, room, verdicts
from pages._ui.plain import plain
from pages._ui.rooms import room_of


def choose_place(run: Run) -> int:
    """Draw which of several networks of one recipe is on show; return its place."""
    if len(run.request.seeds) == 1:
        return 0
    seed = st.segmented_control("Network", run.request.seeds, default=run.request.seeds[0], required=True, key="network",
                                format_func=lambda seed: f"seed {seed}",
                                help="The same recipe, trained anew on other images: each is a subject of its own.")
    return run.request.seeds.index(seed)


def draw_card(run: Run, look: Look) -> None:
    """Draw rows, what stands behind them, and the report."""
    place = choose_place(run)
    told, when = reading.limits_told(run)
    st.caption(f"Subject: {plain(reading.subject_title(run))}. Limits: {plain(told)}" + (f", set on {plain(when)}" if when else "")
               + f". {reading.chance_words(run)}")
    rows.draw(run, place)
    report.draw(run, place)
    st.space("small")
    st.header("Look closer", anchor=False)
    with st.grid(2, min_column_width=380):
        for figure in figures.FIGURES:
            drawing.show(figure, run, look)
    verdicts.draw(run)


run, look = room.enter(room_of(SCORECARD), PREDICTION)
found = on_show.find(SCORECARD)
if found.kind == "alive":
    arriving.draw(found.asked)
if run is not None:
    draw_card(run, look)
answer.draw_method(SCORECARD)
if run is not None:
    provenance.draw(run)
