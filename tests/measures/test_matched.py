import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.measures.matched import left_out_row, matched_count, matched_mean, matched_median, matched_squares


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(2, 8))
def test_statistics_equal_a_loop_over_the_rows_that_stay(seed, n_models):
    random = np.random.default_rng(seed)
    values, chosen = np.round(random.normal(0, 5, (n_models, 9, 2)), 1), random.random((n_models, 9)) < 0.6
    left_out, count = left_out_row(chosen), matched_count(chosen)
    mean, median, squares = (statistic(values, chosen) for statistic in (matched_mean, matched_median, matched_squares))
    for k, i in np.ndindex(n_models, 9):
        if not chosen[:, i].any():
            assert count[i] == -1
            continue
        assert chosen[left_out[k, i], i]
        assert left_out[k, i] == k or not chosen[k, i]
        rows = [j for j in range(n_models) if chosen[j, i] and j != left_out[k, i]]
        assert k not in rows
        assert len(rows) == count[i]
        if rows:
            np.testing.assert_allclose(mean[k, i], values[rows, i].mean(axis=0), atol=1e-12)
            np.testing.assert_allclose(median[k, i], np.median(values[rows, i], axis=0), atol=1e-12)
            np.testing.assert_allclose(squares[k, i], values[rows, i].var(axis=0) * len(rows), atol=1e-9)
        else:
            assert np.isnan(mean[k, i]).all()
            assert np.isnan(median[k, i]).all()
            assert (squares[k, i] == 0).all()


def test_no_model_is_favoured_as_stand_in():
    chosen = np.random.default_rng(0).random((8, 8000)).argsort(axis=0) < 4
    shares = np.bincount(left_out_row(chosen)[~chosen], minlength=8) / (~chosen).sum()
    # 8000 samples stand in for one model each: a share has a standard deviation of .0037.
    assert np.abs(shares - 1 / 8).max() < 4 * 0.0037
