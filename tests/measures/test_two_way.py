"""Intervals over pairs that share images: by hand, never of width zero, and coverage beside that of the pooled interval."""

import numpy as np
import pytest
from scipy.special import ndtr

from core.measures.intervals import clopper_pearson
from core.measures.two_way import pooled_share_interval


def test_no_hit_still_leaves_room():
    counted = np.ones((4, 25), dtype=bool)
    low, high = pooled_share_interval(~counted, counted, np.random.default_rng(0))
    assert (low, high) == pytest.approx((0.0, float(clopper_pearson(0, 100)[1])))


def test_images_that_decide_alone_count_once():
    """Forty models that agree on every image know no more than one of them."""
    hits = np.repeat(np.arange(50)[None] < 10, 40, axis=0)
    low, high = pooled_share_interval(hits, np.ones_like(hits), np.random.default_rng(0), n_draws=4000)
    assert (low, high) == pytest.approx((0.2 - 1.96 * 0.0566, 0.2 + 1.96 * 0.0566), abs=0.015)


def test_coverage_where_pairs_share_images():
    """Sixteen models, 200 images whose own effect is as large as the noise: the pooled interval misses often, this one does not."""
    random, threshold, found = np.random.default_rng(0), 1.5, np.zeros((200, 2), dtype=bool)
    truth = 1 - ndtr((threshold - 0.5) / np.sqrt(2.0))
    for trial in found:
        members = random.random((16, 200)) < 0.5
        scores = 0.5 * members + random.normal(size=200) + random.normal(size=(16, 200))
        hits = scores >= threshold
        pooled = clopper_pearson(int((hits & members).sum()), int(members.sum()))
        ours = pooled_share_interval(hits, members, random, n_draws=200)
        trial[:] = [low <= truth <= high for low, high in (pooled, ours)]
    pooled, ours = found.mean(axis=0)
    assert pooled < 0.8
    assert ours > 0.95 - 4 * (0.95 * 0.05 / 200) ** 0.5
