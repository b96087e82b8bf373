"""The whole room on a tiny problem: every step, every table, every headline number."""

import dataclasses
import math

import numpy as np
import pytest

from core.lab.errors import InputError
from core.lab.experiment import metrics_of
from core.layernorm.image_subjects import image_subjects
from core.layernorm.image_task import image_task
from core.layernorm.study.result import LayerNormResult
from core.layernorm.subjects import check_placement, prepare
from core.layernorm.tuning import course_of
from core.layernorm.variants import VARIANTS
from core.layernorm.variations import n_changed, stripped_norms, variation_of
from core.training.side_by_side import train_side_by_side
from tests.layernorm.stored import SHELF, trained
from tests.layernorm.tiny import TINY, context, images

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def result():
    return trained()


@pytest.fixture(scope="module")
def subjects(result):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.layernorm.subjects.load", lambda source: images())
        before = len(SHELF)
        found = {subject.placement: subject for subject in prepare(TINY, 0, context(SHELF))}
        assert len(SHELF) == before == 2, "pretrained models are stored once and reused"
        return found


def test_every_number_is_there(result):
    numbers = {name: getattr(result, name) for name in metrics_of(LayerNormResult)}
    assert all(isinstance(value, float) for value in numbers.values())
    rarely_reached = ("delay", "gradient_ratio", "memorised_drop_matched", "learning_change_matched", "recovered_point",
                      "recovered_stopped")
    resolvable_at_this_size = {name for name in numbers if not name.startswith(rarely_reached)
                               and not any(part in name for part in ("_point_", "_equal_", "_nearly_"))}
    assert {name for name in resolvable_at_this_size if math.isnan(numbers[name])} == set()
    for name, metric in metrics_of(LayerNormResult).items():
        assert math.isnan(numbers[name]) or metric.bounds[0] <= numbers[name] <= metric.bounds[1], name


@pytest.mark.parametrize("name", ["epochs", "matched", "variants", "norms", "gradients", "damage", "gauge", "samples", "predictions",
                                  "pretraining", "models", "classes"])
def test_tables_have_the_columns_that_are_described(result, name):
    from core.lab.experiment import result_fields
    words = result_fields(LayerNormResult)[name].help.replace(",", " ").replace(":", " ").replace(";", " ").replace(".", " ").split()
    assert set(getattr(result, name).columns) <= set(words)
    assert len(getattr(result, name))


def test_shares_sum_to_one_everywhere(result):
    for table in (result.epochs, result.variants):
        np.testing.assert_allclose(table[["memorised", "recovered", "random"]].sum(axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(result.epochs["overfit_gap"], result.epochs["train_accuracy"] - result.epochs["test_accuracy"])


def test_every_variant_of_the_plan_is_trained(result):
    for placement in ("post", "pre"):
        wanted = [variant.id for variant in VARIANTS if placement in variant.placements]
        assert result.variants.loc[result.variants["placement"] == placement, "variant"].tolist() == wanted


def test_noise_is_what_was_asked(result):
    assert len(result.samples) == 8  # 20 % of 40
    assert (result.samples["y_true"] != result.samples["y_noisy"]).all()
    assert result.sample_images.shape == (8, 12, 12, 1)
    assert set(result.predictions["sample"]) == set(result.samples["sample"])


def test_pre_ln_folds_and_the_gauge_is_free(result):
    assert result.fold_difference < 1e-5
    gauge = result.gauge
    assert (gauge["logit_difference"] < 1e-4).all()
    assert gauge["accuracy_before"].nunique() == 1
    assert gauge["accuracy_after"].iloc[0] == gauge["accuracy_before"].iloc[0], "at strength 0 there is nothing to strip"
    damage = result.damage.set_index(["placement", "intervention"])["accuracy"]
    assert damage["pre", "folded"] == damage["pre", "intact"]


def test_measured_gradients_stay_under_their_bound(result):
    bounded = result.gradients[result.gradients["bound"].notna()]
    assert len(bounded) == 2 * 2 * 6  # placements, profiled variants, norms
    assert (bounded["gradient"] <= 1.001 * bounded["bound"]).all()
    assert set(bounded["samples"]) == {"test"}


def test_pretraining_moved_the_norms(result):
    assert result.moved_scale_pre > 0.05
    assert result.moved_scale_post > 0.05
    norms = result.norms
    assert set(norms["stage"]) == {"pretrained", "tuned"}
    assert norms.groupby(["placement", "stage"]).size().unique().tolist() == [7]


def test_every_variant_starts_from_the_same_weights_but_for_what_it_changes(subjects):
    subject = subjects["pre"]
    inside = {name for norm in stripped_norms(subject, TINY) for name in norm.weights}
    for variant in TINY.variants("pre"):
        variation = variation_of(variant, subject, TINY, 0)
        base = subject.fresh if variant.kind == "scratch" else subject.state
        changed = {name for name in base if not (base[name] == variation.start[name]).all()}
        if variant.strip in ("none", "frozen"):
            assert changed == set()
        elif variant.strip == "elsewhere":
            assert not changed & inside
        elif variant.strip != "folded":
            assert changed <= inside
        count, distance = n_changed(variant, subject, TINY, variation)
        assert count == {"none": 0, "early": 32, "middle": 32, "later": 32}.get(variant.strip, 96)
        assert (distance > 0) == (variant.strip not in ("none", "frozen") and variant.kind != "scratch")


def test_displacement_is_equal_elsewhere(result):
    rows = result.variants.set_index(["placement", "variant"])
    for placement in ("post", "pre"):
        both = rows.loc[[(placement, "all"), (placement, "elsewhere")]]
        assert both["n_changed"].nunique() == 1
        assert np.ptp(both["displacement"]) < 1e-6


def test_both_placements_begin_alike(subjects):
    """The same random weights, the same images in the same order, the same fresh head."""
    assert all((subjects["pre"].fresh[name] == subjects["post"].fresh[name]).all() for name in subjects["pre"].fresh)
    assert subjects["pre"].task is subjects["post"].task


def test_no_image_is_in_two_parts():
    data = images()
    found = image_task(data, TINY, 0)
    rows = {name: {image.tobytes() for image in part} for name, part in (
        ("train", found.task.images[found.task.train]), ("valid", found.task.images[found.task.valid]),
        ("pretraining", found.pretraining.inputs[: found.pretraining.n_train].numpy()))}
    assert not rows["train"] & rows["valid"]
    assert not (rows["train"] | rows["valid"]) & rows["pretraining"]
    test = found.task.test
    assert (found.task.y_given[test] == found.task.y_true[test]).all()


def test_noise_in_one_class_alone():
    found = image_task(images(), TINY.replace(noise_class=1, noise_share=0.5), 0).task
    assert set(found.y_true[found.is_noisy]) == {1}


def test_a_patch_that_does_not_fit_is_refused_before_training():
    task = image_task(images(), TINY, 0)
    with pytest.raises(InputError, match="patch must divide the images of 12 x 12 pixels, got 5"):
        image_subjects(TINY.replace(patch=5), ("pre",), task, seed=0, context=context())


def test_a_checkpoint_in_the_wrong_place_is_refused(subjects):
    wrong = dataclasses.replace(subjects["pre"], placement="post", name="transformers:somebody/something")
    with pytest.raises(InputError, match="post_model must be a Post-LN model, got transformers:somebody/something, which is Pre-LN: "
                                         "set pre_model=transformers:somebody/something and post_model=none"):
        check_placement(wrong)
    check_placement(subjects["pre"])


def test_all_variants_in_one_computation_agree_with_one_by_one(subjects):
    """As on a GPU: weights that are frozen, displaced, decayed, dropped out or remembered, stacked and mapped over."""
    subject, course = subjects["pre"], dataclasses.replace(course_of(TINY, "cpu"), epochs=2, evaluated=(1, 2))
    variants = TINY.variants("pre")
    variations = [variation_of(variant, subject, TINY, 0) for variant in variants]
    alone = train_side_by_side(variations, course, seed=0, processes=1)
    together = train_side_by_side(variations, course, seed=0, batched=True)
    for variant, one, other in zip(variants, alone, together, strict=True):
        if variant.kind != "dropout":  # which draws other random numbers there
            np.testing.assert_allclose(one.logits, other.logits, atol=5e-3, err_msg=variant.id)
        assert np.isfinite(other.logits).all()
