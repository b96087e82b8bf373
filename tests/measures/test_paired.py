"""The difference of two shares on the same samples: by hand, and by its coverage."""

import numpy as np
import pytest

from core.measures.paired import paired_interval


def test_the_published_example():
    """Newcombe 1998, table II: 12 both, 9 lost, 2 gained, 21 neither of 44; method 10 gives 0.0118 to 0.2995 or near."""
    before = np.array([1] * 12 + [1] * 9 + [0] * 2 + [0] * 21, bool)
    after = np.array([1] * 12 + [0] * 9 + [1] * 2 + [0] * 21, bool)
    low, high = paired_interval(before, after)
    assert low < 7 / 44 < high
    turned = paired_interval(after, before)
    assert turned == pytest.approx((-high, -low))


def test_no_change_has_no_width_of_zero_and_more_samples_narrow_it():
    widths = []
    for n in (20, 200, 2000):
        same = np.arange(n) % 4 > 0
        low, high = paired_interval(same, same)
        assert low < 0 < high
        widths.append(high - low)
    assert widths[0] > widths[1] > widths[2]
    assert paired_interval(np.ones(50, bool), np.ones(50, bool))[0] < 0


def test_coverage_by_simulation():
    random, held = np.random.default_rng(0), 0
    for _ in range(400):
        state = random.choice(4, size=120, p=[0.7, 0.1, 0.03, 0.17])  # both, lost, gained, neither
        low, high = paired_interval(state <= 1, (state == 0) | (state == 2))
        held += low <= 0.07 <= high
    assert 0.925 <= held / 400 <= 0.985


def test_what_does_not_belong_together_is_refused():
    with pytest.raises(ValueError, match="equally long"):
        paired_interval(np.ones(3, bool), np.ones(4, bool))
