"""The repairs end to end on a few images: every arm there, equal sizes where sizes are compared, numbers that follow from tables."""

import numpy as np
import pytest

from core.compression.points import FLOAT_ARMS, PRUNE_ARMS, QAT_ARMS
from core.compression.repair.config import RepairConfig
from core.compression.repair.experiment import run
from core.lab.errors import InputError
from core.lab.experiment import Context

CONFIG = RepairConfig(
    model="mlp", n_train=300, n_test=20, width=4, epochs=2, retrain_epochs=1, n_calibration=60, batch_size=12, penalty_step=0.5)


class Shelf:
    """Stored networks in memory, counting what is put."""

    def __init__(self):
        self.kept, self.n_put = {}, 0

    def get(self, identity):
        return self.kept.get(repr(identity))

    def put(self, identity, arrays):
        self.kept[repr(identity)] = dict(arrays)
        self.n_put += 1


def run_on(shelf, config=CONFIG):
    return run(config, 0, Context(device="cpu", threads=2, models=shelf, begin=lambda step: None, report=lambda *words: None))


@pytest.fixture(scope="module")
def shelf():
    return Shelf()


@pytest.fixture(scope="module")
def result(shelf):
    return run_on(shelf)


def test_every_arm_of_every_family_is_there(result):
    rounded = [f"qat-{arm.id}" for arm in QAT_ARMS]
    assert result.arms["setting"].tolist() == [
        "float", *rounded, *(f"retrained-{arm.id}" for arm in PRUNE_ARMS), "sham", "finetuned-balanced", "sham-prune"]
    assert len(FLOAT_ARMS) == 2
    assert len(result.groups) == 10 * len(result.arms)
    assert result.curves.groupby("setting").size().eq(1).all()


def test_sizes_are_equal_where_arms_are_compared(result):
    arms = result.arms.set_index("setting")
    rounded = arms[arms.family == "quantise"]
    for part in (rounded[~rounded.is_mixed], rounded[rounded.is_mixed], arms[arms.family == "prune"], arms[arms.family == "none"]):
        assert part["size_bytes"].nunique() == 1
    assert (arms.loc[["qat-plain", "qat-balanced"], "weight_bits"] == CONFIG.qat_bits).all()
    assert 0.9 * arms.at["qat-plain", "size_bytes"] < arms.at["qat-mixed", "size_bytes"] <= arms.at["qat-plain", "size_bytes"]
    assert result.allocation["taken"].min() < CONFIG.qat_bits < result.allocation["taken"].max()
    n_weights = result.allocation["n_weights"]
    for column in ("average", "worst", "taken"):
        assert (n_weights * result.allocation[column]).sum() <= CONFIG.qat_bits * n_weights.sum()
    assert arms.at["retrained-plain", "size_bytes"] < arms.at["sham", "size_bytes"]


def test_numbers_follow_from_the_groups(result):
    accuracy = result.groups.pivot(index="setting", columns="group", values="accuracy")
    gap = accuracy.max(axis=1) - accuracy.min(axis=1)
    assert result.repair_qat == pytest.approx(gap["qat-balanced"] - gap["qat-plain"])
    assert result.after_before == pytest.approx(gap["retrained-fair-after"] - gap["retrained-fair-before"])
    assert result.repair_beyond == pytest.approx(result.repair_qat - (gap["finetuned-balanced"] - gap["sham"]))
    tail = result.groups[result.groups["edge"] == "tail"]["group"].unique()
    assert sorted(result.groups.loc[result.groups["edge"] == "tail", "rank"].unique()) == [7, 8, 9]
    assert result.tail_repaired == pytest.approx((accuracy.loc["qat-balanced", tail] - accuracy.loc["qat-plain", tail]).mean())
    assert (result.groups["accuracy_low"] <= result.groups["accuracy"]).all()


def test_arms_differ_in_what_they_do(result):
    curves = result.curves.set_index("setting")["train_loss"]
    assert curves.nunique() == len(curves)
    assert curves["retrained-fair-after"] != curves["retrained-plain"]
    widths = result.sensitivity.groupby("bits")["excess_loss"].apply(lambda part: np.abs(part).sum())
    assert widths[2] > widths[8]


def test_networks_are_trained_once_and_kept(result, shelf):
    before = shelf.n_put
    again = run_on(shelf)
    assert shelf.n_put == before == 2 * (1 + 1 + 16)  # network and test curve: of float, of what is held from the start, of every arm
    assert again.arms.equals(result.arms)
    other = run_on(shelf, CONFIG.replace(penalty_step=0.4))
    assert shelf.n_put == before + 2 * 4  # the network held from the start and the three arms that know the penalty
    assert other.arms.set_index("setting").loc["qat-plain"].equals(result.arms.set_index("setting").loc["qat-plain"])


def test_a_budget_below_the_fewest_bits_is_refused():
    with pytest.raises(InputError, match=r"size_budget must leave each weight 1 bit, 50% of 2 bits, got 40%: raise it\.$"):
        CONFIG.replace(size_budget=40.0)
    assert CONFIG.replace(size_budget=50.0).mean_bits == 1.0
