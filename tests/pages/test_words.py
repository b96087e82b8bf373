"""Words of the run panel, and text of others made harmless."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from core.lab.jobs import Status
from pages._ui import progress
from pages._ui.cards import split_message
from pages._ui.plain import plain

MARKS = "!#$&()*+-.:;<=>@[]^_`{|}~/\\wW0123456789 ab\n"


@given(st.one_of(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=300), st.text(MARKS, max_size=60)))
@example("![x](http://example.org/x.png)")
@example("12) www.example.org :smile: :red[x] $a$ <b> &amp; a@b.c")
def test_what_others_wrote_reads_as_it_was_typed(text):
    """A parser of markdown finds one paragraph of text in it, and nothing else."""
    flat, made = " ".join(text.split()), plain(text)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(made)
    if not flat:
        assert made == ""
        return
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {child.type for child in tokens[1].children} <= {"text", "text_special"}
    assert "".join(child.content for child in tokens[1].children) == flat
    assert not re.search(r"(?<!\\):\w", made)  # a directive or an icon of the page


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
