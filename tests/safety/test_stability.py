"""Stability over resamples: by hand, and against chance."""

import numpy as np
import pytest

from core.safety.stability import jaccard, jaccard_by_chance, stability_table


def test_overlap_by_hand():
    one, other = np.array([1, 1, 0, 0], dtype=bool), np.array([1, 0, 1, 0], dtype=bool)
    assert jaccard(one, other) == pytest.approx(1 / 3)
    assert jaccard(one, one) == 1.0
    assert jaccard(one & False, other & False) == 1.0


def test_chance_agrees_with_random_sets():
    rng, found = np.random.default_rng(0), []
    for _ in range(300):
        sets = np.zeros((2, 200), dtype=bool)
        for row in sets:
            row[rng.choice(200, 40, replace=False)] = True
        found.append(jaccard(*sets))
    assert np.mean(found) == pytest.approx(jaccard_by_chance(40, 40, 200), abs=0.005)


def test_table_has_a_row_for_each_category_and_pair():
    codes = [np.array([0, 1, 2, 3, 2]), np.array([0, 1, 2, 2, 3]), np.array([1, 0, 2, 3, 2])]
    table = stability_table(codes)
    assert len(table) == 4 * 3
    first = table[(table["first"] == 0) & (table["second"] == 1)].set_index("category")["overlap"]
    assert first.to_dict() == {"SCU": 1.0, "UCU": 1.0, "CU": pytest.approx(1 / 3), "RU": 0.0}
