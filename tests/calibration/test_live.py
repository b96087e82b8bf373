"""The live line: a process answers with the run's own numbers, refuses in one sentence, and comes back after it ended."""

import json

import numpy as np
import pytest

from core.calibration.live.desk import Desk
from core.calibration.live.line import Line
from core.calibration.live.process import reply_to
from core.calibration.live.question import ASKABLE, Question, Reply
from core.calibration.study.experiment import run
from core.lab.errors import InputError
from tests.calibration import tiny
from tests.calibration.test_experiment import context

CONFIG = tiny.CONFIG.replace(corruptions="contrast", levels="5", n_train=400, n_home=200, n_stream=128, epochs=1,
                             methods="source+bn+tent", course_passes=0, home_again=False)
ASKED = Question(CONFIG, 3, "contrast", 5, "tent")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("live")


@pytest.fixture(scope="module")
def desk(home) -> Desk:
    return Desk(context(home))


@pytest.fixture
def line(home, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_HOME", str(home))
    found = Line()
    yield found
    found.close()


def test_a_live_stream_gives_the_numbers_and_images_of_the_run(home, desk):
    """The same images in the same order through the same network: what the run stored comes out again, bootstrap draws apart."""
    result, reply = run(CONFIG, 3, context(home)), desk.answer(ASKED)
    rows = result.scores[(result.scores["level"] == 5) & (result.scores["method"] == "tent")].set_index("repair")
    for repair, found in reply.scores["tent"].items():
        for name in ("accuracy", "ece", "nll", "overconfidence", "temperature"):
            assert found[name] == pytest.approx(rows.loc[repair, name], abs=1e-9), (repair, name)
    np.testing.assert_array_equal(reply.images, result.view_images[1])
    assert set(reply.scores) == {"bn", "tent"}


def test_what_the_run_left_out_can_be_asked(desk):
    reply = desk.answer(Question(CONFIG, 3, "frost", 2, "come"))
    assert 0.0 < reply.scores["come"]["none"]["accuracy"] < 1.0
    calm = desk.answer(Question(CONFIG, 3, "frost", 0, "source"))
    assert calm.scores["source"]["none"]["accuracy"] > desk.answer(
        Question(CONFIG, 3, "gaussian", 5, "source")).scores["source"]["none"]["accuracy"]


def test_question_and_reply_survive_their_lines(desk):
    assert Question.from_json(ASKED.to_json()) == ASKED
    reply = desk.answer(ASKED)
    again = Reply.from_json(reply.to_json())
    np.testing.assert_array_equal(again.images, reply.images)
    assert again.scores == reply.scores
    assert again.views == reply.views


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"method": "ensemble"}, "a live method must be one of"), ({"corruption": "fog"}, "a corruption must be one of"),
    ({"level": 6}, "level of a corruption must be")])
def test_what_cannot_be_asked_is_one_sentence(desk, changes, sentence):
    question = Question(**{**{name: getattr(ASKED, name) for name in ("config", "seed", "corruption", "level", "method")}, **changes})
    with pytest.raises(InputError, match=sentence):
        question.check()
    assert "ensemble" not in ASKABLE


def test_the_process_survives_a_line_that_is_none(desk):
    assert "unexpected" in reply_to("{}", desk)["error"]
    assert "scores" in reply_to(json.dumps(ASKED.to_json()), desk)


def test_a_process_answers_twice_and_a_killed_one_is_replaced(line):
    assert not line.is_warm
    first = line.ask(ASKED)
    pid = line._process.pid
    assert line.ask(ASKED).scores["tent"]["none"]["accuracy"] == first.scores["tent"]["none"]["accuracy"]
    assert line._process.pid == pid
    line._process.kill()
    line._process.wait()
    assert line.ask(ASKED).scores["tent"]["none"]["ece"] == first.scores["tent"]["none"]["ece"]
    assert line._process.pid != pid


def test_the_process_ends_with_whoever_started_it(line):
    line.ask(ASKED)
    process = line._process
    process.stdin.close()
    assert process.wait(timeout=20) == 0
