"""Early stopping: a curve from what plain training left behind, and stopped models that are its prefix to the bit."""

import numpy as np
import pytest

from core.lab.errors import InputError
from core.measures.roc import auc
from core.privacy.defences.early_stopping import stopped_training, stopping_curve
from core.privacy.defences.leakage import POOL_ATTACKS, measured_epsilon
from core.privacy.signals import loss_per_sample
from tests.privacy.defences.jobs import Shelf, last_logits, make_job, run


def test_the_curve_needs_no_training_and_is_what_it_says():
    shelf = Shelf()
    job = make_job("early_stopping", 3.0, shelf=shelf)
    plain = job.plain()
    puts = shelf.puts
    curve = stopping_curve(job.audit, plain)
    assert shelf.puts == puts
    assert sorted(curve["epoch"].unique()) == sorted(plain[0].checkpoint_logits)
    assert set(curve["attack"]) == set(POOL_ATTACKS)
    y, members = job.audit.pool[1], job.audit.members
    for epoch in plain[0].checkpoint_logits:
        logits = [model.checkpoint_logits[epoch] for model in plain]
        losses = [loss_per_sample(one[:, None], y)[:, 0] for one in logits]
        row = curve[(curve["epoch"] == epoch) & (curve["attack"] == "loss")].iloc[0]
        assert row["auc"] == pytest.approx(np.mean([auc(-loss, inside) for loss, inside in zip(losses, members, strict=True)]))
        outside = np.concatenate([(one.argmax(1) == y)[~inside] for one, inside in zip(logits, members, strict=True)])
        assert row["test_accuracy"] == pytest.approx(outside.mean())


def test_leakage_grows_with_the_epochs():
    curve = stopping_curve((job := make_job("early_stopping")).audit, job.plain())
    losses = curve[curve["attack"] == "loss"].sort_values("epoch")["auc"].to_numpy()
    assert losses[-1] > losses[0] + 0.1


def test_stopped_models_are_the_beginning_of_the_plain_ones():
    job = make_job("early_stopping", 3.0)
    plain = job.plain()
    epoch = sorted(plain[0].checkpoint_logits)[1]
    stopped, job = run("early_stopping", float(epoch))
    assert stopped.training.last_epoch == epoch
    for whole, part in zip(plain, stopped.models, strict=True):
        np.testing.assert_array_equal(part.checkpoint_logits[epoch], whole.checkpoint_logits[epoch])
        np.testing.assert_array_equal(part.curves["train_loss"], whole.curves["train_loss"][:epoch])


def test_stopping_at_the_end_is_the_plain_model():
    stopped, job = run("early_stopping", 10.0)
    np.testing.assert_array_equal(last_logits(stopped.models), last_logits(job.plain()))


def test_models_that_leak_have_a_measured_epsilon():
    job = make_job("early_stopping")
    leaky = measured_epsilon(job.audit, job.plain(), delta=1e-4)
    assert leaky > 0.5
    stopped, job = run("early_stopping", 1.0)
    assert measured_epsilon(job.audit, stopped.models, delta=1e-4) < leaky


@pytest.mark.parametrize("epoch", [0, 11, 2.5])
def test_an_epoch_that_is_none_is_one_sentence(epoch):
    with pytest.raises(InputError, match=r"whole number from 1 to 10, got"):
        stopped_training(make_job("early_stopping").training, epoch)
    if epoch:
        with pytest.raises(InputError, match="strength of early_stopping must be a whole number of epochs from 1 to 10"):
            make_job("early_stopping", epoch)
