import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lab.errors import InputError
from core.privacy.protocol import assign_members, check_disjoint, content_hashes, draw_split


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 20), st.integers(1, 60), st.integers(0, 10**6))
def test_rows_are_exactly_half_and_columns_as_nearly_as_possible(n_models, n_pairs, seed):
    members = assign_members(n_models, 2 * n_pairs, seed=seed)
    assert (members.sum(axis=1) == n_pairs).all()
    assert set(members.sum(axis=0).tolist()) <= {n_models // 2, n_models - n_models // 2}


def test_models_share_about_half_of_their_members():
    """No two models may be each other's complement or copy: the overlap of two is half of what each holds."""
    members = assign_members(16, 4000, seed=0).astype(float)
    overlap = (members @ members.T / 2000)[~np.eye(16, dtype=bool)]
    # In exactly half of 16 models, two given models share a sample with probability 7 / 15 of one holding it.
    assert np.abs(overlap - 7 / 15).max() < 5 * np.sqrt(0.25 / 2000)


def test_classes_are_balanced_and_the_seed_decides():
    y = np.random.default_rng(0).integers(0, 5, 500)
    members = assign_members(9, 500, seed=1, y=y)
    for label in range(5):
        own = y == label
        assert np.abs(members[:, own].sum(axis=1) - own.sum() / 2).max() <= 1
    assert (members.sum(axis=1) == 250).all()
    np.testing.assert_array_equal(members, assign_members(9, 500, seed=1, y=y))
    assert (members != assign_members(9, 500, seed=2, y=y)).any()


@pytest.mark.parametrize("n_models, n_samples, words", [(1, 10, "models"), (4, 9, "even"), (4, 0, "even")])
def test_impossible_designs_are_one_sentence(n_models, n_samples, words):
    with pytest.raises(InputError, match=words):
        assign_members(n_models, n_samples, seed=0)


def distinct_images(n, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, 4, 4, 1), dtype=np.uint8)


def test_hashes_tell_content_apart_not_memory_layout():
    x = distinct_images(5)
    hashes = content_hashes(x)
    np.testing.assert_array_equal(hashes, content_hashes(np.asfortranarray(x)))
    assert len(set(hashes.tolist())) == 5
    x[2] = x[0]
    assert content_hashes(x)[2] == hashes[0]
    # The same bytes in another shape are another image.
    assert content_hashes(x.reshape(5, 2, 8, 1))[0] != hashes[0]


def test_the_split_shares_no_image_even_when_the_data_repeat_themselves():
    base = distinct_images(120)
    x_train = np.concatenate([base[:100], base[:60]])
    x_test = np.concatenate([base[80:120], base[100:110]])
    split = draw_split(x_train, x_test, n_pool=60, n_population=40, n_test=20, seed=0)
    assert (split.pool.size, split.population.size, split.test.size) == (60, 40, 20)
    everything = np.concatenate([content_hashes(x_train[split.pool]), content_hashes(x_train[split.population]),
                                 content_hashes(x_test[split.test])])
    assert len(set(everything.tolist())) == 120
    np.testing.assert_array_equal(split.pool_ids, content_hashes(x_train[split.pool]))
    np.testing.assert_array_equal(split.test_ids, content_hashes(x_test[split.test]))
    other = draw_split(x_train, x_test, n_pool=60, n_population=40, n_test=20, seed=1)
    assert (other.pool != split.pool).any()
    with pytest.raises(InputError, match=r"100 distinct images at hand, got 101"):
        draw_split(x_train, x_test, n_pool=60, n_population=41, n_test=20, seed=0)
    with pytest.raises(InputError, match=r"test samples must not exceed the 20 distinct images"):
        draw_split(x_train, x_test, n_pool=60, n_population=40, n_test=21, seed=0)


def test_a_larger_population_leaves_the_test_set_alone():
    x_train, x_test = distinct_images(100), distinct_images(50, seed=1)
    small = draw_split(x_train, x_test, n_pool=40, n_population=10, n_test=20, seed=0)
    large = draw_split(x_train, x_test, n_pool=40, n_population=50, n_test=20, seed=0)
    np.testing.assert_array_equal(small.test, large.test)
    np.testing.assert_array_equal(small.pool, large.pool)


def test_the_guard_names_where_an_image_occurs_twice():
    check_disjoint({"pool": np.array(["a", "b"]), "test": np.array(["c"])})
    with pytest.raises(InputError, match="image b in pool and in test"):
        check_disjoint({"pool": np.array(["a", "b"]), "test": np.array(["b"])})
    with pytest.raises(InputError, match="image a twice in pool"):
        check_disjoint({"pool": np.array(["a", "a"])})
