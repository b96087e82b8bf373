import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.measures.matched import matched_mean, matched_median, matched_rows, matched_variance


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(4, 9))
def test_statistics_equal_a_loop_over_the_rows_used(seed, n_models):
    random = np.random.default_rng(seed)
    values = random.normal(0, 5, (n_models, 9, 2))
    chosen = random.random((n_models, 9)).argsort(axis=0) < random.integers(3, n_models + 1, 9)
    rows = matched_rows(chosen)
    fewest = min(int(chosen[:, i].sum()) - int(chosen[k, i]) for k in range(n_models) for i in range(9))
    assert rows.shape == (n_models, fewest, 9)
    mean, median, variance = (statistic(values, rows) for statistic in (matched_mean, matched_median, matched_variance))
    for k, i in np.ndindex(n_models, 9):
        used = rows[k, :, i].tolist()
        assert len(set(used)) == fewest
        assert k not in used
        assert chosen[used, i].all()
        np.testing.assert_allclose(mean[k, i], values[used, i].mean(axis=0))
        np.testing.assert_allclose(median[k, i], np.median(values[used, i], axis=0))
        np.testing.assert_allclose(variance[k, i], values[used, i].var(axis=0, ddof=1))


def test_no_model_is_favoured():
    chosen = np.random.default_rng(0).random((9, 9000)).argsort(axis=0) < 4
    rows = matched_rows(chosen)
    assert rows.shape[1] == 3
    shares = np.bincount(rows.ravel(), minlength=9) / rows.size
    # A model is used for about a third of 9000 samples; a share has a standard deviation of about .001.
    assert np.abs(shares - 1 / 9).max() < 0.005
