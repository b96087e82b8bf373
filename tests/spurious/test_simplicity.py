"""The two-block test: how blocks are paired and shuffled, and what it says of a block that is far simpler than the other."""

import numpy as np
import pytest

from core.lab.errors import InputError
from core.spurious.simplicity import TwoBlocks, farthest_pair, pair_up, simplicity_test
from core.training.config import TrainingConfig

CONFIG = TrainingConfig(model="mlp", width=2, epochs=12, batch_size=20, learning_rate=0.05, precision="float32")


def blocks(n: int, seed: int) -> TwoBlocks:
    """A simple block, all dark or all bright, and a complex one, four noisy pixels of which lean one way."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    simple = np.broadcast_to(np.where(y, 200, 30)[:, None, None, None], (n, 8, 8, 1)).astype(np.uint8)
    complex_ = rng.integers(60, 190, (n, 8, 8, 1))
    complex_[:, 2:4, 2:4] += np.where(y, 60, -60)[:, None, None, None]
    return TwoBlocks(simple, complex_.astype(np.uint8), y)


def test_stacking_by_hand():
    two = TwoBlocks(np.full((2, 1, 1, 1), [[[[1]]], [[[2]]]], np.uint8), np.full((2, 1, 1, 1), [[[[3]]], [[[4]]]], np.uint8),
                    np.array([0, 1]))
    assert two.stacked()[..., 0, 0].tolist() == [[1, 3], [2, 4]]

    class Swap:
        def permutation(self, n):
            return np.array([1, 0])

    assert two.stacked(shuffled="simple", rng=Swap())[..., 0, 0].tolist() == [[2, 3], [1, 4]]
    assert two.stacked(shuffled="complex", rng=Swap())[..., 0, 0].tolist() == [[1, 4], [2, 3]]


def test_shuffling_keeps_the_blocks():
    two = blocks(40, 0)
    mixed = two.stacked(shuffled="complex", rng=np.random.default_rng(0))
    np.testing.assert_array_equal(mixed[:, :8], two.simple)
    assert not np.array_equal(mixed[:, 8:], two.complex)
    np.testing.assert_array_equal(np.sort(mixed[:, 8:].sum((1, 2, 3))), np.sort(two.complex.sum((1, 2, 3), dtype=np.uint64)))


def test_pairs_come_from_their_classes():
    y = np.repeat(np.arange(5), 6)
    x = np.broadcast_to(y[:, None, None, None], (30, 8, 8, 1)).astype(np.uint8)
    two = pair_up(x, y, simple=(4, 2), hard=(0, 3), n_per_class=4, rng=np.random.default_rng(1))
    assert two.y.tolist() == [0] * 4 + [1] * 4
    assert two.simple[:, 0, 0, 0].tolist() == [4] * 4 + [2] * 4
    assert two.complex[:, 0, 0, 0].tolist() == [0] * 4 + [3] * 4
    with pytest.raises(InputError, match="four different classes"):
        pair_up(x, y, simple=(4, 0), hard=(0, 3), n_per_class=4, rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="got none of one of"):
        pair_up(x, y, simple=(4, 2), hard=(0, 7), n_per_class=4, rng=np.random.default_rng(1))


def test_farthest_pair_by_hand():
    """Means 0, 10, 200 and 90: the farthest are 0 and 200; without class 0 they are 10 and 200."""
    y = np.repeat(np.arange(4), 2)
    x = np.array([0, 10, 200, 90])[y][:, None, None, None].astype(np.uint8)
    assert farthest_pair(x, y) == (0, 2)
    assert farthest_pair(x, y, without=(0,)) == (1, 2)
    assert farthest_pair(x, y, without=(0, 1, 2)) is None


def test_a_network_prefers_the_simple_block():
    """With both blocks whole it is perfect, without the simple one it guesses, although the complex one alone can be learnt."""
    table = simplicity_test(blocks(300, 1), blocks(300, 2), CONFIG, seed=0, processes=1)
    assert table.columns.tolist() == ["network", "shuffled", "auc"]
    auc = table.set_index(["network", "shuffled"])["auc"]
    assert auc["stacked", "none"] > 0.99
    assert auc["stacked", "complex"] > 0.99
    assert auc["complex_only", "none"] > 0.8
    assert auc["complex_only", "simple"] > 0.8
    assert auc["stacked", "simple"] < auc["complex_only", "simple"] - 0.1
    assert abs(auc["complex_only", "complex"] - 0.5) < 0.12
