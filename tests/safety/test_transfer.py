"""Flows add up: counted from sets, never copied."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.safety.transfer import CATEGORY_NAMES, flow_table, flows, kept

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
    np.testing.assert_array_equal(counts.sum(1), np.bincount(before, minlength=len(CATEGORY_NAMES)))
    np.testing.assert_array_equal(counts.sum(0), np.bincount(after, minlength=len(CATEGORY_NAMES)))
    np.testing.assert_array_equal(flows(after, before), counts.T)
    assert flow_table({"e": (before, after)})["share"].sum() == pytest.approx(1.0)
