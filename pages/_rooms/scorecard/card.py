"""One model under every lens: rows as they arrive, the card, the report."""

import streamlit as st

from core.lab.figure import Look
from core.lab.runs import Run
from core.scorecard import reading
from core.scorecard.card import figures
from core.scorecard.card.spec import SCORECARD
from core.scorecard.card.words import PREDICTION
from pages._rooms.scorecard import arriving, report, rows
from pages._ui import on_show
from pages._ui.parts import Parts, grid
from pages._ui.plain import plain


def draw_arriving() -> None:
    """Draw the rows of a run under way that are finished."""
    found = on_show.find(SCORECARD)
    if found.kind == "alive":
        arriving.draw(found.asked)


def choose_place(run: Run) -> int:
    """Draw which of several networks of one recipe is on show; return its place."""
    if len(run.request.seeds) == 1:
        return 0
    seed = st.segmented_control("Network", run.request.seeds, default=run.request.seeds[0], required=True, key="scorecard:network",
                                format_func=lambda seed: f"seed {seed}",
                                help="The same recipe, trained anew on other images: each is a subject of its own.")
    return run.request.seeds.index(seed)


def draw_card(run: Run, look: Look) -> None:
    """Draw rows and report."""
    place = choose_place(run)
    told, when = reading.limits_told(run)
    st.caption(f"Subject: {plain(reading.subject_title(run))}. Limits: {plain(told)}" + (f", set on {plain(when)}" if when else "")
               + f". {reading.chance_words(run)}")
    rows.draw(run, place)
    report.draw(run, place)


def draw_brief(run: Run, look: Look) -> None:
    """Draw the rows alone."""
    rows.draw(run, choose_place(run))


PARTS = Parts(prediction=PREDICTION, bench=draw_arriving, figures=draw_card, brief=draw_brief,
              evidence=lambda run, look, chosen: grid(*figures.FIGURES)(run, look))
