"""One setting end to end on a tiny network: every way of making it smaller, float networks trained once."""

import pytest

from core.compression.setting.config import METHODS, SettingConfig
from core.compression.setting.experiment import bits_of, run
from core.lab.errors import InputError
from core.lab.experiment import Context
from core.lab.store import ModelStore

TINY = SettingConfig(model="mlp", width=4, n_train=200, n_test=20, epochs=1, n_calibration=40, retrain_epochs=1, imbalance=4.0)


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """A context that keeps networks, so that the tests of this file train each once."""
    return Context(device="cpu", threads=1, models=ModelStore(tmp_path_factory.mktemp("store")), begin=lambda step: None,
                   report=lambda *told: None)


@pytest.mark.parametrize("method", METHODS)
def test_every_way_of_making_it_smaller(context, method):
    result = run(TINY.replace(method=method), 0, context)
    assert 0.0 < result.size_left < 0.5
    tail = result.settings[result.settings["copy"] == "tail"].set_index("setting")
    assert result.tail_drop == pytest.approx(tail.at["float", "tail"] - tail.at["this", "tail"])
    assert result.did == pytest.approx(result.tail_drop - result.head_drop - result.placebo)
    zeros = (result.layers["sparsity"] * result.layers["n_weights"]).sum() / result.layers["n_weights"].sum()
    assert (zeros == pytest.approx(0.9, abs=1e-3)) == method.startswith("prune")


def test_float_networks_are_trained_once(context, monkeypatch):
    run(TINY, 0, context)
    monkeypatch.setattr("core.training.kept.train_wanted", lambda *given, **named: pytest.fail("trained again"))
    assert run(TINY.replace(prune_percent=0.0), 0, context).tail_drop == pytest.approx(0.0)


def test_one_side_alone_is_rounded():
    assert bits_of(TINY.replace(method="round", part="weights")) == (3, 32)
    assert bits_of(TINY.replace(method="round", part="activations")) == (32, 8)


def test_repairs_need_further_training():
    with pytest.raises(InputError, match="further training"):
        TINY.replace(method="prune", balanced=True)
