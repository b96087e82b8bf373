"""A room on its concern's page: question, answer, numbers, set-up bar, state of the run, figures, claims, evidence, provenance."""

import streamlit as st

from core.lab import words
from core.lab.experiment import load_object
from core.lab.figure import Look
from core.lab.runs import Run
from pages._ui import answer, drawing, on_show, predict, provenance, setup_bar, shell, states, verdicts
from pages._ui.parts import Parts
from pages._ui.rooms import Room


def draw(room: Room, look: Look) -> None:
    """Draw a room whole; what is its own comes from its parts."""
    parts = room.parts
    if parts.follow_address is not None:
        parts.follow_address()
    run = enter(room, parts, look)
    if parts.bench is not None and not shell.presenting():
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


def enter(room: Room, parts: Parts, look: Look) -> Run | None:
    """Draw a room down to its set-up bar and the state of its run; return the run whose evidence follows, or None for none now."""
    experiment = room.experiment
    setup_bar.settle(experiment)
    found = on_show.find(experiment)
    run, is_result = found.run, found.kind == "result"
    followed = found.request or (run.request if run else None)
    if followed is not None:
        setup_bar.follow(experiment, followed, precomputed=is_result and run.is_precomputed)
    setup_bar.take_offer(experiment)
    answer.draw_question(experiment, run if is_result and not shell.presenting() else None)
    if parts.choice is not None:
        parts.choice(run)
    if is_result and predict.is_hidden(run.request.run):
        predict.ask(parts.prediction, run.request.run, reveal=True)
        return None
    if shell.presenting() and run is not None and is_result:
        answer.draw_answer(experiment, run)
        drawing.show_one(load_object(experiment.figures), run, look)
        return None
    if is_result:
        answer.draw_answer(experiment, run)
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
    return run
