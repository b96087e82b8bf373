"""Scores of memorised text against answers known beforehand."""

import numpy as np
import pytest

from core.measures.memorised_text import loss_ratio, many, min_k, zlib_ratio
from core.measures.roc import auc


def test_min_k_is_the_mean_of_the_least_likely_tokens():
    values = np.log(np.array([0.9, 0.5, 0.01, 0.2, 0.8, 0.7, 0.6, 0.3, 0.05, 0.4]))
    assert min_k(values) == pytest.approx((np.log(0.01) + np.log(0.05)) / 2)
    assert min_k(values[::-1]) == min_k(values), "the order of the tokens does not matter"
    assert min_k(values[:2]) == pytest.approx(np.log(0.5)), "at least one token counts"
    assert min_k(values, share=1.0) == pytest.approx(values.mean())
    with pytest.raises(ValueError, match="at least one token"):
        min_k(np.empty(0))


def test_a_ratio_knows_no_difference_between_equal_models_and_doubles_with_the_loss():
    values = -np.arange(1.0, 6.0)
    assert loss_ratio(values, values) == 0.0
    assert loss_ratio(values, 2 * values) == pytest.approx(np.log(2))
    assert np.isfinite(loss_ratio(np.zeros(3), values[:3]))
    with pytest.raises(ValueError, match="got 5 and 4"):
        loss_ratio(values, values[:4])


def test_a_text_that_compresses_is_no_evidence_by_its_loss_alone():
    plain, dull = "a quick brown fox met nine vexing jugs of zinc", "la " * 200
    assert zlib_ratio(np.full(10, -4.0), plain) > zlib_ratio(np.full(10, -40.0), plain)
    assert zlib_ratio(np.full(10, -4.0), dull) < zlib_ratio(np.full(10, -4.0), plain + " and " + plain[::-1])


def test_a_model_that_lowered_the_loss_of_half_the_texts_is_found_by_both():
    rng = np.random.default_rng(0)
    before = [-rng.exponential(3.0, size=20) for _ in range(80)]
    seen = np.arange(80) % 2 == 0
    after = [values * (0.3 if is_seen else 1.0) for values, is_seen in zip(before, seen, strict=True)]
    assert auc(many(loss_ratio, after, before), seen) == 1.0
    assert auc(many(min_k, after), seen) > 0.95
    assert abs(auc(many(min_k, before), seen) - 0.5) < 0.15
