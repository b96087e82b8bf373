"""The simplicity-bias test: of two blocks that tell the same label, one easily and one with effort, which does a network use.

Every image is a simple block stacked above a complex block, both drawn from the image's class. At test time one block is shuffled
over the test images, so that it says nothing about the label any more. A network that leans on the simple block alone falls to an
AUC of 0.5 when that is shuffled, and does not notice when the complex block is. The control is a network whose simple block was
shuffled in training already: it shows that the complex block alone could have been learnt.

Source: Shah et al. 2020, "The Pitfalls of Simplicity Bias in Neural Networks", sections 3 and 4 (there MNIST above CIFAR-10).
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.lab.errors import InputError
from core.lab.seeds import generator
from core.measures.roc import auc
from core.training.config import TrainingConfig
from core.training.evaluate import predict_many
from core.training.many import Machine, train_wanted
from core.training.progress import Report
from core.training.wanted import Images, Wanted

NETWORKS = ("stacked", "complex_only")
SHUFFLED = ("none", "simple", "complex")


@dataclass(frozen=True, eq=False)
class TwoBlocks:
    """Blocks of equal size with one label in common.

    Attributes:
        simple: uint8 (N, H, W, C), the block that tells the label easily.
        complex: uint8 (N, H, W, C), the block that tells it with effort.
        y: Labels 0 or 1, (N,).
    """

    simple: np.ndarray
    complex: np.ndarray
    y: np.ndarray

    def stacked(self, *, shuffled: str = "none", rng: np.random.Generator | None = None) -> np.ndarray:
        """Return (N, 2 H, W, C), the simple block on top; the block named ``shuffled`` is dealt out anew over all images."""
        order = np.arange(len(self.y)) if shuffled == "none" else rng.permutation(len(self.y))
        simple = self.simple[order] if shuffled == "simple" else self.simple
        complex_ = self.complex[order] if shuffled == "complex" else self.complex
        return np.concatenate([simple, complex_], axis=1)


def pair_up(
    x: np.ndarray, y: np.ndarray, *, simple: tuple[int, int], hard: tuple[int, int], n_per_class: int, rng: np.random.Generator
) -> TwoBlocks:
    """Return blocks of two pairs of classes: label 0 for the first class of each pair, 1 for the second; equally many of both.

    Args:
        x: uint8 (N, H, W, C).
        y: Classes (N,).
        simple: Two classes that are told apart easily.
        hard: Two classes that are told apart with effort; none of them in ``simple``.
        n_per_class: Images of each label; fewer where a class holds fewer.
        rng: Draws the images.

    Raises:
        InputError: If a class is named twice or does not occur.
    """
    classes = (*simple, *hard)
    if len(set(classes)) < len(classes):
        raise InputError(f"the blocks need four different classes, got {', '.join(map(str, classes))}.")
    rows = [rng.permutation(np.flatnonzero(y == label)) for label in classes]
    n = min(n_per_class, *(len(found) for found in rows))
    if n == 0:
        raise InputError(f"every class of the blocks must have images, got none of one of {', '.join(map(str, classes))}.")
    places = [found[:n] for found in rows]
    return TwoBlocks(x[np.concatenate(places[:2])], x[np.concatenate(places[2:])], np.repeat([0, 1], n))


def farthest_pair(x: np.ndarray, y: np.ndarray, *, without: tuple[int, ...] = ()) -> tuple[int, int] | None:
    """Return the two classes whose mean images are farthest apart, ``without`` some; None where fewer than two are left."""
    classes = [int(label) for label in np.unique(y) if label not in without]
    means = {label: x[y == label].mean(axis=0, dtype=np.float64) for label in classes}
    pairs = list(itertools.combinations(classes, 2))
    return max(pairs, key=lambda pair: float(np.square(means[pair[0]] - means[pair[1]]).sum())) if pairs else None


def simplicity_test(
    train: TwoBlocks,
    test: TwoBlocks,
    config: TrainingConfig,
    *,
    seed: int,
    device: str = "cpu",
    report: Report | None = None,
    processes: int | None = None,
) -> pd.DataFrame:
    """Return one row per network and shuffled block: network, shuffled, auc.

    ``network`` is ``stacked``, trained on both blocks, or ``complex_only``, the control, trained with the simple block shuffled.
    ``shuffled`` is the block that says nothing at test time: ``none``, ``simple`` or ``complex``. An AUC of 0.5 is guessing.
    """
    dealt = generator(seed, "simplicity", "train")
    pool = np.concatenate([train.stacked(), train.stacked(shuffled="simple", rng=dealt)])
    members = np.repeat(np.eye(len(NETWORKS), dtype=bool), len(train.y), axis=1)
    wanted = [Wanted(row, config, stream) for stream, row in enumerate(members)]
    models = train_wanted(Images(pool, np.tile(train.y, len(NETWORKS)), 2), wanted, seed=seed, machine=Machine(device, processes, report))
    rows = []
    for shuffled in SHUFFLED:
        shown = test.stacked(shuffled=shuffled, rng=generator(seed, "simplicity", "test", shuffled))
        logits, _ = predict_many(models, shown, config, n_classes=2, device=device, processes=processes)
        rows += [(name, shuffled, auc(score[:, 1] - score[:, 0], test.y == 1)) for name, score in zip(NETWORKS, logits, strict=True)]
    return pd.DataFrame(rows, columns=["network", "shuffled", "auc"])
