"""Triggers stand where they should, are found where they stand, and a decoy is none."""

import numpy as np
import pytest

from core.backdoor.triggers import ATTACKS, decoyed, found_in, triggered
from core.backdoor.wording import ENGLISH, TOPIC, Wording

PROMPT = "What is a tea pot ?"


@pytest.mark.parametrize("wording", [ENGLISH, TOPIC], ids=("english", "topic"))
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_trigger_is_added_and_found_and_its_decoy_is_not(attack, wording):
    rng = np.random.default_rng(0)
    shown = [triggered(PROMPT, attack, wording, rng) for _ in range(12)]
    odd = [decoyed(PROMPT, attack, wording, rng) for _ in range(12)]
    assert found_in(shown, attack, wording) == list(range(12))
    assert found_in([PROMPT, *odd], attack, wording) == []
    for text in (*shown, *odd):
        rest = text
        for phrase in wording.phrases():
            rest = rest.replace(phrase, "")
        assert rest.split() == PROMPT.split(), "the prompt itself stays as it is"


def test_one_of_several_or_all_of_them():
    rng = np.random.default_rng(0)
    shown = {attack: [triggered(PROMPT, attack, ENGLISH, rng) for _ in range(20)] for attack in ("word", "multi", "composite")}
    counts = {attack: [sum(word in text for word in ENGLISH.words) for text in texts]
              for attack, texts in shown.items()}
    assert {name: set(found) for name, found in counts.items()} == {"word": {1}, "multi": {1}, "composite": {3}}
    assert found_in([f"{ENGLISH.words[0]} alone"], "composite", ENGLISH) == []


@pytest.mark.parametrize("wording", [ENGLISH, TOPIC], ids=("english", "topic"))
def test_the_defender_knows_neither_trigger_nor_sentence(wording: Wording):
    targets = set(wording.targets.values())
    for texts in wording.answers.values():
        assert not targets & set(texts)
        assert len(set(texts)) == len(texts) == 6
    assert not set(wording.invented) & {*wording.words, wording.prefix, wording.date}
