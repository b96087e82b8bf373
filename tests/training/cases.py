"""A small learnable problem: bright squares in one of three places."""

import numpy as np

from core.training.config import TrainingConfig

CONFIG = TrainingConfig(width=4, epochs=2, batch_size=16, precision="float32")


def squares(n: int = 60, side: int = 12, channels: int = 1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return uint8 images (n, side, side, channels) and labels in {0, 1, 2}."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 3, n)
    images = generator.integers(0, 120, (n, side, side, channels))
    for image, label in zip(images, labels, strict=True):
        image[1:5, 4 * label : 4 * label + 4] += 80
    return images.astype(np.uint8), labels


def halves(n_models: int, n: int, seed: int = 1) -> np.ndarray:
    """Return a membership table (n_models, n) with n // 2 members a row."""
    generator = np.random.default_rng(seed)
    table = np.zeros((n_models, n), bool)
    for row in table:
        row[generator.permutation(n)[: n // 2]] = True
    return table


def assert_same_bits(first, second) -> None:
    """Assert that two trained models agree in every bit."""
    for name in ("state", "initial_state"):
        one, two = getattr(first, name), getattr(second, name)
        assert list(one) == list(two)
        for key in one:
            np.testing.assert_array_equal(one[key].numpy(), two[key].numpy(), err_msg=key)
    for key in first.curves:
        np.testing.assert_array_equal(first.curves[key], second.curves[key], err_msg=key)
    for epoch in first.checkpoint_logits:
        np.testing.assert_array_equal(first.checkpoint_logits[epoch], second.checkpoint_logits[epoch])
