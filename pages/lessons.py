"""Lessons of about ten minutes. ``?lesson=leak&step=3`` opens that step, ``&notes=1`` the speaker's notes, ``?join=CODE`` a class."""

import secrets

import streamlit as st

from core.lab import words
from core.lab.experiment import metrics_of
from core.lab.figure import Look
from pages._lessons.record import Lesson, Step
from pages._lessons.table import LESSONS as ALL
from pages._lessons.table import lesson_named
from pages._ui import cards, lesson_parts, present, shell, stored
from pages._ui.classroom import Classroom
from pages._ui.lesson_parts import register
from pages._ui.rooms import LESSONS, room_named


def draw_all() -> None:
    """Draw the lessons to choose from."""
    st.title("Six lessons of about ten minutes", anchor=False)
    st.markdown("Each step asks, lets the class guess, and only then reveals what this house measured, with its control. The last step "
                "says what we cannot say. Press the arrow keys to turn the steps; the switch Present makes all of it large.")
    with st.grid(3, min_column_width=270):
        for lesson in ALL:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.header(lesson.title, anchor=False)
                st.markdown(lesson.about)
                st.caption(f"{len(lesson.steps)} steps, about {lesson.minutes} minutes")
                shell.link(LESSONS, "Begin", ":material/school:", {"lesson": lesson.name, "step": "1"})
    with st.form("join", border=False):
        code = st.text_input("Join a class", max_chars=8, placeholder="the code on the wall")
        if st.form_submit_button("Join") and code.strip():
            st.query_params["join"] = code.strip().upper()
            st.rerun()


def asked_step(lesson: Lesson) -> int:
    said = st.query_params.get("step", "1")
    return min(max(int(said), 1), len(lesson.steps)) if said.isascii() and said.isdigit() and len(said) < 4 else 1


def turn(place: int) -> None:
    st.query_params["step"] = str(place)


def draw_notes(lesson: Lesson, place: int) -> None:
    """Draw what the speaker says at each step: for a second window that the class does not see."""
    st.title(f"Notes: {lesson.title}", anchor=False)
    for number, step in enumerate(lesson.steps, 1):
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"## {number} · {step.question}" + (" :blue-badge[now]" if number == place else ""))
            st.markdown(step.note)
            st.caption(f"About {step.minutes:g} min.{f' After the reveal: {step.reveal}' if step.reveal else ''}")


def draw_step(lesson: Lesson, place: int, look: Look) -> None:
    """Draw one step: question, guess, the class, reveal."""
    step = lesson.steps[place - 1]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{lesson.title} · step {place} of {len(lesson.steps)} · about {step.minutes:g} min", width="stretch")
        st.button("Back", icon=":material/arrow_back:", shortcut="Left", key="lesson:back", disabled=place == 1, on_click=turn,
                  args=(place - 1,))
        st.button("On", icon=":material/arrow_forward:", shortcut="Right", key="lesson:on", disabled=place == len(lesson.steps),
                  on_click=turn, args=(place + 1,))
        st.link_button("Notes", f"{lesson_parts.base()}?lesson={lesson.name}&step={place}&notes=1", icon=":material/speaker_notes:",
                       type="tertiary")
        if shell.presenting():
            st.button("Leave", icon=":material/close_fullscreen:", shortcut="Escape", type="tertiary", key="lesson:leave",
                      on_click=present.leave)
    st.title(step.question, anchor=False)
    st.markdown(step.told)
    if step.room:
        draw_question(lesson, place, step, look)
    shell.link(LESSONS, "All lessons", ":material/school:")


def draw_question(lesson: Lesson, place: int, step: Step, look: Look) -> None:
    """Draw guess, class and reveal of a step that a run answers."""
    experiment = room_named(step.room).experiment
    run = stored.precomputed(experiment)
    if run is None:
        cards.card(cards.EMPTY, "No run ships here yet", "Open the room and run its first preset, then come back.", key="lesson:empty",
                   link=cards.Link(room_named(step.room).page, "Open the room", ":material/open_in_new:", room_named(step.room).address))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width="stretch"):
            guess = guess_of(step, f"{lesson.name}:{place}:guess")
        revealed = st.toggle("Reveal", key=f"{lesson.name}:{place}:revealed")
    room = register().led(st.query_params.get("lead"))
    if room is not None:
        register().at(room, place, revealed=revealed)
    if room is not None and not revealed:
        lesson_parts.draw_class(room, step, look)
    elif room is None:
        st.button("Collect the guesses of a class", icon=":material/groups:", type="tertiary", key="class:open", on_click=open_class,
                  args=(lesson,))
        if st.session_state.pop("class:full", False):
            st.caption("As many classes are open as this server holds: end one, or come back in some hours.")
    if revealed:
        values = list(room.guesses.get(place, {}).values()) if room is not None else []
        with st.container(key="stage", gap="xsmall"):
            lesson_parts.draw_reveal(lesson, step, run, look, guess, values)


def open_class(lesson: Lesson) -> None:
    room = register().open(lesson.name)
    if room is None:
        st.session_state["class:full"] = True
    else:
        st.query_params["lead"] = room.lead


def guess_of(step: Step, key: str) -> float:
    """Draw the slider of a step; return the guess as the metric is stored."""
    unit = metrics_of(room_named(step.room).experiment.result)[step.metric].unit
    factor = 100 if unit in ("%", "pt") else 1
    low, high = (float(end) * factor for end in step.ends)
    form = "%.0f%%" if unit == "%" else "%.0f pt" if unit == "pt" else "%.2f"
    return st.slider(step.label, low, high, (low + high) / 2, 1.0 if factor == 100 else 0.01, key=key, format=form) / factor


@st.fragment(run_every=2.0)
def draw_guest(code: str, seen: int) -> None:
    """Draw what somebody of a class sees: the question that the class is at, one guess, and the number after the reveal."""
    room = register().find(code)
    if room is None or room.step != seen:
        st.rerun()
    step = lesson_named(room.lesson).steps[room.step - 1]
    st.title(step.question, anchor=False)
    if not step.room:
        st.markdown(step.told)
        return
    guess = guess_of(step, f"guest:{room.step}")
    who = st.session_state.setdefault("guest", secrets.token_hex(8))
    held = room.guesses.get(room.step, {}).get(who)
    unit = metrics_of(room_named(step.room).experiment.result)[step.metric].unit
    if room.revealed:
        run = stored.precomputed_numbers(room_named(step.room).experiment)
        st.header(f"Measured {words.number(run.estimate(step.metric).value, unit)}"
                  + (f"; you guessed {words.number(held, unit)}." if held is not None else "."), anchor=False)
        return
    st.button("Send my guess" if held is None else "Change my guess", icon=":material/send:", key="guest:send", on_click=send,
              args=(room, who, guess))
    if st.session_state.pop("guest:refused", False):
        st.caption("Not taken: this class is full, or the answer is out.")
    elif held is not None:
        st.caption(f"Taken: {words.number(held, unit)}. No name goes with it.")


def send(room: Classroom, who: str, guess: float) -> None:
    """Take a guess, as it stood on the slider when the page was drawn; say so where there is no room for it."""
    st.session_state["guest:refused"] = not register().guess(room, who, guess)


def draw() -> None:
    """Draw what the address asks for."""
    look = shell.open_page("Lessons")
    lesson, code = lesson_named(st.query_params.get("lesson")), st.query_params.get("join")
    if code:
        room = register().find(code)
        if room is None:
            st.title("No such class", anchor=False)
            st.markdown("The class has ended, or the code was read wrongly: look at the wall again.")
            return
        draw_guest(room.code, room.step)
    elif lesson is None:
        draw_all()
    elif st.query_params.get("notes") == "1":
        draw_notes(lesson, asked_step(lesson))
    else:
        if shell.presenting():
            st.html(present.STYLE)
        draw_step(lesson, asked_step(lesson), look)


draw()
