"""One setting end to end on a tiny network: every way of making it smaller, float networks trained once."""

import pandas as pd
import pytest

from core.compression.setting.config import METHODS, SettingConfig
from core.compression.setting.experiment import bits_of, run, setting_of
from core.compression.setting.result import SettingResult
from core.compression.setting.spec import COMPRESSION_SETTING
from core.lab.config import alike
from core.lab.errors import InputError
from core.lab.experiment import Context, metrics_of
from core.lab.store import ModelStore, result_key

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


OTHER = {"qat_bits": 2, "qat_activation_bits": 4, "part": "weights", "rounding": "calibrated", "granularity": "tensor", "ranges": "mse",
         "edges": "eight", "prune_percent": 50.0, "scope": "layer", "unit": "filter", "retrain_epochs": 2, "qat_learning_rate": 0.01,
         "prune_learning_rate": 0.05, "batch_norm": "kept"}  # without sampling and weights, which one shot refuses
ASKED = [{"method": method} for method in METHODS] + [
    {"method": method, "part": part} for method in ("round", "round_train") for part in ("weights", "activations")] + [
    {"method": method, "model": "cnn"} for method in METHODS]  # which has BatchNorm


def numbers(result):
    """Every headline number, and every table without its titles."""
    tables = [getattr(result, name).drop(columns="title", errors="ignore") for name in ("settings", "groups", "chain", "layers")]
    return [getattr(result, name) for name in metrics_of(SettingResult)], tables


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: " ".join(asked.values()))
def test_idle_settings_change_neither_number_nor_key(context, asked):
    config = TINY.replace(**asked)
    other = config.replace(**{name: value for name, value in OTHER.items() if name in config.idle()})
    assert other != config
    assert alike(other, config)
    assert result_key(COMPRESSION_SETTING, other, 0, "toy") == result_key(COMPRESSION_SETTING, config, 0, "toy")
    (first, tables), (second, others) = numbers(run(config, 0, context)), numbers(run(other, 0, context))
    assert first == second
    for table, same in zip(tables, others, strict=True):
        pd.testing.assert_frame_equal(table, same)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: " ".join(asked.values()))
def test_settings_that_are_not_idle_change_the_key(asked):
    config = TINY.replace(**asked)
    for name in set(OTHER) - config.idle() - set(asked):
        assert not alike(config.replace(**{name: OTHER[name]}), config), name


def test_bits_matter_where_weights_are_rounded(context):
    """The control: what is idle under one method is not under another, and the numbers say so."""
    assert "qat_bits" in TINY.replace(method="prune").idle()
    assert "qat_bits" not in TINY.replace(method="round").idle()
    first, second = (run(TINY.replace(method="round", qat_bits=bits), 0, context) for bits in (2, 3))
    assert numbers(first)[0] != numbers(second)[0]


def test_a_title_names_the_bits_that_are_used():
    assert setting_of(TINY.replace(method="round")).title == "Round, 3 bits"
    assert setting_of(TINY.replace(method="round", part="activations")).title == "Round, 8 bits of activations"
