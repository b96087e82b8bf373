"""A network that somebody brings, judged for known groups: it takes the place of the unpruned one, and everything else is trained."""

import numpy as np
import pytest

from core.data.sources import load
from core.lab.errors import InputError
from core.spurious.config import SpuriousConfig
from core.spurious.data_rules import data_fingerprint
from core.spurious.fitting import fit
from core.spurious.study.experiment import run
from core.training.config import TrainingConfig
from core.training.evaluate import predict_many
from core.training.given import given_network
from tests.given import context, given


def test_the_unpruned_network_is_the_given_one(tmp_path):
    data, model = given()
    config = SpuriousConfig(
        dataset=data, model=model, cue="attribute", classes="all", biased_class=0, harmed_class=1, n_train=60, n_validation=20, epochs=1,
        score_runs=1, repeats=1, sweep="0.5", label_noise=0.0, evidence=False, batch_size=30)
    found = run(config, 0, context(tmp_path))
    row = found.sweep[(found.sweep["scenario"] == "main") & (found.sweep["rule"] == "none")].iloc[0]
    loaded = load(data)
    network = given_network(model, loaded)
    said, _ = predict_many([network.state], loaded.x_test, TrainingConfig(model="cnn", width=6), n_classes=3)
    plain = loaded.attribute_test != 1
    assert row["average_accuracy"] == pytest.approx((said[0].argmax(axis=1) == loaded.y_test)[plain].mean(), abs=1e-6)


def test_known_groups_and_all_classes_are_fitted_or_asked_for():
    data, model = given()
    fitted = fit(SpuriousConfig(dataset=data, model=model))
    assert (fitted["cue"], fitted["classes"], fitted["biased_class"]) == ("attribute", "all", 0)
    with pytest.raises(InputError, match="needs cue=attribute and classes=all"):
        data_fingerprint(SpuriousConfig(dataset=data, model=model, biased_class=0, harmed_class=1))


def test_a_network_that_wants_other_pixels_is_brought_to_them():
    from torch import nn, no_grad, rand

    from core.models.scaled import Scaled

    class Told(nn.Module):
        def forward(self, x):
            return x, x

    images = rand(2, 3, 4, 4)
    with no_grad():
        for scale, wanted in (("one", images), ("two", images * 2 - 1), ("bytes", images * 255)):
            assert np.allclose(Scaled(Told(), scale, 3)((images - 0.5) * 4)[0], wanted, atol=1e-4)
        whitened = Scaled(Told(), "imagenet", 3)((images - 0.5) * 4)[0]
    assert np.allclose(whitened[:, 0], (images[:, 0] - 0.485) / 0.229, atol=1e-4)
