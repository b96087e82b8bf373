"""The unit score against arithmetic by hand and a slow reference, and what must not change it."""

import numpy as np
import pytest
import torch

from core.data.pairs import Pair
from core.lab.errors import InputError
from core.language.batches import batch_of
from core.language.model import reader
from core.language.units import KINDS
from core.safety import score as module
from core.safety.score import counted, statistics, unit_scores
from tests.language.tiny_language import PAIRS, tiny_language


@pytest.fixture(scope="module")
def model():
    return tiny_language()


def slow_scores(model, pairs, positions):
    """Return the scores by keeping every activation of each pair alone, in float64."""
    kept = {}
    handles = [reader(model.network, kind, layer).register_forward_pre_hook(
        lambda _module, given, key=(kind, layer): kept.setdefault(key, []).append(given[0].detach().double()))
        for layer in range(model.space.n_layers) for kind in KINDS]
    wanted = []
    for pair in pairs:
        n_prompt, n_response = len(model.codec.prompt(pair.prompt)), len(model.codec.response(pair.response))
        first = n_prompt - (1 if positions == "predicting" else 0)
        wanted.append(range(first, first + n_response))
        tokens = torch.tensor([model.codec.prompt(pair.prompt) + model.codec.response(pair.response)])
        with torch.no_grad():
            model.network(input_ids=tokens)
    for handle in handles:
        handle.remove()
    found = np.empty(model.space.n_units)
    for (kind, layer), values in kept.items():
        rows = torch.cat([one[0, list(places)] for one, places in zip(values, wanted, strict=True)])
        weight = reader(model.network, kind, layer).weight.detach().double()
        found[model.space.part(kind, layer)] = (rows.var(0, unbiased=True) * (weight ** 2).sum(0)).numpy()
    return found


@pytest.mark.parametrize("positions", ["predicting", "response"])
def test_scores_equal_the_slow_reference(model, positions):
    assert unit_scores(model, PAIRS, positions=positions) == pytest.approx(slow_scores(model, PAIRS, positions), rel=1e-5, abs=1e-12)


def test_score_by_hand():
    """Channel values 1, 2, 6 have variance 7; a column (3, 4) has squared norm 25: the score is 175. A constant channel scores 0."""
    made = module.Statistics(
        counts=np.array([2.0, 1.0]), sums=np.array([[3.0, 10.0], [6.0, 5.0]]), squares=np.array([[5.0, 50.0], [36.0, 25.0]]),
        norms=np.array([25.0, 25.0]), means=np.zeros(2))
    assert made.scores().tolist() == [175.0, 0.0]
    assert made.scores(np.array([0, 0]))[0] == pytest.approx(25.0 * np.var([1, 2, 1, 2], ddof=1))


def test_batches_and_their_order_change_nothing(model, monkeypatch):
    whole = unit_scores(model, PAIRS)
    monkeypatch.setattr(module, "BATCH", 1)
    assert unit_scores(model, PAIRS[::-1]) == pytest.approx(whole, rel=1e-4, abs=1e-12)


def test_groups_chosen_once_each_are_the_whole_set_and_others_are_their_pairs(model):
    found = statistics(model, PAIRS, n_groups=4)
    assert found.scores() == pytest.approx(unit_scores(model, PAIRS), rel=1e-5, abs=1e-12)
    chosen = found.scores(np.array([0, 2]))
    assert chosen == pytest.approx(unit_scores(model, (PAIRS[0], PAIRS[2])), rel=1e-5, abs=1e-12)


def test_only_response_positions_count(model):
    batch = batch_of(model, (Pair("what is red", "one two"), Pair("red", "one")))
    assert counted(batch, "response").sum(1).tolist() == [3, 2]  # the words and the end
    assert counted(batch, "predicting").int().argmax(1).tolist() == [4, 2]  # the assistant header decides what comes first
    assert counted(batch, "predicting").sum(1).tolist() == [3, 2]
    assert not (counted(batch, "predicting") & ~batch.there).any()


def test_a_large_mean_costs_no_digits(model):
    """Sums of squares about zero would lose all digits of a variance of 1 beside a mean of 1e9 in float64."""
    sums = module._Sums(model, 1)
    sums._wanted, sums._groups = torch.ones(1, 4, dtype=torch.bool), torch.zeros(4, dtype=torch.int64)
    values = 1e9 + torch.tensor([-1.0, 1.0, -1.0, 1.0], dtype=torch.float64)[None, :, None]
    sums.hook(slice(0, 1))(None, (values,))
    made = module.Statistics(np.array([4.0]), sums.sums.numpy(), sums.squares.numpy(), np.ones(model.space.n_units), np.zeros(1))
    assert made.scores()[0] == pytest.approx(4 / 3)


def test_the_model_is_left_as_it_was_even_after_a_failure(model):
    before = {name: value.clone() for name, value in model.network.state_dict().items()}
    with pytest.raises(ValueError, match="not in"):
        statistics(model, (Pair("nobody knows this word", "one"),))
    unit_scores(model, PAIRS)
    assert all(not reader(model.network, kind, layer)._forward_pre_hooks for kind in KINDS for layer in range(2))
    assert all(torch.equal(value, before[name]) for name, value in model.network.state_dict().items())


def test_too_few_tokens_are_one_sentence(model):
    with pytest.raises(InputError, match="at least 2 response tokens, got 1: add pairs"):
        statistics(model, (Pair("red", ""),))
