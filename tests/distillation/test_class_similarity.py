"""Similarities and soft labels against a slow reference and by hand."""

import numpy as np
import pytest

from core.distillation.class_similarity import (
    agreement,
    centred,
    class_cosines,
    entropy,
    permuted_twin,
    soft_label_table,
    uniform_twin,
)
from core.lab.seeds import generator


@pytest.fixture
def cosines():
    draws = generator(0, "test")
    codes, labels = np.abs(draws.normal(size=(60, 12))) + np.repeat(np.eye(4, 12), 15, 0), np.repeat(np.arange(4), 15)
    return codes, labels, class_cosines(codes, labels, 4, 10, generator(1, "draw"))


def test_cosines_are_means_over_pairs(cosines):
    codes, labels, found = cosines
    draws = generator(1, "draw")
    chosen = [draws.permutation(np.flatnonzero(labels == label))[:10] for label in range(4)]
    for first in range(4):
        for second in range(4):
            pairs = [float(codes[i] @ codes[j] / np.linalg.norm(codes[i]) / np.linalg.norm(codes[j]))
                     for i in chosen[first] for j in chosen[second] if i != j]
            assert found[first, second] == pytest.approx(np.mean(pairs))


def test_rows_sum_to_one_and_the_bonus_puts_the_own_class_on_top(cosines):
    table = soft_label_table(cosines[2] * 0.01 + 0.7, bonus=0.02)
    assert table.sum(1) == pytest.approx(1.0)
    assert (table.argmax(1) == np.arange(4)).all()
    assert entropy(table) > 0.99 * np.log(4)
    assert entropy(soft_label_table(cosines[2], 0.02, 0.05)) < entropy(table)


def test_twins_keep_strength_and_lose_classes(cosines):
    table = soft_label_table(cosines[2], 0.02, 0.05)
    uniform, shuffled = uniform_twin(table), permuted_twin(table, generator(3, "shuffle"))
    assert uniform.sum(1) == pytest.approx(1.0)
    assert np.diag(uniform) == pytest.approx(np.diag(table).mean())
    assert np.ptp(uniform[~np.eye(4, dtype=bool)]) == pytest.approx(0.0)
    assert np.diag(shuffled) == pytest.approx(np.diag(table))
    assert entropy(shuffled) == pytest.approx(entropy(table))
    assert not np.allclose(shuffled, table)
    assert np.sort(shuffled, 1) == pytest.approx(np.sort(table, 1))


def test_centred_leaves_out_the_diagonal_and_the_mean(cosines):
    shown = centred(soft_label_table(cosines[2], 0.02))
    assert np.isnan(np.diag(shown)).all()
    assert np.nanmean(shown) == pytest.approx(0.0)


def test_agreement_is_a_rank_correlation_of_different_classes():
    cosines = np.array([[9.0, 0.1, 0.2], [0.3, 9.0, 0.4], [0.5, 0.6, 9.0]])
    assert agreement(cosines, cosines**3) == pytest.approx(1.0)
    assert agreement(cosines, -cosines) == pytest.approx(-1.0)
