"""The fixed effect of size: recovered where it is known, equal to dummy regression, refused where nothing can be told."""

import numpy as np
import pytest

from core.lab.errors import InputError
from core.measures.size_effects import fixed_size_effect

SIZES = 1000 * 20.0 ** (-np.arange(6) / 5)


def table(effect: float, noise: float, n_seeds: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Drops with hard groups, bad seeds and a drop that grows by ``effect`` from the largest size to the smallest."""
    random = np.random.default_rng(seed)
    sizes = np.stack([random.permutation(SIZES) for _ in range(n_seeds)])
    share = np.log(SIZES[0] / sizes) / np.log(20.0)
    drop = random.normal(size=6) + random.normal(size=(n_seeds, 1)) + effect * share + noise * random.normal(size=sizes.shape)
    return drop, sizes


def test_a_known_effect_is_recovered_whatever_groups_and_seeds_do():
    found = fixed_size_effect(*table(0.07, 0.0))
    assert found.estimate.value == pytest.approx(0.07, abs=1e-12)
    assert found.standard_error == pytest.approx(0.0, abs=1e-12)


def test_it_equals_least_squares_with_a_dummy_for_each_group_and_seed():
    drop, sizes = table(0.07, 0.05)
    n_seeds, n_groups = drop.shape
    seeds, groups = (index.ravel() for index in np.indices(drop.shape))
    design = np.column_stack([np.eye(n_groups)[groups], np.eye(n_seeds)[seeds][:, 1:], np.log(sizes.ravel())])
    weights = np.linalg.lstsq(design, drop.ravel(), rcond=None)[0]
    residuals, inverse = drop.ravel() - design @ weights, np.linalg.inv(design.T @ design)
    freedom = drop.size - design.shape[1]
    plain = np.sqrt(residuals @ residuals / freedom * inverse[-1, -1])
    scores = np.stack([design[seeds == s].T @ residuals[seeds == s] for s in range(n_seeds)])
    clustered = np.sqrt(n_seeds / (n_seeds - 1) * (drop.size - 1) / freedom * (inverse @ scores.T @ scores @ inverse)[-1, -1])
    found, span = fixed_size_effect(drop, sizes), np.log(20.0)
    assert found.estimate.value == pytest.approx(-weights[-1] * span)
    assert found.plain_error == pytest.approx(plain * span)
    assert found.standard_error == pytest.approx(clustered * span)
    assert found.estimate.high - found.estimate.value == pytest.approx(2.7764451 * clustered * span), "t of 4 degrees, 97.5 %"


def test_no_effect_is_mostly_covered():
    covers = [found.estimate.low <= 0 <= found.estimate.high
              for found in (fixed_size_effect(*table(0.0, 1.0, seed=seed)) for seed in range(200))]
    assert 0.85 < np.mean(covers) <= 1.0


@pytest.mark.parametrize("n_seeds, shuffled", [(2, True), (5, False)])
def test_group_and_size_that_cannot_be_told_apart_are_refused(n_seeds, shuffled):
    drop, sizes = table(0.1, 0.1, n_seeds)
    with pytest.raises(InputError, match="needs at least 3 seeds with differing orders"):
        fixed_size_effect(drop, sizes if shuffled else np.repeat(sizes[:1], n_seeds, axis=0))
