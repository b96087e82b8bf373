"""Directions that the pilot found in every run: what memorising does to gradients, and what pretraining does to norms."""

import pytest

from core.data.sources import load
from core.layernorm import subjects
from core.layernorm.config import LITE
from core.layernorm.demonstrations import damage_table
from core.layernorm.image_subjects import image_subjects
from core.layernorm.image_task import image_task
from core.layernorm.study import experiment
from core.layernorm.variations import stripped_norms
from core.models.normalisation import distance
from tests.layernorm.tiny import TINY, context, images

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def memorised():
    """A Pre-LN model that has learnt every label of a tiny set by heart, the wrong ones too."""
    config = TINY.replace(post_model="none", groups=False, controls=False, rivals=False, scratch=False, dropout=0.0, frozen=False, width=16,
                          n_train=60, batch_size=10, epochs=30, evaluations=6, learning_rate=3e-3, pretraining_samples=3000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subjects, "load", lambda source: images(600))
        return experiment.run(config, 0, context())


def test_every_wrong_label_is_learnt_by_heart(memorised):
    assert memorised.memorised_pre >= 0.9
    first = memorised.epochs[memorised.epochs["variant"] == "intact"].iloc[0]
    assert first["memorised"] < 0.6


def test_learning_gradients_are_larger_once_labels_are_memorised(memorised):
    assert memorised.gradient_ratio > 1.0
    assert memorised.gradient_ratio_before < 2.0
    intact = memorised.gradients[(memorised.gradients["variant"] == "intact") & (memorised.gradients["epoch"] == 30)]
    by_kind = intact.pivot_table(index=["layer", "place"], columns="samples", values="gradient")
    assert (by_kind["test"] > by_kind["noisy"]).all()
    assert memorised.gradient_ratio == pytest.approx((by_kind["test"] / by_kind["noisy"]).min())


def test_only_what_was_asked_for_is_there(memorised):
    assert memorised.variants["variant"].tolist() == ["intact", "all"]
    assert set(memorised.epochs["placement"]) == {"pre"}
    assert memorised.memorised_post != memorised.memorised_post, "NaN without a Post-LN model"


def pretrained(norm_rate):
    config = LITE.replace(post_model="none", pretraining_samples=4000, norm_rate=norm_rate, n_test=500)
    task = image_task(load(config.data), config, 0)
    return config, image_subjects(config, ("pre",), task, seed=0, context=context())[0]


def test_norms_move_only_when_they_learn_faster():
    """On real images: brief pretraining at the common rate leaves norms where they were, and then there is nothing to strip."""
    config, slow = pretrained(1.0)
    assert distance(slow.state, stripped_norms(slow, config))[0] < 0.05
    config, fast = pretrained(50.0)
    assert distance(fast.state, stripped_norms(fast, config))[0] > 0.2
    accuracy = damage_table(fast, stripped_norms(fast, config), 0, 500).set_index("intervention")["accuracy"]
    assert accuracy["intact"] - accuracy["all"] >= 0.04
    assert accuracy["folded"] == pytest.approx(accuracy["intact"], abs=0.005)
