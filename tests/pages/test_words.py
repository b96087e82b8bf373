"""Words of the run panel, and text of others made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lab.jobs import Status
from pages._ui import progress
from pages._ui.cards import split_message
from pages._ui.plain import SPECIAL, plain


@given(st.text(max_size=400))
def test_no_markdown_survives(text):
    made = plain(text)
    assert "\n" not in made
    assert SPECIAL.sub("", made.replace("\\", "")) == SPECIAL.sub("", " ".join(text.split())[:300].replace("\\", "")) or len(text) > 299
    for index, character in enumerate(made):
        if SPECIAL.match(character) and character != "\\":
            assert made[index - 1] == "\\"


def test_long_text_is_cut():
    assert plain("a" * 1000, most=10) == "a" * 9 + "…"


@pytest.mark.parametrize("left, said", [(None, "longer than usual"), (2, "a few seconds left"), (21, "about 20 s left"),
                                        (200, "about 3 min left"), (5400, "about 1 h 30 min left")])
def test_time_left_in_words(left, said):
    assert progress.in_words(left) == said


def test_time_left_follows_the_runs_own_pace_once_it_has_settled(monkeypatch):
    monkeypatch.setattr("time.time", lambda: 130.0)
    assert progress.seconds_left(Status("running", fraction=0.25, started=100.0), expected=1000) == pytest.approx(90)
    assert progress.seconds_left(Status("running", fraction=0.01, started=100.0), expected=60) == pytest.approx(30)
    assert progress.seconds_left(Status("running", fraction=0.01, started=100.0), expected=20) is None


def test_steps_are_timed_from_one_to_the_next():
    steps = [{"step": 0, "seed": 0, "time": 10.0}, {"step": 1, "seed": 0, "time": 12.5}, {"step": 0, "seed": 1, "time": 40.0}]
    story = progress.Story(steps=steps)
    assert progress.step_times(story, 0) == {0: 2.5}
    assert progress.step_times(story, 1) == {}


def test_a_message_becomes_a_fact_and_a_remedy():
    assert split_message("the disk is full: free some space.", "x") == ("The disk is full", "Free some space.")
    assert split_message("no colon here", "It stopped") == ("It stopped", "No colon here")
