"""Label-only attack: members keep their label under more perturbations, because they lie further from the decision boundary.

The attacker sees only predicted classes, so no masking of confidences helps. Each perturbed copy counts with the weight it earns
on the reference models: the share of members minus the share of non-members it leaves correctly labelled.

Source: Choquette-Choo et al. 2021, "Label-Only Membership Inference Attacks", sections 3.2 and 3.3.
"""

from collections.abc import Iterator

import numpy as np

from core.lab.seeds import generator
from core.privacy.signals import Signals

NOISE_SCALES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)


def label_only(signals: Signals) -> np.ndarray:
    """Return the weighted share of copies labelled correctly, the image itself among them, (K, N), in [0, 1].

    Weights that are not positive count as zero; when all are, every copy counts the same.
    """
    copies = np.concatenate([signals.correct[:, :, None], signals.label_only_correct], axis=2)
    weights = copy_weights(copies, signals.members)
    return np.einsum("knq,kq->kn", copies.astype(np.float64), weights)


def copy_weights(copies: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return for every target the weight of each copy, learned on the other models, (K, Q), summing to 1."""
    inside = np.einsum("knq,kn->kq", copies.astype(np.float64), members.astype(np.float64))
    overall = copies.sum(axis=1, dtype=np.float64)
    n_inside = members.sum(axis=1, dtype=np.float64)[:, None]
    n_outside = members.shape[1] - n_inside

    def rate_of_others(counts: np.ndarray, totals: np.ndarray) -> np.ndarray:
        return (counts.sum(axis=0) - counts) / np.maximum(totals.sum() - totals, 1.0)

    earned = np.maximum(rate_of_others(inside, n_inside) - rate_of_others(overall - inside, n_outside), 0.0)
    earned[earned.sum(axis=1) == 0.0] = 1.0
    return earned / earned.sum(axis=1, keepdims=True)


def perturbed_copies(
    x: np.ndarray, *, shift: int = 1, with_flip: bool = False, noise_scales: tuple[float, ...] = NOISE_SCALES,
    copies_per_scale: int = 2, seed: int = 0,
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the name and the images of one perturbation after another; all images get the same perturbation at a time.

    In order: every shift by (dx, dy) with ``1 <= |dx| + |dy| <= shift`` pixels, black moving in; the mirror image if asked;
    Gaussian noise, ``copies_per_scale`` draws per scale. One copy of the data is held at a time.

    Args:
        x: (N, H, W, C) uint8 images.
        shift: Largest shift, pixels; 0 for none.
        with_flip: Whether the mirror image is a sensible query for these data.
        noise_scales: Standard deviations as fractions of the value range.
        copies_per_scale: Draws for each scale.
        seed: Decides the noise.

    Raises:
        ValueError: If the images are not (N, H, W, C) uint8.
    """
    if x.ndim != 4 or x.dtype != np.uint8:
        raise ValueError(f"images must be uint8 with axes (N, H, W, C), got {x.dtype} of shape {x.shape}")
    for dx in range(-shift, shift + 1):
        for dy in range(-shift, shift + 1):
            if 1 <= abs(dx) + abs(dy) <= shift:
                yield f"shift {dx:+d},{dy:+d}", shifted(x, dx=dx, dy=dy)
    if with_flip:
        yield "mirror", x[:, :, ::-1]
    for level, scale in enumerate(noise_scales):
        for copy in range(copies_per_scale):
            noise = generator(seed, "label-only noise", level, copy).standard_normal(x.shape, dtype=np.float32)
            noise *= np.float32(255.0 * scale)
            yield f"noise {scale:g}", np.clip(np.rint(x + noise), 0, 255).astype(np.uint8)


def shifted(x: np.ndarray, *, dx: int, dy: int) -> np.ndarray:
    """Return images moved right by ``dx`` and down by ``dy`` pixels, zeros moving in, same shape."""
    moved = np.zeros_like(x)
    height, width = x.shape[1:3]
    target_rows, source_rows = slice(max(dy, 0), height + min(dy, 0)), slice(max(-dy, 0), height + min(-dy, 0))
    target_columns, source_columns = slice(max(dx, 0), width + min(dx, 0)), slice(max(-dx, 0), width + min(-dx, 0))
    moved[:, target_rows, target_columns] = x[:, source_rows, source_columns]
    return moved
