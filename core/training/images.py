"""From stored images (uint8, NHWC) to network inputs (float NCHW, channels last in memory), with or without augmentation.

Every pixel is scaled by the same constants, (x / 255 - 0.5) / 0.25, so that a model's input depends on no statistic of any data
set.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

_SCALE = 1.0 / (255.0 * 0.25)
_SHIFT = -0.5 / 0.25


def to_input(images: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return uint8 images (..., H, W, C) as network inputs (..., C, H, W) of ``dtype`` with values in [-2, 2]."""
    return images.to(torch.float32).mul_(_SCALE).add_(_SHIFT).to(dtype).movedim(-1, -3)


def on_device(images: np.ndarray, device: str) -> Tensor:
    """Return the uint8 array (N, H, W, C) as one tensor on ``device``."""
    return torch.from_numpy(np.require(images, requirements=("C", "W"))).to(
        device
    )  # torch warns of read-only arrays: they are copied


@dataclass(frozen=True, eq=False)
class Shifts:
    """How each image of an epoch is moved: offsets of the crop in padded pixels, and whether it is mirrored; each (n,)."""

    rows: Tensor
    columns: Tensor
    flips: Tensor


def padding(height: int, width: int) -> int:
    """Return how many pixels are padded on each side before cropping: 4 for 28 or 32 pixels, in proportion otherwise."""
    return max(1, (min(height, width) + 4) // 8)


def draw_shifts(n: int, pad: int, generator: torch.Generator) -> Shifts:
    """Return ``n`` random moves: offsets uniform over 0..2 pad, mirrored with probability one half."""
    offsets = torch.randint(0, 2 * pad + 1, (2, n), generator=generator)
    return Shifts(offsets[0], offsets[1], torch.randint(0, 2, (n,), generator=generator).bool())


def pad_images(images: Tensor, pad: int) -> Tensor:
    """Return uint8 images (N, H, W, C) with a black border of ``pad`` pixels."""
    return torch.nn.functional.pad(images, (0, 0, pad, pad, pad, pad))


def gather_moved(padded: Tensor, indices: Tensor, shifts: Shifts, height: int, width: int) -> Tensor:
    """Return the crops of ``padded`` (N, H + 2 pad, W + 2 pad, C) at ``indices`` (...,): uint8 (..., height, width, C)."""
    rows = shifts.rows[..., None] + torch.arange(height, device=padded.device)
    columns = torch.arange(width, device=padded.device).expand(*indices.shape, width)
    columns = torch.where(shifts.flips[..., None], width - 1 - columns, columns) + shifts.columns[..., None]
    return padded[indices[..., None, None], rows[..., :, None], columns[..., None, :]]
