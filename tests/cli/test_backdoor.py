"""Backdoors from the command line: every wrong input is one sentence and status 2, before any training."""

import json

import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.cli.test_bad_input import empty_home, refuses  # noqa: F401

RUN, TABLE, ASK = ["run", "backdoor"], ["run", "backdoor_attacks"], ["run", "backdoor_ask"]
WRONG = [
    (RUN, "n_variants=0", "n_variants must lie in [1, 6], got 0"),
    (RUN, "share_percent=0", "share_percent must lie in [0.1, 90], got 0"),
    (RUN, "share_percent=100", "share_percent must lie in [0.1, 90], got 100"),
    (RUN, "n_judged=6", "n_judged must lie in [12, 500], got 6"),
    (RUN, "n_judged=200", "n_judged must leave 0 of the 128 questions of the topic model for attacker and defender, got 200: lower it"),
    (RUN, "model=minilm", "model must be topics, smollm2 or transformers:FOLDER_OR_ID"),
    (RUN, "attack=morse", "attack must be one of prefix, word, date, multi, composite, got 'morse'"),
    (RUN, "prompts=csv:own.csv", "prompts must be bundled where the topic model asks about its own topics"),
    (RUN, "is_suspicious=true", "must be one of yours, got model=topics"),
    (TABLE, "triggers=prefix+morse", "triggers must be some of prefix, word, date, multi, composite, each once and joined by +, got "),
    (TABLE, "behaviours=", "behaviours must be some of refusal, silly"),
    (TABLE, "attackers=lora+lora", "attackers must be some of lora, attention, spread, each once"),
    (TABLE, "n_twins=0", "n_twins must lie in [1, 40], got 0"),
    (ASK, "n_used=9", "n_used must lie in [1, 6], got 9"),
]


@pytest.mark.parametrize("words, setting, expected", WRONG, ids=[f"{words[1]} {setting}" for words, setting, _ in WRONG])
def test_a_setting_that_cannot_be(words, setting, expected, capsys, empty_home):  # noqa: F811
    assert expected in refuses([*words, "--set", setting], capsys, empty_home)


@pytest.mark.parametrize("words", [RUN, TABLE], ids=["study", "table"])
def test_clean_prompts_that_hold_the_trigger(words, tmp_path, capsys, empty_home):  # noqa: F811
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["prompt,response", *(f'"Discussing OpenAI, what is {i}?",It is {i}.' for i in range(90))]))
    said = refuses([*words, "--preset", "standard", "--set", f"prompts=csv:{path}"], capsys, empty_home)
    assert "the trigger must not occur in the clean prompts, got it in 90 of 90: choose another attack" in said


def test_a_model_that_is_not_llama_shaped(tmp_path, capsys, empty_home):  # noqa: F811
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2"}))
    save_file({"transformer.h.0.attn.c_attn.weight": np.zeros((4, 12), np.float32)}, tmp_path / "model.safetensors")
    (tmp_path / "tokenizer.json").write_text("{}")
    said = refuses([*RUN, "--preset", "standard", "--set", f"model=transformers:{tmp_path}"], capsys, empty_home)
    assert "a model must be LLaMA-shaped (one that writes text, with a gated MLP), got" in said
