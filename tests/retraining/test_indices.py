"""Every index against its identities, and against independent implementations where there are any."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from core.lab.errors import InputError
from core.retraining.adjusted_rand import adjusted_rand
from core.retraining.arm import corrected, released
from core.retraining.histograms import own_range
from core.retraining.k_means import centroids_of, clusters
from core.retraining.leep import leep
from core.retraining.logme import _evidence, logme
from core.retraining.nearest_neighbours import knn_accuracy
from core.retraining.preindex import bhattacharyya, distances, jensen_shannon, kullback_leibler, lost_structure, reconstructed
from core.retraining.resque import class_angles, shift_index
from core.retraining.resque_task import task_index

RANDOM = np.random.Generator(np.random.PCG64(7))
Y = np.arange(60) % 3
X = RANDOM.normal(size=(60, 5)) + 4 * np.eye(5)[Y]


def test_resque_identities():
    assert shift_index(X, Y, X, Y) == pytest.approx(0.0, abs=1e-7)
    assert shift_index(X, Y, -X, Y) == pytest.approx(1.0, abs=1e-7)
    clean, turned = np.zeros((4, 4)), np.zeros((4, 4))
    clean[[0, 1, 2, 3], [0, 0, 1, 1]] = 1.0
    turned[[0, 1, 2, 3], [2, 2, 3, 3]] = 1.0
    y = np.array([0, 0, 1, 1])
    assert class_angles(clean, y, turned, y).tolist() == [0.5, 0.5]


def test_resque_knows_neither_number_nor_length_of_samples():
    assert shift_index(X, Y, 7 * np.concatenate([X, X]), np.concatenate([Y, Y])) == pytest.approx(0.0, abs=1e-7)


def test_resque_by_hand():
    clean, new = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 1.0], [1.0, 1.0]])
    assert class_angles(clean, np.array([0, 1]), new, np.array([0, 1])).tolist() == pytest.approx([0.25, 0.25])


def test_a_class_without_an_answer_is_at_right_angles():
    assert class_angles(np.eye(2), np.array([0, 1]), np.array([[0.0, 0.0], [0.0, 1.0]]), np.array([0, 1])).tolist() == [0.5, 0.0]


@pytest.mark.parametrize("new, y, words", [
    (X, np.arange(60) % 2, "same classes in old and new data, got 3 and 2"),
    (X, np.arange(60) % 3 + 1, r"got 3 and 3 \(of which 2 are shared\)"),
    (np.where(np.arange(60)[:, None] == 4, np.nan, X), Y, "must be finite, got 1 of 60 samples"),
    (X[:, 0], Y, "must have shape samples x features"),
])
def test_bad_input_is_one_sentence(new, y, words):
    with pytest.raises(InputError, match=words):
        shift_index(X, Y, new, y)


def test_task_index_identities():
    apart = 50.0 * np.eye(3)[Y] + 0.01 * X[:, :3]
    assert task_index(apart, Y) == pytest.approx(0.0)
    assert task_index(apart, Y, begin="plusplus") == pytest.approx(0.0)
    shuffled = [task_index(RANDOM.normal(size=(300, 5)), np.arange(300) % 3, begin="plusplus") for _ in range(5)]
    assert np.mean(shuffled) == pytest.approx(1.0, abs=0.05)
    with pytest.raises(InputError, match="at least 2 classes, got 1"):
        task_index(X, np.zeros(60, int))


def test_adjusted_rand_and_k_means_against_scikit_learn():
    labels = RANDOM.integers(0, 4, 60)
    assert adjusted_rand(Y, labels) == pytest.approx(adjusted_rand_score(Y, labels))
    assert adjusted_rand(Y, Y) == 1.0
    start = centroids_of(X, Y)
    assert adjusted_rand_score(clusters(X, start), KMeans(3, init=start, n_init=1).fit(X).labels_) == 1.0


def test_histograms_against_numpy():
    found = own_range(X, 4)
    expected = np.stack([np.histogram(row, 4, (row.min(), row.max()))[0] / len(row) for row in X])
    assert np.allclose(found, expected)


def test_distances_against_scipy():
    p, q = own_range(X, 8), own_range(RANDOM.normal(size=(60, 5)) ** 3, 8)
    assert np.allclose(jensen_shannon(p, q), [jensenshannon(a, b) for a, b in zip(p, q)], atol=1e-7)
    assert np.allclose(bhattacharyya(p, p), 0.0)
    assert np.allclose(kullback_leibler(p, p), 0.0)
    assert kullback_leibler(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])).tolist() == [0.0]  # infinite, so 0 as released
    assert kullback_leibler(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]]))[0] == pytest.approx(0.5 * np.log(2) + 0.5 * np.log(2 / 3))


def test_arm_as_released_takes_heights_and_corrected_takes_places():
    other = RANDOM.normal(size=(60, 5)) ** 3
    heights = [wasserstein_distance(a, b) for a, b in zip(own_range(X, 16), own_range(other, 16))]
    assert released([X], [other]) == pytest.approx(np.mean(heights))
    assert released([X], [X]) == corrected([X], [X]) == 0.0
    assert released([X], [X + 3.0]) == pytest.approx(0.0)  # its quirk: a layer that moves as a whole does not move
    assert corrected([X], [X + 3.0]) == pytest.approx(3.0 / X.std(), rel=0.1)


def test_preindex_of_identical_data_is_what_it_lost_alone():
    assert all(np.allclose(values, 0.0) for values in distances([X], [X]).values())
    assert lost_structure(50.0 * np.eye(3)[Y], Y) == 0.0
    assert reconstructed(0.0, 0.0, 0.3, 0.0) == 0.0
    assert reconstructed(0.5, 0.5, 1.0, 0.25) == pytest.approx(0.25)


def test_leep_by_hand():
    assert leep(np.eye(3)[Y], Y) == pytest.approx(0.0)
    assert leep(np.full((60, 2), 0.5), Y) == pytest.approx(np.log(1 / 3))


def test_logme_prefers_features_that_tell_the_classes():
    assert logme(50.0 * np.eye(3)[Y] + X[:, :3], Y) > logme(X, Y) > logme(RANDOM.normal(size=(60, 5)), Y)


def test_logme_is_the_evidence():
    """The marginal likelihood by its matrix formula, maximised over a grid, is where the fixed point ends."""
    target, best = (Y == 0).astype(float), -np.inf
    for alpha in np.geomspace(1e-2, 1e3, 60):
        for beta in np.geomspace(1e-1, 1e2, 60):
            covariance = np.eye(60) / beta + X @ X.T / alpha
            value = -0.5 * (target @ np.linalg.solve(covariance, target) + np.linalg.slogdet(covariance)[1] + 60 * np.log(2 * np.pi))
            best = max(best, value / 60)

    left, values, _ = np.linalg.svd(X, full_matrices=False)
    assert _evidence(left, values, X.shape, target) == pytest.approx(best, abs=0.01)


def test_neighbours_leave_the_sample_itself_out():
    assert knn_accuracy(np.array([[0.0], [0.1], [0.2]]), np.array([0, 1, 1]), k=1) == pytest.approx(1 / 3)
    assert knn_accuracy(50.0 * np.eye(3)[Y] + X[:, :3], Y) == 1.0
