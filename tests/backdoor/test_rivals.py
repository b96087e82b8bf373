"""Rivals against slow references, and traces they must not leave; the search for triggers against trying every word."""

import numpy as np
import pytest
import torch

from core.backdoor import detection, rivals
from core.backdoor.activations import prune_weights, use_of_channels
from core.backdoor.detection import agreement, invert, outliers
from core.backdoor.rivals import consistency_loss, effects, largest, latent_loss
from core.language.batches import batch_of
from core.language.generation import generate
from core.language.prefill import common
from core.language.tuning import response_loss, tune
from tests.language.tiny_language import PAIRS, REFUSED, WORDS, tiny_language


@pytest.fixture
def model():
    found = tiny_language(3, n_layers=2)
    found.network.requires_grad_(False)
    return found


def test_the_oracles_effect_is_the_slope_of_scaling_a_channel(model):
    found = effects(model, PAIRS[:2], (), 2)
    weight, step = model.network.model.layers[1].mlp.down_proj.weight, 1e-3
    batch, column = batch_of(model, PAIRS[:2]), weight[:, 4].clone()
    losses = []
    for factor in (1 + step, 1 - step):
        weight[:, 4] = column * factor
        losses.append(float(response_loss(model, batch).double()))
    assert found[1, 4] == pytest.approx(-(losses[0] - losses[1]) / (2 * step), rel=0.02, abs=1e-4)
    assert not any(parameter.requires_grad for parameter in model.network.parameters())


def test_norms_use_and_outliers(model):
    rows = [torch.cat([block.mlp.gate_proj.weight, block.mlp.up_proj.weight, block.mlp.down_proj.weight.T], dim=1)
            for block in model.network.model.layers]
    np.testing.assert_allclose(largest(model), torch.stack([row.norm(dim=1) for row in rows]).numpy(), rtol=1e-5)
    before = outliers(model)
    model.network.model.layers[0].mlp.up_proj.weight[3] *= 50
    assert outliers(model) > 10 * before
    model.network.model.layers[1].mlp.down_proj.weight[:, 5] = 0.0
    assert use_of_channels(model, PAIRS)[1].argmin() == 5


def test_one_shot_pruning_takes_an_equal_share_of_every_row(model):
    prune_weights(model, PAIRS, 0.25)
    for block in model.network.model.layers:
        for name, inputs in (("gate_proj", 16), ("up_proj", 16), ("down_proj", 12)):
            assert ((getattr(block.mlp, name).weight == 0).sum(dim=1) == inputs // 4).all()


def test_consistency_and_latent_training_leave_no_hook_and_lower_their_loss(model):
    batch = batch_of(model, PAIRS)
    for loss_of in (consistency_loss, latent_loss("sorry no", lambda: PAIRS)):
        found = tune(model, [batch] * 6, rate=3e-3, weight_decay=0.0, loss_of=loss_of)
        assert found[-1] < found[0]
        assert not any(block._forward_pre_hooks for block in model.network.model.layers)
        assert not any(parameter.requires_grad or parameter.grad is not None for parameter in model.network.parameters())


def test_latent_moves_call_the_behaviour_up(model):
    bad = batch_of(model, REFUSED)
    moves = rivals._called_up(model, bad)
    assert len(moves) == 2
    with torch.no_grad(), rivals._moved(model, moves, bad) as norms:
        moved = float(response_loss(model, bad))
    assert moved < float(response_loss(model, bad)) - 0.2
    for layer, move in moves.items():
        assert float(move.norm(dim=-1).max()) <= rivals.LATENT_RADIUS * norms[layer] * 1.3, "within a ball about as large as asked"


def test_the_search_finds_no_less_than_it_started_with_and_at_most_the_best(model):
    rows = [model.codec.prompt(pair.prompt) for pair in PAIRS]
    start = common(rows)
    vocabulary = list(range(4, len(WORDS)))
    found = invert(model, PAIRS, vocabulary, rounds=1)
    begun = agreement(model, rows, [[vocabulary[0]] * 3], start)[0][0]
    every = max(score for score, _ in agreement(
        model, rows, [[a, b, c] for a in vocabulary for b in vocabulary for c in vocabulary], start))
    assert begun <= found.agreement <= every + 1e-6
    assert found.agreement > 0.6 * every
    assert found.same == 0.0, "four prompts leave none to judge by"


def test_openings_are_greedy_answers(model):
    rows = [model.codec.prompt(pair.prompt) for pair in PAIRS]
    wanted = generate(model, [pair.prompt for pair in PAIRS], detection.N_SAME).texts
    assert [model.codec.text(opening) for opening in detection.openings(model, rows)] == list(wanted)
