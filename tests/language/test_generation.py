"""Batched greedy generation and likelihoods on a shared prefix, against one prompt at a time without a cache, in float64."""

import numpy as np
import pytest
import torch

from core.data.pairs import Question
from core.lab.errors import InputError
from core.language.generation import generate
from core.language.prefill import by_length, common, prefill
from core.language.utility import accuracy, choices, from_likelihoods, perplexity
from tests.language.tiny_language import PAIRS, tiny_language

PROMPTS = ("what is red", "blue", "is blue red now here it goes", "what is blue", "what is red one two one")


@pytest.fixture(scope="module")
def model():
    found = tiny_language(3)
    found.network.double()
    return found


def slowly(model, prompt, n):
    tokens = model.codec.prompt(prompt)
    answer = []
    while len(answer) < n and answer[-1:] != [model.codec.end]:
        with torch.no_grad():
            answer.append(int(model.network(input_ids=torch.tensor([tokens + answer])).logits[0, -1].argmax()))
    return answer


def slow_log_probs(model, prompt, response):
    start = model.codec.prompt(prompt)
    with torch.no_grad():
        logits = model.network(input_ids=torch.tensor([[*start, *response]])).logits[0]
    return torch.log_softmax(logits, 1)[torch.arange(len(start) - 1, len(start) + len(response) - 1), torch.tensor(response)]


@pytest.mark.parametrize("size", [1, 2, 5])
def test_answers_are_those_of_one_prompt_at_a_time(model, size):
    expected = [slowly(model, prompt, 7) for prompt in PROMPTS]
    found = generate(model, PROMPTS, 7, size=size)
    assert found.texts == tuple(model.codec.text(row) for row in expected)
    assert found.n_tokens.tolist() == [len(row) for row in expected]


def test_rows_that_end_early_are_dropped_and_the_others_go_on(model):
    codec, ends = model.codec, [slowly(model, prompt, 8) for prompt in PROMPTS]
    stop = ends[0][1]  # some answers now end with this token, at different steps
    try:
        codec.end = stop
        expected = [slowly(model, prompt, 8) for prompt in PROMPTS]
        found = generate(model, PROMPTS, 8)
    finally:
        del codec.end
    assert len({len(row) for row in expected}) > 1
    assert found.n_tokens.tolist() == [len(row) for row in expected]
    assert found.texts == tuple(codec.text(row[:-1] if row[-1] == stop else row) for row in expected)


def test_the_mass_of_watched_tokens_and_the_likelihood_of_known_answers_come_along(model):
    watched, known = (10, 11), {1: "one two", 3: "two"}
    found = generate(model, PROMPTS, 3, watched=watched, known=known)
    for place, prompt in enumerate(PROMPTS):
        with torch.no_grad():
            logits = model.network(input_ids=torch.tensor([model.codec.prompt(prompt)])).logits[0, -1]
        assert found.first_mass[place] == pytest.approx(float(torch.softmax(logits, 0)[list(watched)].sum()), rel=1e-9)
        if place in known:
            expected = slow_log_probs(model, prompt, model.codec.response(known[place]))
            assert found.log_likelihoods[place] == pytest.approx(float(expected.sum()), rel=1e-5)  # the loss itself is taken in float32
            assert found.n_known[place] == len(expected)
        else:
            assert np.isnan(found.log_likelihoods[place])
    assert found.texts == generate(model, PROMPTS, 3).texts


def test_perplexity_is_that_of_all_response_tokens(model):
    logs = torch.cat([slow_log_probs(model, pair.prompt, model.codec.response(pair.response)) for pair in PAIRS])
    assert perplexity(model, PAIRS, size=3) == pytest.approx(float(torch.exp(-logs.mean())), rel=1e-5)
    assert from_likelihoods(np.array([-np.log(4.0) * 2]), np.array([2.0])) == pytest.approx(4.0)
    assert from_likelihoods(np.array([-1e9]), np.array([2.0])) == pytest.approx(np.exp(20.0))


def test_choices_are_taken_by_likelihood_a_token_and_not_in_all(model):
    asked = [Question("what is red", ("one", "two two two two", "sorry no"), 0), Question("blue", ("now", "it goes"), 1),
             Question("is blue red now", ("one one one", "red", "blue blue"), 2)]
    means, sums = [], []
    for question in asked:
        logs = [slow_log_probs(model, question.prompt, model.codec.words(choice)) for choice in question.choices]
        means.append(int(np.argmax([float(values.mean()) for values in logs])))
        sums.append(int(np.argmax([float(values.sum()) for values in logs])))
    assert means != sums
    assert choices(model, asked, size=2) == means
    right = [Question(each.prompt, each.choices, place) for each, place in zip(asked, means, strict=True)]
    assert accuracy(model, right) == 1.0
    assert np.isnan(accuracy(model, []))


def test_the_common_prefix_always_leaves_a_token():
    assert common([[1, 2, 3], [1, 2, 4, 5]]) == 2
    assert common([[1, 2], [1, 2]]) == 1
    assert common([[7], [8, 9]]) == 0


def test_batches_hold_every_prompt_once_and_those_of_like_length_together(model):
    parts = by_length(model, PROMPTS, 2)
    assert sorted(np.concatenate(parts).tolist()) == [0, 1, 2, 3, 4]
    assert max(map(len, parts)) <= 2
    lengths = [len(model.codec.prompt(PROMPTS[place])) for place in np.concatenate(parts)]
    assert lengths == sorted(lengths)


def test_a_prompt_longer_than_the_context_is_one_sentence(model):
    with pytest.raises(InputError, match=r"fewer than 32 tokens, the model's context, got 42 .*: shorten it\."):
        prefill(model, ["red " * 40])
