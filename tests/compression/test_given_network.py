"""Compression of a network that somebody brings: it is rounded and pruned as it is, and its twin is trained beside it."""

import numpy as np
import pytest

from core.compression.cohorts import COHORTS, draw
from core.compression.groups.config import CompressionConfig
from core.compression.groups.experiment import run
from core.compression.networks import train_base
from core.compression.points import FLOAT
from core.compression.repair.config import RepairConfig
from core.data.sources import load
from core.lab.errors import InputError
from core.training.config import TrainingConfig
from core.training.evaluate import predict_many
from core.training.given import given_network
from tests.given import context, given


def config(**changes):
    data, model = given()
    return CompressionConfig(dataset=data, model=model, **{
        "n_train": 210, "n_test": 60, "epochs": 1, "retrain_epochs": 1, "batch_size": 25, "n_calibration": 40, "bits": "8,4",
        "sparsities": "50", "n_chain": 16, "n_probes": 2, "census": False} | changes)


def test_the_float_network_is_the_given_one(tmp_path):
    found = run(config(), 0, context(tmp_path))
    groups = found.chain[(found.chain["setting"] == FLOAT) & (found.chain["copy"] == COHORTS[0])]
    data = load(config().dataset)
    network = given_network(config().model, data)
    cohorts = draw(data, config(), 0)
    said, _ = predict_many([network.state], cohorts.test[0], TrainingConfig(model="cnn", width=6), n_classes=3)
    right = said[0].argmax(axis=1) == cohorts.test[1]
    expected = [right[cohorts.group_test == group].mean() for group in range(2)]
    assert np.allclose(groups.sort_values("group")["accuracy"], expected, atol=1e-6)


def test_a_second_copy_is_trained_as_its_twin(tmp_path):
    data = load(config().dataset)
    network = given_network(config().model, data)
    cohorts, settings = draw(data, config(), 0), network.config(config())
    both = train_base(cohorts, settings, 0, context(tmp_path), given=network)
    assert both[0].state is network.state
    assert any((both[1].state[name] != value).any() for name, value in network.state.items())


def test_repairs_take_no_weights():
    with pytest.raises(InputError, match="trains its networks anew"):
        RepairConfig(model="weights:mine.safetensors")
