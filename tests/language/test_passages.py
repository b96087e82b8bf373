"""Log-probabilities of passages: those that the network gives to each token, alone or in a batch."""

import numpy as np
import pytest
import torch

from core.data.pairs import Pair
from core.language.passages import log_probabilities
from tests.language.tiny_language import PAIRS, tiny_language

PLAIN = (Pair("", "one two red sorry"), Pair("", "now it goes"))


@pytest.fixture(scope="module")
def model():
    return tiny_language()


def by_hand(model, tokens, first):
    logits = model.network(torch.tensor([tokens])).logits[0].double()
    return np.array([float(torch.log_softmax(logits[place - 1], 0)[tokens[place]].detach()) for place in range(first, len(tokens))])


def test_every_token_of_a_response_counts_and_none_of_its_prompt(model):
    found = log_probabilities(model, PAIRS)
    for pair, values in zip(PAIRS, found, strict=True):
        prompt = model.codec.prompt(pair.prompt)
        assert values == pytest.approx(by_hand(model, [*prompt, *model.codec.response(pair.response)], len(prompt)), abs=1e-5)


def test_plain_text_has_no_template_and_its_first_token_is_given(model):
    found = log_probabilities(model, PLAIN)
    assert [len(values) for values in found] == [3, 2]
    assert found[0] == pytest.approx(by_hand(model, model.codec.words(PLAIN[0].response), 1), abs=1e-5)


def test_batches_change_nothing(model):
    mixed = (*PAIRS, *PLAIN)
    for one, other in zip(log_probabilities(model, mixed, size=2), log_probabilities(model, mixed, size=16), strict=True):
        assert one == pytest.approx(other, abs=1e-5)


def test_long_passages_end_where_the_context_ends(model):
    assert len(log_probabilities(model, [Pair("", "one " * 100)])[0]) == model.context - 1
