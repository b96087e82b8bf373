"""What a config refuses, in one sentence with a remedy."""

import pytest

from core.lab.errors import InputError
from core.safety.config import FULL, LITE, STANDARD, SafetyConfig, data_fingerprint, parse_shares, work_of

WRONG = [
    ({"model": "bert"}, "model must be topics, smollm2 or transformers:"),
    ({"model": "minilm"}, "LLaMA-shaped"),
    ({"model": "transformers:"}, "model must be"),
    ({"prompts": "advbench.csv"}, "prompts must be bundled or csv:PATH"),
    ({"prompts": "csv:mine.csv"}, "choose model=smollm2"),
    ({"scu_percent": 50.0, "ucu_percent": 50.0}, "must sum to at most 100, got 1"),
    ({"top_cu_percent": 60.0, "scu_percent": 30.0, "ucu_percent": 30.0}, "top_cu_percent must fit"),
    ({"width": 100}, "multiple of twice the heads"),
    ({"key_heads": 3}, "key_heads must divide heads"),
    ({"n_topics": 8, "n_forbidden": 6}, "at most half of n_topics"),
    ({"n_topics": 40, "n_forbidden": 2, "n_calibration": 4, "n_evaluation": 4}, "at most 32 topics that are not forbidden, got 38"),
    ({"n_evaluation": 100}, "must be at most 64, a third of the questions"),
    ({"sweep": "5,5"}, "each may appear once"),
    ({"sweep": "0,5"}, "drop what lies outside"),
    ({"budgets": "some"}, "write numbers only"),
]


@pytest.mark.parametrize("changes, words", WRONG)
def test_settings_that_cannot_be_are_one_sentence(changes, words):
    with pytest.raises(InputError) as caught:
        LITE.replace(**changes)
    assert words in str(caught.value)
    assert str(caught.value).count(". ") == 0


def test_shares_are_read_ascending():
    assert parse_shares("5, 1.3,0.5") == pytest.approx((0.005, 0.013, 0.05))


def test_presets_are_told_apart_and_take_the_time_they_say():
    assert LITE.is_topics
    assert not STANDARD.is_topics
    assert FULL.precision == "bfloat16"
    assert work_of(LITE).seconds() < 120
    assert len({data_fingerprint(config) for config in (LITE, STANDARD)}) == 2
    assert data_fingerprint(SafetyConfig()) == data_fingerprint(LITE)


def test_a_missing_folder_says_what_to_do():
    with pytest.raises(InputError, match="connect to a network, or use transformers:FOLDER"):
        data_fingerprint(STANDARD.replace(model="transformers:nobody/nothing-of-the-kind"))
