"""The calculator: its guide against known costs, features and images, and what it refuses before computing."""

import numpy as np
import pandas as pd
import pytest
import safetensors.torch

from core.data.sources import load
from core.lab import jobs
from core.lab.errors import InputError
from core.models.registry import build
from core.retraining.calculator import guide, tables
from core.retraining.calculator.config import IndexConfig
from core.retraining.calculator.experiment import of_features, run
from core.retraining.calculator.features import read_features
from core.retraining.calculator.spec import RETRAINING_INDEX
from core.retraining.resque import shift_index
from core.retraining.shifts.spec import RETRAINING
from core.retraining.shifts.tables import costs_at
from tests.retraining import tiny

CONFIG = IndexConfig(n_images=400, n_index=100, epochs=2, width=4, margin=20)
RANDOM = np.random.Generator(np.random.PCG64(3))
Y = np.arange(90) % 3


@pytest.fixture
def stored(monkeypatch) -> pd.DataFrame:
    """Let the tiny study's cases be what is stored, as two seeds."""
    class Request:
        seeds, run = (0, 1), "0" * 16
        config = tiny.CONFIG

    class Stored:
        request, results = Request, (tiny.result(), tiny.result())

        @staticmethod
        def table(name):
            return getattr(tiny.result(), name)

    monkeypatch.setattr(guide, "stored_run", lambda: Stored)
    return guide.stored_cases(Stored, 20, "full")


def features(path, **changes):
    """Write features of three classes, some array replaced."""
    old = RANDOM.normal(size=(90, 5)) + 4 * np.eye(5)[Y]
    np.savez(path, **({"old": old, "y_old": Y, "new": old + 0.5, "y_new": Y} | changes))
    return str(path)


def test_a_band_holds_a_further_draw_as_often_as_it_says():
    held = []
    for _ in range(400):
        index, cost = RANDOM.random(60), RANDOM.random(60)
        low, middle, high = guide.band(index, cost, 0.5)
        assert low <= middle <= high
        held.append(low <= RANDOM.random() <= high)
    assert np.mean(held) == pytest.approx(0.8, abs=0.06)


def test_a_band_follows_the_index_and_knows_what_was_never_reached():
    index = np.arange(40.0)
    assert guide.band(index, 10 * index, 20.0) == (160.0, 200.0, 240.0)
    cost = np.where(index > 30, np.inf, index)
    low, middle, high = guide.band(index, cost, 32.0)
    assert (low, middle, high) == (28.0, np.inf, np.inf)


def test_coverage_never_looks_at_the_seed_itself():
    index = np.tile(np.arange(20.0), 2)
    apart = pd.DataFrame({"seed": np.repeat([0, 1], 20), "resque": index, "images": np.where(np.arange(40) < 20, 5.0, 9.0)})
    assert guide.coverage(apart, "resque") == 0.0
    assert guide.coverage(apart.assign(images=5.0), "resque") == 1.0
    assert np.isnan(guide.coverage(apart.assign(seed=0), "resque"))


def test_stored_costs_are_those_of_the_study(stored):
    result = tiny.result()
    known = result.cases.drop(columns=["target", "images", "seconds", "change"])
    expected = costs_at(known[known["model"] == "full"], result.curves, result.models, 0.20)["images"]
    assert stored["images"].tolist() == [*expected, *expected]


def test_the_case_of_the_study_has_the_indices_of_the_study(stored):
    """The same seed, shift and model: the very network is found, and every index agrees."""
    found = run(CONFIG.replace(new="blur", level=4), 0, tiny.context())
    case = tiny.result().cases.query("model == 'full' and kind == 'blur' and level == 4").iloc[0]
    values = found.indices.set_index("index")["value"]
    for name in ("resque", "arm_released", "raw_error", "norm_error", "knn_error", "gradient", "p_wasserstein"):
        assert values[name] == pytest.approx(case[name]), name
    assert found.resque == pytest.approx(found.angles["angle"].mean())
    assert found.images_low <= found.images <= found.images_high
    assert found.resque > found.resque_clean > 0
    assert len(found.stored) == 20


def test_without_stored_curves_every_index_stands_alone(monkeypatch):
    monkeypatch.setattr(guide, "stored_run", lambda: None)
    found = run(CONFIG, 0, tiny.context())
    assert np.isfinite(found.indices["value"]).all()
    assert np.isnan(found.images)
    assert found.stored.empty


def test_own_weights_take_the_place_of_training(tmp_path, stored):
    state = {name: value + 0.1 for name, value in build("cnn", n_classes=10, image_shape=(1, 28, 28), width=4).state_dict().items()}
    path, known = tmp_path / "own.safetensors", len(tiny.KEPT)
    safetensors.torch.save_file(state, path)
    found = run(CONFIG.replace(weights=str(path)), 0, tiny.context())
    assert len(tiny.KEPT) == known
    assert found.clean_accuracy < 0.5  # untrained
    with pytest.raises(InputError, match="weights must be those of cnn of width 8 for 10 classes, got a file in which"):
        jobs.make_request(RETRAINING_INDEX, CONFIG.replace(weights=str(path), width=8), (0,))


def test_features_alone(tmp_path, stored):
    given = read_features(features(tmp_path / "a.npz", y_old=Y + 5, y_new=Y + 5))
    measured = of_features(given, 16, 0)
    assert measured.indices["resque"] == pytest.approx(shift_index(given.old, Y, given.new, Y))
    result = tables.result(CONFIG.replace(features="a.npz"), measured)
    values = result.indices.set_index("index")["value"]
    assert np.isnan(values["raw_error"])
    assert np.isfinite(values[["arm_released", "preindex", "knn_error"]]).all()
    np.savez(tmp_path / "outputs.npz", logits=np.zeros((90, 3)), features=given.old, y=Y, shifted_embeddings=given.new, shifted_y=Y)
    assert of_features(read_features(str(tmp_path / "outputs.npz")), 16, 0).indices["resque"] == measured.indices["resque"]
    same = of_features(read_features(features(tmp_path / "b.npz", new=given.old)), 16, 0)
    assert same.indices["knn_error"] < 0.1


@pytest.mark.parametrize("changes, words", [
    ({"y_new": Y % 2}, "old and new must hold the same classes, got 3 and 2, of which 2 are shared"),
    ({"y_old": np.zeros(90, int)}, "old must hold at least 2 classes, got 1"),
    ({"new": np.where(np.arange(90)[:, None] == 4, np.nan, np.ones((90, 5)))}, "new features must be finite, got 1 of 90 samples"),
    ({"new": np.ones((90, 4))}, "old and new must hold equally many features, got 5 and 4"),
    ({"y_new": Y[:7]}, "y_new must hold one class for each of the 90 samples"),
    ({"new": np.array(["a"] * 90)}, "features must be numbers"),
])
def test_bad_features_are_one_sentence_before_computing(tmp_path, changes, words):
    path = features(tmp_path / "bad.npz", **changes)
    with pytest.raises(InputError, match=words):
        jobs.make_request(RETRAINING_INDEX, CONFIG.replace(features=path), (0,))


def test_files_that_are_no_features(tmp_path):
    np.savez(tmp_path / "less.npz", old=np.eye(3))
    np.save(tmp_path / "one.npy", np.eye(3))
    (tmp_path / "text.npz").write_text("no")
    for name, words in (("less.npz", "y_old, new, y_new is missing"), ("one.npy", "numpy.savez"), ("text.npz", "numpy.savez"),
                        ("none.npz", "features must")):
        with pytest.raises(InputError, match=words):
            read_features(str(tmp_path / name))


def test_bad_images_are_one_sentence_before_computing(tmp_path):
    data, path = load("digits"), tmp_path / "two.npz"
    two, test = data.y_train < 2, data.y_test < 2
    np.savez(path, x_train=data.x_train[two], y_train=data.y_train[two], x_test=data.x_test[test], y_test=data.y_test[test])
    ask = lambda **changes: jobs.make_request(RETRAINING_INDEX, CONFIG.replace(**changes), (0,))  # noqa: E731
    with pytest.raises(InputError, match="new data must have the 10 classes of the old data, got 2"):
        ask(new=f"npz:{path}")
    with pytest.raises(InputError, match=r"layer must be last or one of blocks\.0\.0"):
        ask(layer="blocks.9")
    with pytest.raises(InputError, match="new must be one of gaussian"):
        ask(new="snow")
    with pytest.raises(InputError, match=r"layer must be last or one of blocks\.0\.0"):
        jobs.make_request(RETRAINING, tiny.CONFIG.replace(layer="blocks.9"), (0,))
