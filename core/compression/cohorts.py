"""The two copies of a data set that every contrast needs: one in which groups differ in size, one in which they do not.

Groups are the classes, whose sizes are made a long tail with an order drawn per seed, unless the data brings groups of its own
(``attribute_train`` of an ``ImageDataset``); those keep their natural shares. Both copies hold equally many images. Imports no torch.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.compression.calibration_set import calibration_rows
from core.compression.config import StudyConfig
from core.data.dataset import ImageDataset
from core.data.imbalance import draw_ranks, long_tail
from core.data.sources import load
from core.lab.errors import InputError
from core.lab.seeds import generator
from core.subjects.given import is_given, with_model

COHORTS = ("tail", "balanced")
FEWEST_TEST = 20
EDGE_SHARE = 0.3


@dataclass(frozen=True, eq=False)
class Cohorts:
    """The images of one seed.

    Attributes:
        data: Where they come from.
        train_rows: Rows of the training set that either copy uses, (N,).
        members: bool (2, N): which of them are in the long-tailed and in the balanced copy.
        group_train: Group of each training row used, int (N,).
        test_rows: Rows of the test set, ``n_test`` a group.
        group_test: Group of each of them.
        names: Name of each group.
        rank: Rank of each group by size in the long-tailed copy, int (G,), 0 the largest.
    """

    data: ImageDataset
    train_rows: np.ndarray
    members: np.ndarray
    group_train: np.ndarray
    test_rows: np.ndarray
    group_test: np.ndarray
    names: tuple[str, ...]
    rank: np.ndarray

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(self.names)

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return len(self.data.class_names)

    @cached_property
    def train(self) -> tuple[np.ndarray, np.ndarray]:
        """Images (N, H, W, C) uint8 and classes (N,) of both copies together."""
        return self.data.x_train[self.train_rows], self.data.y_train[self.train_rows]

    @cached_property
    def test(self) -> tuple[np.ndarray, np.ndarray]:
        """Test images and classes."""
        return self.data.x_test[self.test_rows], self.data.y_test[self.test_rows]

    def sizes(self, copy: int) -> np.ndarray:
        """Return the number of training images of each group in a copy, int (G,)."""
        return np.bincount(self.group_train[self.members[copy]], minlength=self.n_groups)

    @property
    def edges(self) -> np.ndarray:
        """Which groups are ``head`` (three tenths, the largest), ``tail`` (as many, the smallest) or ``middle``, text (G,)."""
        n_edge = edge_count(self.n_groups)
        words = np.full(self.n_groups, "middle", dtype=object)
        words[self.rank < n_edge] = "head"
        words[self.rank >= self.n_groups - n_edge] = "tail"
        return words


def edge_count(n_groups: int) -> int:
    """Return how many groups are head and how many are tail: three tenths, at least one."""
    return max(1, round(EDGE_SHARE * n_groups))


def draw(data: ImageDataset, config: StudyConfig, seed: int) -> Cohorts:
    """Return both copies of one seed.

    Raises:
        InputError: If a group would be empty, holds too few images, or has too few test images for an interval.
    """
    if data.attribute_train is None:
        groups, groups_test, names = data.y_train, data.y_test, data.class_names
    else:
        groups, groups_test = data.attribute_train, data.attribute_test
        names = group_names(data)
    if data.attribute_train is None and not is_given(config.model):  # what a given network was trained on keeps its shares
        rank = draw_ranks(len(names), generator(seed, "class order"))
        rows = [long_tail(groups, config.n_train, ratio, rank, generator(seed, "copies")).rows for ratio in (config.imbalance, 1.0)]
    else:
        rank, rows = _natural(groups, names, config.n_train, generator(seed, "copies"))
    used = np.unique(np.concatenate(rows))
    members = np.stack([np.isin(used, part) for part in rows])
    tested = rows_per_group(groups_test, names, config.n_test, generator(seed, "test images"))
    return Cohorts(data, used, members, groups[used], tested, groups_test[tested], names, rank)


def check(data: ImageDataset, config: StudyConfig) -> None:
    """Refuse data that has too few samples for what a config asks, before any work is done.

    Sizes of groups do not depend on the seed; how many images of a class there are to take them from may.

    Raises:
        InputError: If a group would be empty, holds too few samples to train, to calibrate or to test on.
    """
    cohorts = draw(data, config, 0)
    for members in cohorts.members:
        calibration_rows(cohorts.group_train[members], config.n_calibration, config.calibration, generator(0, "check"))


def group_names(data: ImageDataset) -> tuple[str, ...]:
    """Return the names of groups that come with the data.

    Raises:
        InputError: If groups are not numbered from 0 without gaps, or there is only one.
    """
    found = np.unique(data.attribute_train)
    if len(found) < 2 or found[0] != 0 or found[-1] != len(found) - 1:
        raise InputError(f"groups must be numbered from 0 without gaps and be at least 2, got {found.tolist()[:12]}: renumber them.")
    return data.attribute_names if len(data.attribute_names) == len(found) else tuple(f"group {number}" for number in found)


def _natural(groups: np.ndarray, names: tuple[str, ...], n_train: int, rng: np.random.Generator) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return ranks, and the rows of a copy with natural shares and of one with equal shares."""
    counts = np.bincount(groups, minlength=len(names))
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(names))
    shuffled = [rng.permutation(np.flatnonzero(groups == group)) for group in range(len(names))]
    natural = np.maximum(np.floor(n_train * counts / counts.sum()).astype(np.int64), 1)
    natural[counts.argmax()] += n_train - natural.sum()
    equal = np.full(len(names), n_train // len(names))
    equal[: n_train - equal.sum()] += 1
    for wanted in (natural, equal):
        short = np.flatnonzero(wanted > counts)
        if len(short):
            group = short[np.argmin(counts[short])]
            raise InputError(f"n_train must leave every group enough samples, but {names[group]} has {counts[group]} of the "
                             f"{wanted[group]} that {n_train} ask for: lower n_train to {len(names) * counts.min()}.")
    return rank, [np.sort(np.concatenate([rows[:n] for rows, n in zip(shuffled, wanted, strict=True)])) for wanted in (natural, equal)]


def rows_per_group(groups: np.ndarray, names: tuple[str, ...], n_test: int, rng: np.random.Generator) -> np.ndarray:
    """Return ``n_test`` rows of each group, ascending.

    Raises:
        InputError: If a group has fewer than 20, too few for an interval, or fewer than ``n_test``.
    """
    counts = np.bincount(groups, minlength=len(names))
    if counts.min() < FEWEST_TEST:
        group = int(counts.argmin())
        raise InputError(f"every group needs at least {FEWEST_TEST} test images for its interval, but {names[group]} has "
                         f"{counts[group]}: add test images or merge groups.")
    if counts.min() < n_test:
        group = int(counts.argmin())
        raise InputError(f"n_test must be at most {counts[group]}, the test images of {names[group]}, got {n_test}: lower it.")
    return np.sort(np.concatenate([
        rng.permutation(np.flatnonzero(groups == group))[:n_test] for group in range(len(names))]))


def data_fingerprint(config: StudyConfig) -> str:
    """Return the content hash of the data that a config names.

    Raises:
        InputError: If the data is missing, breaks a rule, or has too few images in a group.
    """
    data = load(config.dataset)
    check(data, config)
    return with_model(data.fingerprint, config.model, data)
