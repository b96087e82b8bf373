"""Bad input: one sentence each, before any work starts; and data with known groups."""

import numpy as np
import pytest

from core.data.dataset import ImageDataset
from core.lab.errors import InputError
from core.spurious.config import FULL, SpuriousConfig
from core.spurious.data_rules import KNOWN, check_data, check_facts, data_fingerprint
from core.spurious.design import draw
from core.spurious.retrain.config import RetrainConfig
from core.spurious.scenarios import make_scenarios
from core.spurious.study.spec import LITE

SMALL = {"n_train": 40, "n_validation": 10, "biased_class": 0, "harmed_class": 1}


def dataset(n: int = 60, *, attribute: bool = False, n_classes: int = 3) -> ImageDataset:
    rng = np.random.default_rng(0)
    y, y_test = np.repeat(np.arange(n_classes), n), np.repeat(np.arange(n_classes), 20)
    x, x_test = (rng.integers(0, 256, (len(labels), 12, 12, 1)).astype(np.uint8) for labels in (y, y_test))
    groups = [np.arange(len(labels)) % 4 == 0 for labels in (y, y_test)]
    return ImageDataset("npz:t.npz", "t.npz", x, y, x_test, y_test, tuple("abc")[:n_classes], "f", "",
                        *([part.astype(np.int64) for part in groups] if attribute else (None, None)))


@pytest.mark.parametrize("settings, words", [
    ({"carrier_share": 0.0001}, "carrier_share must mark at least one of the 1500 training images .* got 0.0001, which rounds to none"),
    ({"identifiable_share": 0.0001}, "identifiable_share must mark at least one of the 1500"),
    ({"carrier_share": 1.0}, r"carrier_share must lie in \[0, 0.9\], got 1.0"),
    ({"biased_class": 3, "harmed_class": 3}, "biased_class and harmed_class must be two classes, got 3 for both"),
    ({"share": 1.0}, "pruning must leave every class an image, got a share of 1 of 1500: lower it"),
    ({"sweep": "0.5+1.2"}, "shares between 0 and 1 joined by"), ({"sweep": "half"}, "such as 0.25.0.5, got 'half'"),
    ({"cue": "attribute"}, "cue=attribute needs data of your own with groups, got 'fashion-mnist'"),
    ({"score_epoch": 9}, r"score_epoch must be at most epochs \(8\), got 9"),
    ({"score": "forgetting", "epochs": 1}, "score=forgetting needs at least 2 epochs to see a change, got 1"),
    ({"strength": 1.5}, r"strength must lie in \[0, 1\], got 1.5")])
def test_settings_that_do_not_go_together(settings, words):
    with pytest.raises(InputError, match=words):
        SpuriousConfig(**settings)


@pytest.mark.parametrize("settings, words", [
    ({"mark_size": 40}, "a patch must be between 1 and 26 pixels wide to fit into images of 28 x 28, got 40"),
    ({"mark": "frame", "mark_size": 14}, "a frame must be between 1 and 13"),
    ({"biased_class": 10}, r"biased_class must be a class of Fashion-MNIST \(0 to 9\), got 10"),
    ({"n_validation": 1990}, "every class needs 20 training images beside the 1990 for validation, got 2000"),
    ({"n_train": 5000, "n_validation": 1970, "sweep": "0.98"}, "pruning must leave every class an image, got a share of 0.98 of 30")])
def test_known_data_is_checked_without_being_read(settings, words):
    with pytest.raises(InputError, match=words):
        data_fingerprint(LITE.replace(**settings))


def test_a_share_that_rounds_to_nothing_in_a_small_class():
    with pytest.raises(InputError, match=r"at least one of the 50 training images of the biased class, got 0.005"):
        check_data(dataset(), LITE.replace(**SMALL | {"n_train": 200}, carrier_share=0.005))


def test_the_published_recipe_fits_its_data():
    check_facts(KNOWN["cifar10"], FULL)


def test_data_of_a_user():
    config = LITE.replace(**SMALL)
    check_data(dataset(), config)
    with pytest.raises(InputError, match=r"harmed_class must be a class of t.npz \(0 to 2\), got 7"):
        check_data(dataset(), config.replace(harmed_class=7))
    with pytest.raises(InputError, match=r"every class needs 20 training images beside the 10 for validation, got 25 in t.npz"):
        check_data(dataset(25), config)
    empty = dataset()
    object.__setattr__(empty, "y_test", np.zeros_like(empty.y_test))
    with pytest.raises(InputError, match="the harmed class must have test images, got none of b"):
        check_data(empty, config)


def test_known_groups_are_checked():
    config = LITE.replace(**SMALL, cue="attribute", dataset="npz:t.npz")
    check_data(dataset(attribute=True), config)
    with pytest.raises(InputError, match=r"or a column of groups in metadata\.csv, got none in t\.npz"):
        check_data(dataset(), config)
    with pytest.raises(InputError, match="of the biased class must hold some with attribute 5 and some without, got 0 of 60"):
        check_data(dataset(attribute=True), config.replace(attribute_value=5))


def test_an_attribute_array_of_wrong_length_is_one_sentence(tmp_path):
    data, path = dataset(attribute=True), tmp_path / "short.npz"
    np.savez(path, x_train=data.x_train, y_train=data.y_train, x_test=data.x_test, y_test=data.y_test,
             attribute_train=data.attribute_train[:-1], attribute_test=data.attribute_test)
    with pytest.raises(InputError, match="attribute_train must hold one label per image, got 179 labels for 180 images"):
        data_fingerprint(LITE.replace(**SMALL, dataset=f"npz:{path}", cue="attribute"))


def test_drawing_keeps_training_and_validation_apart_and_repeats():
    config = LITE.replace(**SMALL)
    design = draw(dataset(), config, 0)
    assert np.bincount(design.y).tolist() == [40, 40]
    assert np.bincount(design.y_validation).tolist() == [10, 10]
    as_rows = {image.tobytes() for image in design.x}
    assert len(as_rows) == 80
    assert not as_rows & {image.tobytes() for image in design.x_validation}
    np.testing.assert_array_equal(design.x, draw(dataset(), config, 0).x)
    assert not np.array_equal(design.x, draw(dataset(), config, 1).x)


def test_a_small_class_gives_all_it_has():
    design = draw(dataset(), LITE.replace(**SMALL | {"n_train": 1000}, classes="all"), 0)
    assert np.bincount(design.y).tolist() == [50, 50, 50]
    assert design.names == ("a", "b", "c")


def test_the_biased_class_comes_first_in_a_pair():
    data = dataset()
    design = draw(data, LITE.replace(**SMALL | {"biased_class": 2, "harmed_class": 0}), 0)
    assert (design.biased, design.harmed, design.names) == (0, 1, ("c", "a"))
    of_class = {image.tobytes() for image in data.x_train[data.y_train == 2]}
    assert {image.tobytes() for image in design.x[design.y == 0]} <= of_class


def test_only_the_exam_is_marked():
    design = draw(dataset(), LITE.replace(**SMALL), 0)
    exam = design.exam(1.0, 0.2, "main")
    assert (exam.cued[:, 1:4, 1:4] == 255).all()
    np.testing.assert_array_equal(exam.plain, design.plain)
    marked = (exam.validation[:, 1:4, 1:4] == 255).all(axis=(1, 2, 3))
    assert marked.sum() == 2
    assert (exam.y_validation[marked] == design.biased).all()


def test_a_minority_is_marked_where_many_carriers_stand_out_and_nowhere_else():
    """The group that GroupDRO and JTT protect: in training, in validation, and as a group of its own."""
    design = draw(dataset(), LITE.replace(**SMALL, identifiable_share=0.5, minority_share=0.1), 0)
    found = make_scenarios(design, None)
    many, main = found["identifiable"], found["main"]
    assert (int(many.minority.sum()), int(main.minority.sum())) == (4, 0)
    assert (design.y[many.minority] == design.harmed).all()
    images = dict(zip(many.version.places.tolist(), many.version.images, strict=True))
    assert all((images[place][1:4, 1:4] == 255).all() for place in np.flatnonzero(many.minority))
    assert np.bincount(many.groups).tolist() == [20, 20, 36, 4]
    assert np.bincount(main.groups, minlength=4)[3] == 0
    marked = (many.exam.validation[:, 1:4, 1:4] == 255).all(axis=(1, 2, 3))
    assert np.bincount(many.exam.y_validation[marked]).tolist() == [5, 1]


def test_known_groups_split_the_test_images():
    design = draw(dataset(attribute=True), LITE.replace(**SMALL, cue="attribute", dataset="npz:t.npz"), 0)
    assert len(design.plain) == 30
    assert len(design.cued) == 10
    assert design.has_cue.sum() > 0
    assert design.area is None
    np.testing.assert_array_equal(design.exam(1.0, 0.2, "main").cued, design.cued)


def test_a_single_pruning_has_the_same_rules():
    with pytest.raises(InputError, match="pruning must leave every class an image"):
        RetrainConfig(rule="hardest", share=1.0)
    assert RetrainConfig(rule="oracle_hardest", share=1.0).room_config().evidence is False
