"""A room on its concern's page: question, answer, numbers, set-up bar, state of the run, figures, claims, evidence, provenance."""

import streamlit as st

from core.lab import words
from core.lab.figure import Look
from core.lab.runs import Run
from pages._ui import answer, brief, detail, on_show, predict, present, provenance, setup_bar, shell, states, verdicts
from pages._ui.on_show import OnShow
from pages._ui.parts import Parts
from pages._ui.rooms import Room


def draw(room: Room, look: Look) -> None:
    """Draw a room; what is its own comes from its parts.

    A finished run is drawn for whom it is read: a guess is asked first where the address wants one, a hall sees one figure, somebody who
    decides sees the brief. Everybody else, and whoever waits for a run, sees the room whole.
    """
    experiment, parts = room.experiment, room.parts
    if parts.follow_address is not None:
        parts.follow_address()
    setup_bar.settle(experiment)
    found = on_show.find(experiment)
    run, is_result = found.run, found.kind == "result"
    followed = found.request or (run.request if run else None)
    if followed is not None:
        setup_bar.follow(experiment, followed, precomputed=is_result and run.is_precomputed)
    setup_bar.take_offer(experiment)
    answer.draw_question(experiment, run if is_result else None)
    if parts.choice is not None and not shell.presenting():
        parts.choice(run)
    if is_result and predict.is_hidden(run.request.run):
        predict.ask(parts.prediction, run.request.run, reveal=True)
    elif is_result and shell.presenting():
        answer.draw_answer(experiment, run)
        present.draw(parts, run, look)
    elif is_result and detail.chosen() == detail.BRIEF:
        predict.answer(parts.prediction, experiment, run)
        brief.draw(run, look, parts)
    else:
        _draw_head(room, parts, found)
        _draw_rest(room, parts, run, look)


def _draw_head(room: Room, parts: Parts, found: OnShow) -> None:
    """Draw answer and numbers, the set-up bar, and how the run stands that was asked for."""
    experiment, run, is_result = room.experiment, found.run, found.kind == "result"
    if is_result:
        brief.draw_first_page(run)
        answer.draw_answer(experiment, run)
        provenance.draw_report(run)
        predict.answer(parts.prediction, experiment, run)
        answer.draw_numbers(run, room.numbers)
        setup_bar.offer_seeds(experiment, run)
    setup_bar.draw(experiment, run, alive=found.asked if found.kind == "alive" else None)
    states.draw(experiment, found)
    if found.kind == "alive":
        predict.ask(parts.prediction, found.asked, reveal=False)
    if not is_result and run is not None:
        st.space("small")
        st.caption(":material/inventory_2: Result on show: " + ("precomputed" if run.is_precomputed else
                   f"run {run.part_of[:8]} so far, {words.seeds(len(run.results))} of {len(found.request.seeds)}" if run.part_of else
                   f"run {run.request.run[:8]}"))
        answer.draw_answer(experiment, run)
        answer.draw_numbers(run, room.numbers)


def _draw_rest(room: Room, parts: Parts, run: Run | None, look: Look) -> None:
    """Draw what stands under the bar: figures, claims, evidence, notes, method, provenance."""
    if parts.bench is not None:
        parts.bench()
    if run is not None:
        chosen = parts.figures(run, look)
        verdicts.draw(run)
        if parts.evidence is not None:
            st.space("small")
            st.header("Look closer", anchor=False)
            parts.evidence(run, look, chosen)
    if parts.notes is not None:
        parts.notes(run)
    answer.draw_method(room.experiment)
    if run is not None:
        provenance.draw(run)
