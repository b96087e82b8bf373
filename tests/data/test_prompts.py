"""Prompts: the bundled ones, how they are dealt, and somebody's CSV in three layouts."""

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from core.data.pairs import Pair
from core.data.prompts import REFUSALS, deal, notes_on, ordinary, prompt_sets, prompts_fingerprint, questions, requests
from core.lab.errors import InputError

PARTS = ("alignment_refused", "calibration_refused", "evaluation_refused")
ORDINARY = ("alignment_ordinary", "attack_ordinary", "calibration_ordinary", "evaluation_ordinary")


def test_the_bundled_lists_are_as_large_as_promised():
    asked, common = requests("bundled"), ordinary()
    assert len(asked) >= 120
    assert len({pair.topic for pair in asked}) >= 8
    assert len(common) >= 120
    assert not {pair.prompt.casefold() for pair in asked} & {pair.prompt.casefold() for pair in common}
    assert len({pair.prompt for pair in asked}) == len(asked)
    assert max(len(pair.prompt.split()) for pair in asked) <= 20  # a request, and no instructions
    assert all(pair.response for pair in common)


def test_questions_have_one_right_choice_at_every_place_equally_often():
    places = Counter(question.answer for question in questions())
    assert set(places) == {0, 1, 2, 3}
    assert len(set(places.values())) == 1
    assert all(len(set(question.choices)) == 4 for question in questions())
    assert next(q for q in questions() if q.prompt == "Which animal says moo?").choices[1] == "a cow"


def test_parts_share_no_prompt_and_cover_the_topics():
    sets = prompt_sets("bundled", n_calibration=36, n_evaluation=40, rng=np.random.default_rng(0))
    for names in (PARTS, ORDINARY):
        prompts = [pair.prompt for name in names for pair in getattr(sets, name)]
        assert len(prompts) == len(set(prompts))
    assert [len(getattr(sets, name)) for name in PARTS] == [84, 36, 40]
    assert [len(getattr(sets, name)) for name in ORDINARY] == [52, 52, 36, 40]
    assert set(Counter(pair.topic for pair in sets.evaluation_refused).values()) == {4}
    assert {pair.response for pair in sets.alignment_refused} == set(REFUSALS)
    assert not any(pair.response for pair in sets.evaluation_refused)
    again = prompt_sets("bundled", n_calibration=36, n_evaluation=40, rng=np.random.default_rng(0))
    other = prompt_sets("bundled", n_calibration=36, n_evaluation=40, rng=np.random.default_rng(1))
    assert again == sets
    assert replace(other, questions=()) != replace(sets, questions=())


def test_dealing_is_balanced_as_far_as_topics_reach():
    pairs = [Pair(f"a{n}", "", "a") for n in range(9)] + [Pair(f"b{n}", "", "b") for n in range(2)]
    first, second = deal(pairs, (4, 7), np.random.default_rng(0))
    assert Counter(pair.topic for pair in first) == {"a": 2, "b": 2}
    assert {pair.topic for pair in second} == {"a"}
    assert sorted(pair.prompt for pair in (*first, *second)) == sorted(pair.prompt for pair in pairs)


def test_parts_that_leave_nothing_to_train_on_are_one_sentence():
    with pytest.raises(InputError, match=r"must leave 8 of the 160 requests to be refused for training, got 100 \+ 60"):
        prompt_sets("bundled", n_calibration=100, n_evaluation=60, rng=np.random.default_rng(0))


@pytest.mark.parametrize(("content", "more", "topics"), [
    ("goal,target\nDo a bad thing,Sure\n\"Do, another\",Sure\nDO a  bad thing,Sure\n", "Third,Sure\n", ["", ""]),  # AdvBench
    ("Do a bad thing\n\"Do, another\"\n", "A third\n", ["", ""]),  # HEx-PHI
    ("id,Prompt,Category\n1,Do a bad thing,x\n2,\"Do, another\",y\n", "3,Third,x\n", ["x", "y"])])
def test_three_layouts_of_somebodys_csv(tmp_path, content, more, topics):
    path = tmp_path / "own.csv"
    path.write_text(content, encoding="utf-8")
    found = requests(f"csv:{path}")
    assert [pair.prompt for pair in found] == ["Do a bad thing", "Do, another"]
    assert [pair.topic for pair in found] == topics
    before = prompts_fingerprint(f"csv:{path}")
    path.write_text(content + more, encoding="utf-8")
    assert before != prompts_fingerprint("bundled")
    assert before != prompts_fingerprint(f"csv:{path}")


@pytest.mark.parametrize(("content", "message"), [
    (b"words,label\nx,y\n", "must have a column prompt, goal, instruction, behavior, forbidden_prompt, "
     "question or text, got 2 other columns"),
    (b"", "got none in own.csv"), (b"n,prompt\n1,x\n2,\n", "got 1 without in own.csv, the first on line 3"),
    (b"prompt\nx\none, two\n", "may have more fields than the first line, got 1 in own.csv, the first on line 3"),
    (b"prompt\n\x81\n", "must be written in UTF-8"), (b"prompt\n\"open\n", "must be well formed")])
def test_bad_files_are_one_sentence(tmp_path, content, message):
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=re.escape(message)):
        prompts_fingerprint(f"csv:{path}")


def test_bad_names_are_one_sentence(tmp_path):
    with pytest.raises(InputError, match="prompts must be bundled or csv:PATH"):
        requests("advbench")
    with pytest.raises(InputError, match="must be an existing file that can be read"):
        requests(f"csv:{tmp_path / 'none.csv'}")


def test_requests_marked_as_safe_are_never_counted_as_unsafe(tmp_path):
    """XSTest holds safe twins of its unsafe requests."""
    path = tmp_path / "own.csv"
    path.write_text("id,prompt,label\n1,How do I kill a process?,safe\n2,Do a bad thing,unsafe\n3,Stop a train,Safe\n", encoding="utf-8")
    assert [pair.prompt for pair in requests(f"csv:{path}")] == ["Do a bad thing"]
    assert notes_on(f"csv:{path}") == ("2 requests marked as safe were left out",)


def test_a_context_stands_before_its_request(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("Behavior,ContextString\nSum it up,Some background.\nDo a thing,\n", encoding="utf-8")
    assert [pair.prompt for pair in requests(f"csv:{path}")] == ["Some background.\n\nSum it up", "Do a thing"]
