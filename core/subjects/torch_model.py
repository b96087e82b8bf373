"""A torch network asked for logits and features, a batch at a time."""

import numpy as np
import torch
from torch import nn

from core.lab.errors import InputError
from core.subjects.pixels import SCALES

BATCH = 256


def ask_network(network: nn.Module, images: np.ndarray, scale: str, *, device: str = "cpu") -> tuple[np.ndarray, np.ndarray | None]:
    """Return logits (N, C) and features (N, D) of uint8 images (N, H, W, C), in evaluation mode.

    Raises:
        InputError: If the network cannot take images of this shape.
    """
    logits, features = [], []
    try:
        with torch.inference_mode():
            for start in range(0, len(images), BATCH):
                batch = np.moveaxis(SCALES[scale][1](images[start:start + BATCH]), -1, 1).astype(np.float32)
                said, inner = network(torch.from_numpy(np.ascontiguousarray(batch)).to(device))
                logits.append(said.float().cpu().numpy())
                features.append(inner.float().flatten(1).cpu().numpy())
    except (RuntimeError, ValueError, AssertionError) as error:
        raise InputError(f"a network must take images of shape {images.shape[1:]} (height, width, channels), got weights that fail on them "
                         f"({type(error).__name__}): choose the data that it was trained on.") from None
    return np.concatenate(logits), np.concatenate(features)
