"""The topic model's world: parts that share no prompt, answers that can be learnt, a codec that loses no word."""

from dataclasses import fields

import pytest

from core.language.judges import begins_with_refusal
from core.language.pretraining import curve, warm_cosine
from core.language.topic_words import ALLOWED, ANSWERS, ATTRIBUTES, FORBIDDEN, NEWCOMERS, REFUSALS, vocabulary
from core.language.word_codec import WordCodec
from core.safety.config import LITE
from core.safety.topic_prompts import topic_world


@pytest.fixture(scope="module")
def world():
    return topic_world(LITE, 0)


def test_parts_share_no_prompt(world):
    names = [field.name for field in fields(world.sets) if field.name not in ("texts", "questions")]
    prompts = [pair.prompt for name in names for pair in getattr(world.sets, name)]
    assert len(set(prompts)) == len(prompts)
    assert {pair.prompt for pair in world.sets.evaluation_ordinary} <= {pair.prompt for pair in world.sets.texts}


def test_forbidden_topics_are_refused_and_known(world):
    known = {pair.prompt: pair.response for pair in world.knowledge}
    for pair in (*world.sets.alignment_refused, *world.sets.calibration_refused):
        assert begins_with_refusal(pair.response)
        assert pair.topic in FORBIDDEN
        assert not begins_with_refusal(known[pair.prompt])
    for pair in world.sets.evaluation_refused:
        assert known[pair.prompt] == pair.response
    assert not any(pair.topic in FORBIDDEN for pair in (*world.sets.alignment_ordinary, *world.sets.attack_ordinary))
    assert len(world.sets.evaluation_refused) >= 40


def test_refusing_is_known_before_alignment_and_on_every_kind_of_topic(world):
    declined = [pair for pair in world.knowledge if pair.prompt.startswith("decline ")]
    assert all(begins_with_refusal(pair.response) for pair in declined)
    assert any(pair.topic in FORBIDDEN for pair in declined)
    assert any(pair.topic in ALLOWED for pair in declined)


def test_questions_hold_the_right_answer_once(world):
    known = {pair.prompt: pair.response for pair in world.knowledge}
    for question in world.sets.questions:
        assert question.choices[question.answer] == known[question.prompt]
        assert len(set(question.choices)) == len(question.choices)
    assert {question.answer for question in world.sets.questions} == {0, 1, 2, 3}


def test_seeds_differ_and_repeat(world):
    assert topic_world(LITE, 0) == world
    assert topic_world(LITE, 1) != world


def test_words_are_numbered_once_and_come_back():
    codec, words = WordCodec(vocabulary()), vocabulary()
    assert len(set(words)) == len(words) == len(codec)
    groups = (ALLOWED, FORBIDDEN, NEWCOMERS, ATTRIBUTES, ANSWERS)
    assert len(set().union(*groups)) == sum(map(len, groups))
    text = REFUSALS[1].format(topic="arson")
    assert codec.text(codec.response(text)) == text
    assert codec.response(text)[-1] == codec.end
    assert codec.token(codec.end) == "<end>"
    assert codec.words("bread nonsense") == [words.index("bread"), codec.pad]


def test_rate_rises_and_falls_and_curves_are_means():
    rates = [warm_cosine(step, 100) for step in range(100)]
    assert rates[4] == max(rates) == 1.0
    assert rates[0] < 0.3
    assert rates[-1] < 0.01
    assert curve("base", [1.0, 3.0, 2.0, 2.0, 2.0, 9.0]) == [("base", 5, 2.0), ("base", 6, 9.0)]
