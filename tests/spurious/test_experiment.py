"""The room end to end on few images and small networks: what it returns fits together, and stored networks are not trained again."""

import numpy as np
import pandas as pd
import pytest

from core.data.sources import load
from core.lab.experiment import Context, result_fields
from core.lab.store import ModelStore, load_result, save_result
from core.spurious.columns import COLUMNS, OUTCOMES, table_of
from core.spurious.config import SpuriousConfig
from core.spurious.design import Exam
from core.spurious.exam import mean_outcomes, outcomes
from core.spurious.prunings import Pruning, arm_names
from core.spurious.retrain.config import retrain_config
from core.spurious.retrain.experiment import run as run_retrain
from core.spurious.study import experiment
from core.spurious.study.result import SpuriousResult
from core.training import kept

SETTINGS = {"n_train": 60, "n_validation": 20, "epochs": 3, "score_epoch": 2, "width": 4, "batch_size": 20, "carrier_share": 0.1,
            "sweep": "0.25", "repeats": 2, "identifiable_share": 0.5, "precision": "float32", "biased_class": 3, "harmed_class": 0}
N_TEST = 60


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """A context that keeps networks, so that the tests of this file train once."""
    return Context(device="cpu", threads=2, models=ModelStore(tmp_path_factory.mktemp("store")), begin=lambda step: None,
                   report=lambda fraction, activity="", curve=None: None)


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """Settings on a few real images of four classes."""
    data, path = load("fashion-mnist"), tmp_path_factory.mktemp("data") / "few.npz"
    arrays = {}
    for part, x, y, n in (("train", data.x_train, data.y_train, 80), ("test", data.x_test, data.y_test, N_TEST)):
        rows = np.concatenate([np.flatnonzero(y == label)[:n] for label in (0, 1, 5, 6)])
        arrays |= {f"x_{part}": x[rows], f"y_{part}": np.repeat(np.arange(4), n)}
    np.savez(path, **arrays)
    return SpuriousConfig(dataset=f"npz:{path}", **SETTINGS)


@pytest.fixture(scope="module")
def result(context, config):
    return experiment.run(config, 0, context)


def test_tables_have_their_columns(result):
    for name in COLUMNS:
        table = getattr(result, {"diffroar": "diffroar_levels"}.get(name, name))
        assert list(table.columns) == list(COLUMNS[name]), name
        assert len(table), name


def test_numbers_are_finite_and_agree_with_the_tables(result):
    numbers = {name: getattr(result, name) for name, what in result_fields(SpuriousResult).items() if what.__class__.__name__ == "Metric"}
    assert not [name for name, value in numbers.items() if not np.isfinite(value)]
    sweep = result.sweep.set_index(["scenario", "rule", "share"])
    assert result.reliance == sweep.loc[("main", "none", 0.0), "reliance"]
    assert result.hardest_over_random == pytest.approx(
        sweep.loc[("main", "random", 0.5), "reliance"] - sweep.loc[("main", "hardest", 0.5), "reliance"])
    causal = result.causal.set_index("block")
    assert result.hard_over_easy == pytest.approx(causal.loc["hardest", "reliance"] - causal.loc["easiest", "reliance"])
    assert result.reliance_clean == causal.loc["clean", "reliance"]


def test_counts_of_the_sweep_are_exact(result):
    sweep = result.sweep
    assert (sweep["n_train"] + sweep["n_pruned"] == 120).all()
    of_classes = sweep[sweep["rule"].isin(["hardest", "random", "easiest", "others_hardest"]) & (sweep["scenario"] != "noisy")]
    assert (of_classes["n_pruned"] == np.ceil(of_classes["share"] * 60) * 2).all()
    oracle = sweep[sweep["rule"].str.startswith("oracle") & (sweep["scenario"] == "main")]
    assert (oracle["n_pruned"] == np.ceil(oracle["share"] * 6)).all()
    assert (oracle["n_carriers_left"] == 6 - oracle["n_pruned"]).all()
    others = sweep[sweep["rule"] == "others_hardest"]
    assert (others["n_carriers_left"] == others["n_carriers"]).all()
    assert (sweep.loc[sweep["scenario"] == "noisy", "n_wrong"] == round(0.05 * 114)).all()
    assert (sweep.loc[sweep["scenario"] == "identifiable", "n_carriers"] == 30).all()


def test_fixed_epochs_halve_the_steps(result):
    sweep = result.sweep.set_index(["scenario", "rule", "share"])
    assert sweep.loc[("main", "none", 0.0), "steps"] == 3 * 6
    assert sweep.loc[("main", "hardest", 0.5), "steps"] == 3 * 3


def test_images_fit_their_tables(result):
    assert len(result.sample_images) == len(result.samples)
    assert len(result.example_images) == len(result.examples)
    assert len(result.attribution_maps) == len(result.maps)
    assert np.abs(result.attribution_maps).max() <= 1.0
    for sample, image in zip(result.samples.itertuples(), result.sample_images, strict=True):
        assert bool((image[1:4, 1:4] == 255).all()) == sample.is_carrier
    marked = result.examples["is_marked"].to_numpy()
    assert (result.example_images[marked][:, 1:4, 1:4] == 255).all()
    np.testing.assert_array_equal(result.example_images[marked][:, 4:], result.example_images[~marked][:, 4:])


def test_histograms_are_distributions(result):
    for _, part in result.histogram.groupby("scenario"):
        np.testing.assert_allclose(part[["carriers", "others", "harmed"]].sum(), 1.0)


def test_rivals_name_the_labels_they_need(result):
    labels = result.rivals.set_index(["scenario", "method"])["labels"]
    assert labels["main", "hardest"] == labels["identifiable", "inferred_hardest"] == "none"
    assert "group" in labels["main", "group_dro"]
    assert labels["main", "oracle_hardest"] == "which images carry the cue"


def test_stored_networks_are_not_trained_again(context, config, result, monkeypatch):
    monkeypatch.setattr(kept, "train_wanted", lambda *given, **named: pytest.fail("a stored network was trained again"))
    again = experiment.run(config.replace(evidence=False), 0, context)
    pd.testing.assert_frame_equal(again.sweep, result.sweep)
    assert again.rivals.empty
    assert np.isnan(again.diffroar)


def test_a_single_pruning_repeats_the_sweep(context, config, result, monkeypatch):
    """Same images, scores and streams: the network of the sweep is found in the store; the random control is trained."""
    trained = []
    real = kept.train_wanted

    def count(images, wanted, **settings):
        trained.append(len(wanted) - len(settings["skip"]))
        return real(images, wanted, **settings)
    monkeypatch.setattr(kept, "train_wanted", count)
    single = run_retrain(retrain_config(config, "hardest", 0.25), 0, context)
    assert trained == [1]
    sweep = result.sweep.set_index(["scenario", "rule", "share"])
    assert single.reliance == sweep.loc[("main", "hardest", 0.25), "reliance"]
    assert single.reliance_before == result.reliance
    assert single.n_pruned == 30
    assert single.sweep["n_pruned"].tolist() == [0, 30, 30]


def test_a_result_survives_the_store(result, tmp_path):
    save_result(tmp_path, "0123456789abcdef", result, {"experiment": "spurious"})
    loaded, _ = load_result(tmp_path, "0123456789abcdef", SpuriousResult)
    np.testing.assert_array_equal(loaded.attribution_maps, result.attribution_maps)
    pd.testing.assert_frame_equal(loaded.sweep, result.sweep)


def test_outcomes_by_hand():
    """Classes 0 biased, 1 harmed. Marked: two of four harmed are misled. Plain: one of two harmed is confused."""
    exam = Exam(np.zeros(4), np.array([0, 0, 1, 1]), np.zeros(6), np.array([0, 0, 1, 1, 1, 1]), np.zeros(4), np.array([0, 0, 0, 1]), 1.0)
    found = outcomes(np.array([0, 1, 0, 1]), np.array([0, 0, 0, 0, 1, 1]), np.array([0, 1, 1, 1]), exam, biased=0, harmed=1)
    assert found == pytest.approx({
        "reliance": 0.5, "reliance_unmarked": 0.5, "harmed_accuracy": 0.5, "worst_group_accuracy": 0.5, "average_accuracy": 0.5,
        "validation_accuracy": (1 / 3 + 1) / 2, "validation_worst_class": 1 / 3})
    assert tuple(found) == OUTCOMES


def test_repeats_are_averaged():
    first, second = (dict.fromkeys(OUTCOMES, value) for value in (0.2, 0.5))
    assert mean_outcomes([first, second]) == pytest.approx(dict.fromkeys(OUTCOMES, 0.35))
    config = SpuriousConfig(repeats=2)
    assert arm_names(Pruning("main", "hardest", 0.5), config) == ["main hardest 0.5", "main hardest 0.5 again 1"]
    assert arm_names(Pruning("main", "hardest", 0.25), config) == ["main hardest 0.25"]


def test_a_row_without_its_columns_is_refused():
    with pytest.raises(ValueError, match="a row of curves must have model, epoch"):
        table_of("curves", [{"model": "clean"}])
