"""The audit of a network that somebody brings: it is the one target, and its members are what the data say."""

import numpy as np
import pytest

from core.data.sources import load
from core.lab.config import effective
from core.lab.errors import InputError
from core.privacy.audit.experiment import run
from core.privacy.config import PrivacyConfig
from core.privacy.data_rules import data_fingerprint
from core.privacy.defence.config import DefenceConfig
from core.privacy.fitting import fit
from core.privacy.given_model import draw_given
from core.subjects.given import check_room_model, guessed
from core.training.given import given_network
from tests.given import context, given


def config(**changes):
    data, model = given()
    return PrivacyConfig(dataset=data, model=model, **{
        "n_reference_models": 4, "n_pool": 200, "n_population": 60, "epochs": 2, "batch_size": 25, "white_box": False} | changes)


def test_members_are_training_images_and_nobody_else_is(tmp_path):
    data = load(config().dataset)
    audit = draw_given(data, config(), 0)
    n = len(data.x_train)
    assert np.array_equal(audit.members[0], audit.split.pool < n)
    assert audit.members.sum(axis=1).tolist() == [100] * 5
    assert (audit.split.population >= n).all()
    counts = audit.members[1:].sum(axis=0)
    assert counts.min() == counts.max() == 2, "how many references hold an image tells nothing of the target"


def test_the_given_network_is_the_only_target(tmp_path):
    found = run(config(), 0, context(tmp_path))
    table = found.attacks.set_index("attack")
    assert (table["n_targets"] == 1).all()
    assert table.loc["lira_online", "auc_low"] <= found.auc <= table.loc["lira_online", "auc_high"]
    assert "label_only" in table.index
    network = given_network(config().model, load(config().dataset))
    audit = draw_given(load(config().dataset), config(), 0)
    kept = network.kept(audit.pool[0], n_classes=3, epoch=2)
    right = kept.checkpoint_logits[2].argmax(axis=1) == audit.pool[1]
    assert found.train_accuracy == pytest.approx(right[audit.members[0]].mean())
    assert found.accuracy_gap == pytest.approx(right[audit.members[0]].mean() - right[~audit.members[0]].mean())
    assert set(found.curves["model"]) == {0, 1, 2, 3}, "how it was trained is not known: these are its references"
    assert set(found.early_stopping["target"]) == set(range(5))


def test_sizes_are_fitted_and_too_large_ones_refused():
    data, model = given()
    assert fit(PrivacyConfig(dataset=data, model=model)) == {"n_pool": 360, "n_population": 126, "batch_size": 22}
    with pytest.raises(InputError, match="members are training images and its others are test images"):
        data_fingerprint(config(n_pool=400, n_population=200))
    with pytest.raises(InputError, match="at least 4 beside a given model"):
        config(n_reference_models=3)


def test_without_a_given_model_nothing_changes_and_width_counts():
    assert effective(PrivacyConfig(width=8))["width"] == 8
    assert effective(config(width=8))["width"] == 16
    assert guessed(config().model) == ("cnn", 6)


@pytest.mark.parametrize(("text", "words"), [
    ("mine.pt", r"python -m core convert mine\.pt"), ("torchvision:mine.pth", r"python -m core convert mine\.pth"),
    ("best.pth.tar", "convert"), ("mine.safetensors", r"write weights:mine\.safetensors"), ("weights: ", "must be named as weights:PATH"),
    ("onnx:mine.onnx", "can only be asked"), ("cnm", "model must be one of cnn")])
def test_what_is_no_network_to_work_on(text, words):
    with pytest.raises(InputError, match=words):
        check_room_model(text)


def test_a_view_that_trains_anew_takes_no_weights():
    with pytest.raises(InputError, match="trains its networks anew"):
        DefenceConfig(model="weights:mine.safetensors")
