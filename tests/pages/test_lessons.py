"""Lessons: six records that name what is there, opened at any step; guesses of a class in memory, limited and nameless."""

import pytest
import streamlit as st

from core.lab import registry
from core.lab.experiment import load_object, metrics_of
from pages._lessons.table import LESSONS
from pages._ui import classroom, lesson_parts
from tests.pages.conftest import press, words

PAGE = "pages/lessons.py"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.name)
def test_a_lesson_names_what_is_there_and_ends_with_its_limits(lesson):
    *asked, last = lesson.steps
    assert 8 <= lesson.minutes <= 12
    assert (last.question, last.room) == ("What we cannot say", "")
    for step in asked:
        experiment = registry.find(step.room)
        assert {step.metric, *step.beside} <= set(metrics_of(experiment.result))
        assert step.figure in {figure.id for figure in load_object(experiment.figures)}
        assert step.beside, "a number never stands alone"
        assert step.ends[0] < step.ends[1]
    for step in lesson.steps:
        assert step.note
        assert step.told


def test_there_are_six():
    assert len({lesson.name for lesson in LESSONS}) == 6


def test_a_step_hides_its_number_until_the_reveal(open_page, in_gallery):
    page = open_page(PAGE, lesson="leak", step="3")
    assert page.title[0].value == LESSONS[0].steps[2].question
    assert not page.header
    assert not page.get("plotly_chart")
    page.slider[0].set_value(20.0)
    page.toggle[0].set_value(True)
    page.run()
    assert not page.exception, page.exception
    assert page.header[0].value.startswith("Measured ")
    assert "your guess of 20.0%" in page.header[0].value
    assert len(page.get("plotly_chart")) == 1
    assert LESSONS[0].steps[2].reveal in words(page)


@pytest.mark.parametrize("query", [{"lesson": "leak", "step": "99"}, {"lesson": "leak", "step": "-1"}, {"lesson": "<b>"},
                                   {"join": "![x](y)"}])
def test_junk_in_the_address_is_taken_for_what_it_is(open_page, query):
    assert len(open_page(PAGE, **query).title) == 1


def test_the_arrows_turn_the_steps(open_page, in_gallery):
    page = press(open_page(PAGE, lesson="leak", step="1"), "On")
    assert page.query_params["step"] == "2"
    assert page.title[0].value == LESSONS[0].steps[1].question


def test_notes_are_for_the_second_window(open_page):
    said = words(open_page(PAGE, lesson="leak", step="2", notes="1"))
    assert all(step.note in said for step in LESSONS[0].steps)
    assert LESSONS[0].steps[0].note not in words(open_page(PAGE, lesson="leak", step="1"))


def test_a_class_guesses_and_the_wall_shows_it(open_page, in_gallery):
    st.cache_resource.clear()
    wall = press(open_page(PAGE, lesson="leak", step="1"), "Collect the guesses")
    room = lesson_parts.register().led(wall.query_params["lead"])
    assert room.code in words(wall).replace(" ", "")
    guest = open_page(PAGE, join=room.code.lower())
    assert guest.title[0].value == LESSONS[0].steps[0].question
    guest.slider[0].set_value(0.9).run()
    press(guest, "Send my guess")
    assert list(room.guesses[1].values()) == [0.9]
    guest.slider[0].set_value(0.6).run()
    press(guest, "Change my guess")
    assert list(room.guesses[1].values()) == [0.6], "one guess for each"
    wall.run()
    assert "1 guess, half of them below 0.60" in words(wall)
    wall.toggle[0].set_value(True)
    wall.run()
    assert not lesson_parts.register().guess(room, "late", 0.5)
    press(open_page(PAGE, lesson="leak", step="2", lead=room.lead), "End the class")
    assert lesson_parts.register().find(room.code) is None
    assert "No such class" in words(open_page(PAGE, join=room.code))


def test_numbers_are_limited_and_classes_end(monkeypatch):
    register = classroom.Register()
    rooms = [register.open("leak") for _ in range(classroom.MOST_CLASSES)]
    assert len({room.code for room in rooms}) == classroom.MOST_CLASSES
    assert register.open("leak") is None
    assert sum(register.guess(rooms[0], f"{who}", 0.5) for who in range(classroom.MOST_GUESSES + 5)) == classroom.MOST_GUESSES
    assert register.guess(rooms[0], "0", 0.7), "who is in may change their mind"
    assert not register.guess(rooms[0], "0", float("nan"))
    now = classroom.time.monotonic()
    monkeypatch.setattr(classroom.time, "monotonic", lambda: now + classroom.LIFETIME + 1)
    assert register.find(rooms[0].code) is None
    assert register.open("leak") is not None
    assert register.led(None) is register.led("nobody") is None


def test_a_histogram_counts_every_guess_once():
    rows = classroom.histogram([-5.0, 0.0, 0.49, 0.5, 1.0, 7.0], (0.0, 1.0), bins=2)
    assert [(row["start"], row["end"], row["guesses"]) for row in rows] == [(0.0, 0.5, 3), (0.5, 1.0, 3)]
