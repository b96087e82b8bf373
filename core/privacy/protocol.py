"""Who is a member of what: the half-and-half design, and a split that is disjoint by content."""

from dataclasses import dataclass

import numpy as np

from core.data.arrays import content_hashes
from core.lab.errors import InputError
from core.lab.seeds import generator


@dataclass(frozen=True, eq=False)
class Split:
    """Index arrays of three sets that share no image.

    Attributes:
        pool: Indices into the training images; each is a member of about half of the models.
        population: Indices into the training images; no model is trained on them.
        test: Indices into the test images; no model is trained on them.
        pool_ids: Content hash of each pool image.
        population_ids: Content hash of each population image.
        test_ids: Content hash of each test image.
    """

    pool: np.ndarray
    population: np.ndarray
    test: np.ndarray
    pool_ids: np.ndarray
    population_ids: np.ndarray
    test_ids: np.ndarray


def assign_members(n_models: int, n_samples: int, *, seed: int, y: np.ndarray | None = None) -> np.ndarray:
    """Return which model is trained on which sample, (K, N) bool: half of each row, and as nearly as possible of each column.

    Samples are paired at random, within their class where ``y`` is given. The first of a pair gets a random half of the models
    and the second the remaining ones. Thus every model holds exactly one of each pair, which fixes the row sums at N/2, and
    every sample is in K//2 or K - K//2 models. With ``y`` every model holds (up to one pair per class) half of each class.

    Args:
        n_models: Number of models K, at least 2.
        n_samples: Number of pool samples N, even.
        seed: Decides the pairs and the halves.
        y: (N,) class indices to balance, or None.

    Raises:
        InputError: If there are fewer than two models or an odd number of samples.
    """
    if n_models < 2:
        raise InputError(f"the number of models must be at least 2, got {n_models}: train a target and a reference.")
    if n_samples < 2 or n_samples % 2:
        raise InputError(f"the number of pool samples must be even and at least 2, got {n_samples}: add or drop one.")
    random = generator(seed, "members")
    order = random.permutation(n_samples)
    if y is not None:
        order = order[np.argsort(np.asarray(y)[order], kind="stable")]
    ranks = random.random((n_models, n_samples // 2)).argsort(axis=0).argsort(axis=0)
    # An odd number of models leaves one over; a coin decides which of the pair gets it.
    half = n_models // 2 + (random.integers(0, 2, n_samples // 2) if n_models % 2 else 0)
    members = np.empty((n_models, n_samples), dtype=bool)
    members[:, order[0::2]] = ranks < half
    members[:, order[1::2]] = ranks >= half
    return members


def draw_split(
    x_train: np.ndarray, x_test: np.ndarray, *, n_pool: int, n_population: int, n_test: int, seed: int
) -> Split:
    """Return pool and population drawn from the training images and a test set from the test images, disjoint by content.

    An image that occurs twice is a candidate once; a test image that also occurs in training is no candidate at all.

    Raises:
        InputError: If too few distinct images are left.
    """
    train_ids, test_ids = content_hashes(x_train), content_hashes(x_test)
    train = np.sort(np.unique(train_ids, return_index=True)[1])
    test = np.sort(np.unique(test_ids, return_index=True)[1])
    test = test[~np.isin(test_ids[test], train_ids)]
    for words, wanted, found in (("pool and population", n_pool + n_population, train.size), ("test", n_test, test.size)):
        if wanted > found:
            raise InputError(
                f"the {words} samples must not exceed the {found:,} distinct images at hand, got {wanted:,}: "
                "lower the sizes or choose a larger data set.")
    chosen = generator(seed, "split", "train").permutation(train)[:n_pool + n_population]
    pool, population = np.sort(chosen[:n_pool]), np.sort(chosen[n_pool:])
    test = np.sort(generator(seed, "split", "test").permutation(test)[:n_test])
    split = Split(pool, population, test, train_ids[pool], train_ids[population], test_ids[test])
    check_disjoint({"pool": split.pool_ids, "population": split.population_ids, "test": split.test_ids})
    return split


def check_disjoint(ids: dict[str, np.ndarray]) -> None:
    """Check, by content hash, that no image occurs twice within or between the named sets.

    Raises:
        InputError: If one does; a member that is also counted as a non-member would make every figure meaningless.
    """
    seen: dict[str, str] = {}
    for name, hashes in ids.items():
        for identity in np.asarray(hashes).tolist():
            if identity in seen:
                where = f"twice in {name}" if seen[identity] == name else f"in {seen[identity]} and in {name}"
                raise InputError(
                    f"pool, population and test must not share images, got image {identity} {where}: remove duplicates first.")
            seen[identity] = name
