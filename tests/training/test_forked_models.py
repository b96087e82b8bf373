"""Trainings on forked processes come back as they would one by one."""

import math

import numpy as np
import pytest
import torch

from core.lab.errors import RunFailed
from core.training import forked_models
from core.training.forked_models import SharedState, results_of
from tests.language.tiny_language import tiny_language


def test_forked_results_are_those_of_one_process_and_in_order():
    model = tiny_language(n_layers=1)
    kept = SharedState(model)

    def task(number):
        def work():
            with torch.no_grad():
                model.network.lm_head.weight.fill_(number + 1)
            if number == 1:
                kept.write(model)
            return {"number": number, "text": "naïve", "bad": float("nan"), "third": 1 / 3}
        return work

    before, done = model.network.lm_head.weight.detach().clone(), []
    found = results_of([task(number) for number in range(3)], processes=2, on_done=done.append)
    assert [one["number"] for one in found] == [0, 1, 2]
    assert found[2]["third"] == 1 / 3
    assert found[0]["text"] == "naïve"
    assert math.isnan(found[0]["bad"])
    assert done == [1, 2, 3]
    assert torch.equal(model.network.lm_head.weight, before), "a child changes its own copy"
    assert float(kept.state["lm_head.weight"].min()) == 2.0
    alone = results_of([task(number) for number in range(3)], processes=1)
    assert [one["third"] for one in alone] == [one["third"] for one in found]


def test_a_failing_training_fails_the_run(monkeypatch):
    def broken():
        raise RunFailed("it diverged.")

    with pytest.raises(RunFailed, match="it diverged"):
        results_of([broken, broken], processes=2)
    monkeypatch.setattr(forked_models, "MOST_BYTES", 64)
    with pytest.raises(RunFailed, match="must fit into 64 bytes, got 102"):
        results_of([lambda: "x" * 100] * 2, processes=2)


def test_a_shared_state_is_a_copy():
    model = tiny_language(n_layers=1)
    kept = SharedState(model)
    kept.write(model)
    values = kept.state["model.norm.weight"].clone()
    with torch.no_grad():
        model.network.model.norm.weight.add_(1)
    np.testing.assert_array_equal(kept.state["model.norm.weight"].numpy(), values.numpy())
