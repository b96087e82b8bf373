"""SRCM in training: the head survives the store, features lie on the ring, and it combines with RelaxLoss."""

import numpy as np
import pytest
import torch

from core.privacy.defences.srcm import head_of
from core.training.evaluate import predict_many
from tests.privacy.defences.jobs import make_job, run

FEW = {"n_pool": 100, "epochs": 3, "threads": 1}


@pytest.mark.parametrize("options", [{}, {"srcm_ring": "soft"}, {"srcm_ring": "none", "srcm_class_norm": False},
                                     {"srcm_pre_layer": False, "srcm_gradient": "straight_through"}, {"srcm_relax_level": 0.5}],
                         ids=str)
def test_trained_features_are_confined(options):
    defended, job = run("srcm", 6.0, **options, **FEW)
    low, high = head_of(job).bounds
    _, features = predict_many([model.state for model in defended.models], job.audit.pool[0], defended.training, n_classes=4)
    lengths = np.linalg.norm(features, axis=2)
    assert lengths.min() >= low * (1 - 1e-5)
    assert lengths.max() <= high * (1 + 1e-5)
    table = defended.evidence["ring_occupancy"]
    assert table["place"].tolist() == ["inner face", "between", "outer face"]
    np.testing.assert_allclose(table[["members", "non_members"]].sum(), 1.0)


def test_relaxing_beside_the_ring_is_another_training():
    plain, _ = run("srcm", 6.0, **FEW)
    relaxed, _ = run("srcm", 6.0, srcm_relax_level=3.0, **FEW)
    assert not torch.equal(plain.models[0].state["head.classes.weight"], relaxed.models[0].state["head.classes.weight"])


def test_the_plain_recipe_is_not_touched():
    defended, job = run("srcm", **FEW)
    assert job.training.model == "cnn"
    assert defended.training.model == f"cnn+{head_of(job)}"
    assert defended.training.replace(model="cnn") == job.training
    assert make_job("srcm", **FEW).strength == 15.0
