"""Flows add up: counted from sets, never copied."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.language.units import UnitSpace
from core.safety.categories import CATEGORIES, CategoryShares, categorise, normalised
from core.safety.transfer import Reference, flow_table, flows, kept, scaled

SPACE = UnitSpace(n_layers=2, width=8, heads=4, key_heads=2, head_size=3, neurons=20)
CODES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)


def test_flows_by_hand():
    before, after = np.array([0, 0, 1, 2, 3, 3]), np.array([0, 2, 1, 2, 2, 3])
    assert flows(before, after).tolist() == [[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 1]]
    assert kept(before, after, 0) == 0.5
    assert np.isnan(kept(np.array([1]), np.array([1]), 0))
    table = flow_table({"attack": (before, after)}).set_index(["event", "before", "after"])
    assert table.loc[("attack", "SCU", "CU"), "n_units"] == 1
    assert table.loc[("attack", "RU", "CU"), "share"] == pytest.approx(1 / 6)
    assert len(table) == 16


@given(CODES)
def test_every_unit_leaves_one_category_and_arrives_in_one(pairs):
    before, after = (np.array(codes, dtype=np.int8) for codes in zip(*pairs, strict=True))
    counts = flows(before, after)
    np.testing.assert_array_equal(counts.sum(1), np.bincount(before, minlength=len(CATEGORIES)))
    np.testing.assert_array_equal(counts.sum(0), np.bincount(after, minlength=len(CATEGORIES)))
    np.testing.assert_array_equal(flows(after, before), counts.T)
    assert flow_table({"e": (before, after)})["share"].sum() == pytest.approx(1.0)


def reference(how, seed=0):
    rng = np.random.default_rng(seed)
    raw = [rng.gamma(1.0, 1.0, SPACE.n_units) * np.repeat([1.0, 100.0], SPACE.n_block) for _ in range(2)]
    codes = categorise(*(normalised(one, SPACE, how) for one in raw), CategoryShares(0.05, 0.1, 0.2))
    return Reference(SPACE, how, *raw, codes)


@pytest.mark.parametrize("how", ["z", "share", "rank", "raw"])
def test_the_reference_has_its_own_categories(how):
    one = reference(how)
    differ = one.categories_of(one.safety, one.utility) != one.codes
    assert differ.sum() <= (3 if how == "rank" else 0), "sums of ranks tie"
    np.testing.assert_allclose(scaled(one.safety, one.safety, SPACE, how), normalised(one.safety, SPACE, how), rtol=1e-12, atol=1e-15)


def test_units_that_stop_serving_safety_leave_scu_and_sizes_change():
    one = reference("z")
    safety = np.where(one.codes == 0, one.utility, one.safety)
    after = one.categories_of(safety, one.utility)
    assert (one.codes == 0).sum() == round(0.05 * SPACE.n_units)
    assert not (after[one.codes == 0] == 0).any()
    np.testing.assert_array_equal(after[one.codes != 0], one.codes[one.codes != 0])
    assert kept(one.codes, after, 0) == 0.0
    everything = one.categories_of(one.safety + 1e6, one.utility)
    assert (everything == 0).all(), "ranked anew, only one unit in twenty could be"


def test_an_empty_category_stays_empty():
    one = reference("z")
    none = Reference(SPACE, "z", one.safety, one.utility, np.full(SPACE.n_units, 2, dtype=np.int8))
    assert (none.categories_of(one.utility, one.safety) == 2).all()
