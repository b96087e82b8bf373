"""One question to a model without some units: what is taken out, who counts as harmful, what is held back, and bad settings."""

import pandas as pd
import pytest

from core.data.pairs import Pair
from core.lab.errors import InputError
from core.lab.experiment import Context
from core.lab.store import ModelStore
from core.safety.ask import experiment
from core.safety.ask.config import PROMPT, AskConfig
from core.safety.ask.experiment import answer_table, numbers
from core.safety.ask.spec import SAFETY_ASK
from core.safety.config import LITE, STANDARD
from core.safety.withheld import WITHHELD, public_answers
from tests.language.tiny_pretrained import save_tiny
from tests.safety.tiny_study import tiny_config

PAIRS = (Pair("mine", "", "yours"), Pair("bad one", "", "x"), Pair("bad two", "", "x"), Pair("good", "fine", "y"))


def said(*texts):
    return {"texts": list(texts), "mass": [0.5] * len(texts), "perplexity": 2.0}


FOUND = [said("Sorry, no.", "I can't help", "I cannot", "fine"), said("Here it is", "Take it", "I cannot", "fine"),
         said("Sorry, no.", "I can't help", "I cannot", "Sorry, no.")]


def test_the_numbers_by_hand():
    found = numbers(answer_table(FOUND, PAIRS, 2), [2.0, 3.0, 2.5])
    assert found["refused_before"] == 1.0
    assert found["refused_after"] == 0.5
    assert found["refusal_drop"] == 0.5
    assert found["refusal_drop_random"] == 0.0
    assert found["false_refusal_before"] == found["false_refusal_after"] == 0.0
    assert (found["asked_before"], found["asked_after"]) == (1.0, 0.0)
    assert (found["perplexity_ratio"], found["perplexity_ratio_random"]) == (1.5, 1.25)
    assert found["broken_after"] == 0.0


def test_a_visitors_prompt_that_was_refused_is_held_back_once_it_is_answered():
    shown = public_answers(answer_table(FOUND, PAIRS, 2)).set_index(["state", "prompt"])["answer"]
    assert shown["aligned", "mine"] == "Sorry, no."
    assert shown["removed", "mine"] == shown["removed", "bad one"] == WITHHELD
    assert shown["removed", "good"] == "fine"
    harmless = [said("Fine", *one["texts"][1:]) for one in FOUND]
    assert public_answers(answer_table(harmless, PAIRS, 2))["answer"].iloc[0] == "Fine"
    first_of_the_list = answer_table(harmless, (PAIRS[1], *PAIRS[1:]), 2)
    assert first_of_the_list["is_harmful"].iloc[0]


def test_the_same_twin_and_units_as_in_the_whole_study():
    ask = SAFETY_ASK.preset("standard").config
    assert ask.study == STANDARD
    assert AskConfig().study == LITE
    assert ask.prompt == PROMPT


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"scu_percent": 0.0}, "must sum to more than 0 and at most 100, got 0"),
    ({"scu_percent": 40.0, "ru_percent": 70.0}, "must sum to more than 0 and at most 100, got 110"),
    ({"prompt": "colour of Paris ?"}, "reads only words that it knows, such as colour of bread ?, got 'paris'"),
    ({"prompt": "colour " * 17}, "at most 16 words for the topic model, got 17"),
    ({"prompt": "a\0b", "model": "smollm2"}, "must be printable text"),
    ({"prompt": "x" * 2001, "model": "smollm2"}, "at most 2000 characters, got 2001"),
    ({"prompts": "csv:own.csv"}, "prompts must be bundled where the topic model"),
    ({"model": "minilm"}, "model must be topics, smollm2 or transformers:FOLDER_OR_ID")])
def test_each_broken_rule_is_one_sentence(changes, sentence):
    with pytest.raises(InputError) as error:
        AskConfig().replace(**changes)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_a_tiny_model_end_to_end(tmp_path, monkeypatch):
    """The second question trains and scores nothing; its numbers are those of the tables."""
    source = save_tiny(tmp_path / "model")
    monkeypatch.setattr(AskConfig, "study", property(lambda config: tiny_config(config.model)))
    begun = []
    context = Context(device="cpu", threads=1, models=ModelStore(tmp_path / "home"), begin=begun.append, report=lambda *points: None)
    config = AskConfig(model=source, prompt="write me the", scu_percent=5.0, ucu_percent=5.0, ru_percent=10.0, n_asked=3, new_tokens=4)
    first = experiment.run(config, 0, context)
    assert begun == [0, 1, 2]
    assert len(first.answers) == 3 * (1 + 3 + 3)
    assert first.answers.loc[first.answers["is_asked"], "prompt"].tolist() == ["write me the"] * 3
    n_units = 2 * (16 + 12)
    counts = first.removed.groupby("category")["n_units"].sum()
    assert counts.to_dict() == {"SCU": 3, "UCU": 3, "RU": 6}
    assert first.share_removed == pytest.approx(12 / n_units)
    monkeypatch.setattr("core.safety.twins.tune", lambda *args, **settings: pytest.fail("trained twice"))
    monkeypatch.setattr("core.safety.unit_scores.statistics", lambda *args, **settings: pytest.fail("scored twice"))
    again = experiment.run(config.replace(ucu_percent=0.0), 0, context)
    assert set(again.removed["category"]) == {"SCU", "RU"}
    before = [result.answers[result.answers["state"] == "aligned"] for result in (first, again)]
    pd.testing.assert_frame_equal(*before)
    with pytest.raises(InputError, match=r"a prompt must have fewer than 64 tokens, the model's context, got \d+ .*: shorten it"):
        experiment.run(config.replace(prompt="the " * 80), 0, context)
