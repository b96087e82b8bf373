"""Categories: a partition with the shares asked for, the right units in each, scales that do what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata, zscore

from core.lab.errors import InputError
from core.language.units import KINDS, UnitSpace
from core.safety.categories import CU, RU, SCU, UCU, CategoryShares, categorise, compact, members, normalised

SPACE = UnitSpace(n_layers=2, width=4, heads=2, key_heads=1, head_size=2, neurons=6)


@given(st.integers(0, 2**32 - 1), st.integers(4, 300), st.tuples(*[st.floats(0.0, 0.33)] * 3))
@settings(max_examples=60, deadline=None)
def test_categories_partition_all_units_with_the_shares_asked_for(seed, n, parts):
    rng, shares = np.random.default_rng(seed), CategoryShares(*parts)
    safety, utility = rng.normal(size=(2, n))
    codes = categorise(safety, utility, shares)
    assert len(codes) == n
    assert tuple(int((codes == code).sum()) for code in (SCU, UCU, RU)) == shares.counts(n)
    total, lean = safety + utility, safety - utility
    if (codes == RU).any():
        assert total[codes == RU].max() <= total[codes != RU].min(initial=np.inf)
    if (codes == SCU).any():
        assert lean[codes == SCU].min() >= lean[np.isin(codes, (CU, UCU))].max(initial=-np.inf)
    if (codes == UCU).any():
        assert lean[codes == UCU].max() <= lean[np.isin(codes, (CU, SCU))].min(initial=np.inf)


def test_categories_by_hand():
    safety = np.array([9.0, 0.0, 5.0, 1.0, 0.0])
    utility = np.array([1.0, 0.0, 5.0, 8.0, 0.5])
    assert categorise(safety, utility, CategoryShares(0.2, 0.2, 0.2)).tolist() == [SCU, RU, CU, UCU, CU]


def test_one_category_at_the_usual_share_is_that_of_the_whole_rule():
    safety, utility = np.random.default_rng(0).normal(size=(2, 400))
    shares = CategoryShares(0.05, 0.1, 0.2)
    codes = categorise(safety, utility, shares)
    for code, share in ((SCU, 0.05), (UCU, 0.1), (RU, 0.2)):
        assert (members(safety, utility, code, share, shares) == (codes == code)).all()
    assert members(safety, utility, SCU, 0.95, shares).sum() == 380  # redundant units give way


def test_shares_beyond_everything_are_refused():
    with pytest.raises(InputError, match="at most 100%, got 120%"):
        categorise(np.zeros(10), np.zeros(10), CategoryShares(0.5, 0.5, 0.2))
    with pytest.raises(InputError, match="at least 0%"):
        CategoryShares(-0.1, 0.1, 0.1).counts(10)


def test_scales_agree_with_scipy_within_each_kind_and_layer():
    raw = np.random.default_rng(1).gamma(1.0, size=SPACE.n_units)
    z, share, rank = (normalised(raw, SPACE, how) for how in ("z", "share", "rank"))
    for layer in range(SPACE.n_layers):
        for kind in KINDS:
            part = SPACE.part(kind, layer)
            assert z[part] == pytest.approx(zscore(raw[part]))
            assert share[part] == pytest.approx(raw[part] / raw[part].sum())
            assert rank[part] == pytest.approx((rankdata(raw[part]) - 1) / (len(raw[part]) - 1))
    assert (normalised(raw, SPACE, "raw") == raw).all()


def test_units_that_all_score_alike_give_no_number_that_is_none():
    flat = np.zeros(SPACE.n_units)
    assert all((normalised(flat, SPACE, how) == 0).all() for how in ("z", "share", "raw"))
    with pytest.raises(InputError, match="z, raw, share or rank"):
        normalised(flat, SPACE, "log")


def test_scores_in_a_table_keep_three_digits_and_their_order():
    raw = 10.0 ** np.random.default_rng(2).uniform(-12, 6, 1000)
    kept = compact(raw)
    assert kept.dtype == np.float32
    assert kept == pytest.approx(raw, rel=1e-3)
    assert (np.diff(kept[np.argsort(raw)]) >= 0).all()
