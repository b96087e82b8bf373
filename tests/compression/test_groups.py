"""The study end to end on a tiny network: what it returns fits together, and the contrasts are what they say."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata, spearmanr

from core.compression.cohorts import draw, edge_count, rows_per_group
from core.compression.effects import difference_in_differences, effect_table, size_effect
from core.compression.group_outputs import margins
from core.compression.groups.config import CompressionConfig
from core.compression.points import FLOAT, QAT, RETRAINED, SHAM, SHAM_PRUNE, parse_bits, parse_sparsities
from core.compression.ranks import beyond, rank_correlation, shuffled
from core.data.dataset import ImageDataset
from core.data.sources import load
from core.lab.errors import InputError
from core.lab.experiment import result_fields
from core.lab.seeds import generator
from core.lab.store import load_result, save_result
from tests.compression import tiny


@pytest.fixture(scope="module")
def result():
    return tiny.result()


def test_every_setting_of_both_copies_is_there(result):
    of = {copy: set(part["setting"]) for copy, part in result.settings.groupby("copy")}
    both = {FLOAT, "w8a8", "w4a4", "p10", "p80", QAT, RETRAINED, SHAM, SHAM_PRUNE}
    assert of["tail"] == both | {"w8", "w4", "a8", "a4"}
    assert of["balanced"] == both
    assert set(result.effects["setting"]) == both


def test_headlines_follow_from_the_tables(result):
    effect = result.effects.set_index("setting")
    assert result.did_qat == effect.at[QAT, "did"] == pytest.approx(effect.at[QAT, "tail_minus_head"] - result.placebo_qat)
    assert result.did_prune == effect.at[RETRAINED, "did"]
    tail = result.settings[result.settings["copy"] == "tail"].set_index("setting")
    assert result.tail_drop_qat == pytest.approx(tail.at[FLOAT, "tail"] - tail.at[QAT, "tail"])
    assert result.gap_qat == pytest.approx(tail.at[QAT, "gap"] - result.float_gap)
    chain = result.chain[(result.chain["copy"] == "tail") & (result.chain["setting"] == FLOAT)]
    assert chain["accuracy"].mean() == pytest.approx(result.float_accuracy)
    assert (chain["drop"] == 0).all()
    assert (chain["excess_loss"] == 0).all()


def test_groups_know_their_place(result):
    tail = result.groups[result.groups["copy"] == "tail"].sort_values("rank")
    assert tail["n_train"].is_monotonic_decreasing
    assert tail["n_train"].sum() == tiny.CONFIG.n_train
    assert list(tail["edge"]) == ["head"] * 3 + ["middle"] * 4 + ["tail"] * 3
    balanced = result.groups[result.groups["copy"] == "balanced"]
    assert set(balanced["n_train"]) == {tiny.CONFIG.n_train // 10}
    assert balanced.set_index("group")["rank"].equals(tail.set_index("group")["rank"].sort_index())


def test_counts_of_confusions_are_the_test_images(result):
    per_group = result.confusions.groupby(["setting", "group"])["n"].sum()
    assert set(per_group) == {tiny.CONFIG.n_test}
    right = result.confusions[result.confusions["y"] == result.confusions["y_pred"]].groupby(["setting", "group"])["n"].sum()
    chain = result.chain[result.chain["copy"] == "tail"].set_index(["setting", "group"])["accuracy"]
    shares = (right / tiny.CONFIG.n_test).reindex(chain.index).fillna(0.0)
    assert np.allclose(shares, chain)


def test_smaller_networks_take_fewer_bytes(result):
    size = result.settings[result.settings["copy"] == "tail"].set_index("setting")["size_bytes"]
    assert size[FLOAT] == size[SHAM] > size["w8a8"] > size["w4a4"] > size[QAT]
    assert size[FLOAT] > size["p10"] > size["p80"] > size[RETRAINED]


def test_mild_compression_changes_little_and_is_foretold(result):
    rows = result.chain[(result.chain["copy"] == "tail")].set_index("setting")
    assert rows.loc["w8a8", "drop"].abs().mean() < 0.03
    assert result.taylor_error < 0.2
    assert result.bound_reached < 1.0
    assert result.identity_error < 1e-3


def test_a_result_survives_the_store(result, tmp_path):
    save_result(tmp_path, "ab" * 8, result, {"metrics": {}, "cost": {}})
    loaded, _ = load_result(tmp_path, "ab" * 8, type(result))
    for name in result_fields(type(result)):
        kept = getattr(loaded, name)
        if isinstance(kept, pd.DataFrame):
            assert list(kept.columns) == list(getattr(result, name).columns)


def test_size_effect_by_hand():
    """Harm rises by one from size to size, plus a difficulty of the middle group that both copies share."""
    sizes, difficulty = np.array([400, 100, 25]), np.array([0.0, 3.0, 0.0])
    assert size_effect(np.array([0.0, 1.0, 2.0]) + difficulty, difficulty, sizes) == pytest.approx(2.0)
    assert size_effect(difficulty, difficulty, sizes) == pytest.approx(0.0)
    assert np.isnan(size_effect(difficulty, difficulty, np.array([5, 5, 5])))


def test_difference_in_differences_by_hand():
    rows = pd.DataFrame({"copy": ["tail"] * 3 + ["balanced"] * 3, "group": [0, 1, 2] * 2, "drop": [0.01, 0.5, 0.07, 0.02, 0.5, 0.03]})
    found = difference_in_differences(rows, np.array(["head", "middle", "tail"]))
    assert found == pytest.approx({"tail_minus_head": 0.06, "placebo": 0.01, "did": 0.05})
    assert effect_table(pd.DataFrame({**rows, "setting": "x", "excess_loss": rows["drop"]}), pd.DataFrame({
        "copy": ["tail"] * 3, "group": [0, 1, 2], "edge": ["head", "middle", "tail"], "n_train": [400, 100, 25]}),
        )["did"].tolist() == pytest.approx([0.05])


def test_margins_and_ranks_by_hand():
    logits = np.array([[3.0, 1.0, 0.0], [0.0, 1.0, 4.0]])
    assert margins(logits, np.array([0, 1])).tolist() == [2.0, -3.0]
    assert rank_correlation(np.array([1, 2, 3]), np.array([10, 20, 15])) == pytest.approx(0.5)
    assert np.isnan(rank_correlation(np.array([1.0, 1.0]), np.array([1.0, 2.0])))


def test_ranks_agree_with_scipy_and_with_residuals_of_ranks():
    rng = np.random.default_rng(0)
    first, second, given = rng.integers(0, 6, (3, 12)).astype(float)  # ties included
    assert rank_correlation(first, second) == pytest.approx(spearmanr(first, second).statistic)
    columns = [np.ones(12), rankdata(given)]
    left = [rankdata(values) - np.stack(columns, 1) @ np.linalg.lstsq(np.stack(columns, 1), rankdata(values), rcond=None)[0]
            for values in (first, second)]
    assert beyond(first, second, given) == pytest.approx(np.corrcoef(*left)[0, 1])
    assert beyond(given, second, given) == beyond(first, given, 3 * given) == 0.0
    assert np.isnan(beyond(first, np.full(12, np.nan), given))


def test_many_shuffles_leave_no_noise_where_one_does():
    rng, values = np.random.default_rng(0), np.arange(10.0)
    assert abs(shuffled(lambda moved: rank_correlation(values, moved), values, rng)) < 4 / 3 / np.sqrt(200)
    assert shuffled(lambda moved: float(moved.sum()), values, rng) == 45.0


def test_the_chain_has_every_link_at_every_headline_setting(result):
    rows = result.chain.set_index(["copy", "setting"])
    links = ["gradient_norm", "eigenvalue", "eigenvalue_error", "trace", "trace_error"]
    for setting in (FLOAT, "w8a8", "w4a4", "p10", "p80", QAT, RETRAINED):
        there = rows.loc[("tail", setting)]
        assert np.isfinite(there[links]).all(axis=None), setting
        assert (there["eigenvalue_error"] <= 0.01 * there["eigenvalue"].abs() + 1e-12).all()
        assert (there["trace_error"] > 0).all()
    assert rows.loc[("tail", "w8"), links].isna().all(axis=None)


def test_rivals_and_variance_follow_from_the_tables(result):
    chain = result.chain[result.chain["copy"] == "tail"]
    by = {name: chain.pivot(index="group", columns="setting", values=name) for name in ("excess_loss", "logit_variance")}
    groups = result.groups[result.groups["copy"] == "tail"].set_index("group")
    wanted = [spearmanr(-by["logit_variance"][slug] / by["logit_variance"][FLOAT], by["excess_loss"][slug]).statistic
              for slug in ("w8a8", "w4a4", "p10", "p80")]
    assert result.variance_loss_rank == pytest.approx(np.mean(wanted))
    assert result.gradient_over_loss == pytest.approx(result.gradient_rank - result.loss_rank)
    assert result.loss_rank == pytest.approx(spearmanr(groups["train_loss"], by["excess_loss"]["p80"]).statistic)
    for name in ("gradient_rank", "curvature_rank", "variance_loss", "variance_beyond", "curvature_over_loss", "taylor_rank"):
        assert abs(getattr(result, f"{name}_shuffled")) < 0.15


def test_draws_of_the_disparity_lie_around_it(result):
    assert result.disparity_draws.shape == (len(result.settings), 300)
    assert result.disparity_draws.dtype == np.float32
    compressed = (result.settings["setting"] != FLOAT).to_numpy()
    assert (result.disparity_draws[~compressed] == 0).all()
    inside = (result.settings["disparity_low"] <= result.settings["disparity"]) & (
        result.settings["disparity"] <= result.settings["disparity_high"])
    assert inside.all()


@pytest.mark.parametrize("text", ["1,4", "8,17", "4,4", "4,x", "", "2.5"])
def test_bits_outside_their_range_are_refused(text):
    with pytest.raises(InputError, match="2 to 16"):
        parse_bits(text)


@pytest.mark.parametrize("text", ["0", "96", "50,50", "x", "-1"])
def test_sparsities_outside_their_range_are_refused(text):
    with pytest.raises(InputError, match="at most 95"):
        parse_sparsities(text)


@pytest.mark.parametrize("changes", [{"bits": "1"}, {"sparsities": "100"}, {"n_train": 200, "n_calibration": 500}, {"imbalance": 0.5}])
def test_a_config_refuses_what_cannot_be(changes):
    with pytest.raises(InputError):
        CompressionConfig(**changes)


def grouped(counts_train: tuple[int, ...], counts_test: tuple[int, ...]) -> ImageDataset:
    """Return grey images of two classes with groups of the given sizes."""
    train, test = (np.repeat(np.arange(len(counts)), counts) for counts in (counts_train, counts_test))
    pictures = [np.zeros((len(groups), 8, 8, 1), np.uint8) for groups in (train, test)]
    return ImageDataset("npz:x", "x", pictures[0], np.arange(len(train)) % 2, pictures[1], np.arange(len(test)) % 2, ("a", "b"), "f", "",
                        train, test)


def test_groups_of_ones_own_keep_their_shares_beside_a_balanced_copy():
    cohorts = draw(grouped((600, 300, 100), (50, 50, 50)), CompressionConfig(n_train=240, n_test=50, batch_size=32, n_calibration=40), 0)
    assert cohorts.sizes(0).tolist() == [144, 72, 24]
    assert cohorts.sizes(1).tolist() == [80, 80, 80]
    assert cohorts.rank.tolist() == [0, 1, 2]
    assert list(cohorts.edges) == ["head", "middle", "tail"]


def test_too_few_samples_of_a_group_are_one_sentence():
    config = CompressionConfig(n_train=600, n_test=50, n_calibration=40)
    with pytest.raises(InputError, match=r"group 2 has 100 of the 200"):
        draw(grouped((600, 300, 100), (50, 50, 50)), config, 0)
    with pytest.raises(InputError, match=r"at least 20 test images"):
        draw(grouped((600, 300, 300), (50, 50, 5)), config, 0)
    with pytest.raises(InputError, match=r"n_test must be at most 40, the test images of group 1, got 50: lower it\.$"):
        draw(grouped((600, 300, 300), (50, 40, 50)), config, 0)
    with pytest.raises(InputError, match="imbalance"):
        draw(load("fashion-mnist"), dataclasses.replace(config, imbalance=200.0, n_train=200, batch_size=32), 0)


def test_edges_are_three_tenths_and_never_none():
    assert [edge_count(n) for n in (2, 3, 6, 10, 100)] == [1, 1, 2, 3, 30]


def test_test_images_are_equally_many_of_each_group():
    groups = np.array([0] * 50 + [1] * 30)
    rows = rows_per_group(groups, ("a", "b"), 25, generator(0, "x"))
    assert np.bincount(groups[rows]).tolist() == [25, 25]
    assert len(set(rows.tolist())) == 50
