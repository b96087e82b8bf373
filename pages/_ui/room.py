"""How every room begins: question, answer, numbers, set-up bar, state of the run. What follows is the room's own evidence."""

from collections.abc import Callable

import streamlit as st

from core.lab import words
from core.lab.experiment import load_object
from core.lab.figure import Look
from core.lab.prediction import Prediction
from core.lab.runs import Run
from pages._ui import answer, drawing, on_show, predict, setup_bar, shell, states
from pages._ui.rooms import Room


def enter(room: Room, prediction: Prediction, choice: Callable[[Run | None], None] | None = None) -> tuple[Run | None, Look]:
    """Draw a room down to its set-up bar and the state of its run.

    Args:
        room: The room's entry in the table.
        prediction: What the reader is asked before the answer.
        choice: Draws, between question and answer, which finished runs there are to choose from; takes the run on show.

    Returns:
        The run whose evidence the room draws, or None when there is nothing to draw now; and the look of its figures.
    """
    experiment = room.experiment
    look = shell.open_page(room.page, experiment.title)
    setup_bar.settle(experiment)
    found = on_show.find(experiment)
    run, is_result = found.run, found.kind == "result"
    followed = found.request or (run.request if run else None)
    if followed is not None:
        setup_bar.follow(experiment, followed, precomputed=is_result and run.is_precomputed)
    setup_bar.take_offer(experiment)
    answer.draw_question(experiment, run if is_result and not shell.presenting() else None)
    if choice is not None:
        choice(run)
    if is_result and predict.is_hidden(run.request.run):
        predict.ask(prediction, run.request.run, reveal=True)
        return None, look
    if shell.presenting() and run is not None and is_result:
        answer.draw_answer(experiment, run)
        drawing.show_one(load_object(experiment.figures), run, look)
        return None, look
    if is_result:
        answer.draw_answer(experiment, run)
        predict.answer(prediction, experiment, run)
        answer.draw_numbers(run, room.numbers)
        setup_bar.offer_seeds(experiment, run)
    setup_bar.draw(experiment, run, alive=found.asked if found.kind == "alive" else None)
    states.draw(experiment, found)
    if found.kind == "alive":
        predict.ask(prediction, found.asked, reveal=False)
    if not is_result and run is not None:
        st.space("small")
        st.caption(":material/inventory_2: Result on show: " + ("precomputed" if run.is_precomputed else
                   f"run {run.part_of[:8]} so far, {words.seeds(len(run.results))} of {len(found.request.seeds)}" if run.part_of else
                   f"run {run.request.run[:8]}"))
        answer.draw_answer(experiment, run)
        answer.draw_numbers(run, room.numbers)
    return run, look
