"""The training loop: AdamW by the library, the loss at response tokens only, half-precision weights that still learn."""

import pytest
import torch
from torch.nn import functional

from core.lab.errors import RunFailed
from core.language.batches import batch_of
from core.language.model import taken
from core.language.tuning import response_loss, trainable, tune
from tests.language.tiny_language import PAIRS, tiny_language


def slow_loss(model, batch):
    """Every response token from the tokens before it, one sequence and one token at a time."""
    total, n = 0.0, 0
    for row in range(len(batch.tokens)):
        tokens = batch.tokens[row][batch.there[row]]
        for place in range(1, len(tokens)):
            if batch.is_response[row, place]:
                logits = model.network(input_ids=tokens[None, :place]).logits[0, -1]
                total, n = total + functional.cross_entropy(logits.double()[None], tokens[place][None]), n + 1
    return total / n


def test_the_loss_against_one_token_at_a_time():
    model = tiny_language()
    batch = batch_of(model, PAIRS)
    with torch.no_grad():
        assert float(response_loss(model, batch)) == pytest.approx(float(slow_loss(model, batch)), rel=1e-5)


def test_steps_are_those_of_the_library_in_one_optimizer():
    model, other = tiny_language(), tiny_language()
    batch = batch_of(model, PAIRS)
    seen = []
    losses = tune(model, [batch] * 4, rate=1e-2, weight_decay=0.1, schedule=lambda step: 1.0 / (1 + step),
                  on_step=lambda step, loss: seen.append((step, loss)))
    parameters = trainable(other)
    optimizer = torch.optim.AdamW(parameters, lr=1e-2, weight_decay=0.1, foreach=False)
    for step in range(4):
        optimizer.param_groups[0]["lr"] = 1e-2 / (1 + step)
        optimizer.zero_grad()
        response_loss(other, batch).backward()
        optimizer.step()
    for name, values in taken(other).items():
        torch.testing.assert_close(taken(model)[name], values, rtol=1e-4, atol=1e-6)
    assert seen == list(enumerate(losses, start=1))
    assert not any(parameter.requires_grad or parameter.grad is not None for parameter in model.network.parameters())


def test_half_precision_learns_steps_smaller_than_it_can_tell_apart():
    model = tiny_language()
    model.network.to(torch.bfloat16)
    before = taken(model)
    batch = batch_of(model, PAIRS)
    losses = tune(model, [batch] * 60, rate=2e-5, weight_decay=0.0)
    moved = [float((values != before[name]).float().mean()) for name, values in taken(model).items() if "proj" in name]
    assert all(parameter.dtype == torch.bfloat16 for parameter in model.network.parameters())
    assert min(moved) > 0.2, "sixty steps of 2e-5 are 1.2e-3"
    assert losses[-1] < losses[0]


def test_it_stops_when_told_and_where_the_loss_is_none():
    model = tiny_language()
    batch = batch_of(model, PAIRS)
    assert len(tune(model, [batch] * 9, rate=1e-3, weight_decay=0.0, on_step=lambda step, loss: step == 3)) == 3
    with torch.no_grad():
        model.network.lm_head.weight.fill_(float("nan"))
    with pytest.raises(RunFailed, match="must keep a finite loss"):
        tune(model, [batch], rate=1e-3, weight_decay=0.0)
