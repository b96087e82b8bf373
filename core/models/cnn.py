"""A small convolutional network: three blocks of convolution, normalisation, ReLU and pooling, then one hidden layer.

Inputs are float NCHW. At width 16 on 28 x 28 grey images it has about 100,000 weights.
"""

import itertools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HIDDEN_UNITS = 128


class Block(nn.Sequential):
    """A convolution and its normalisation; channels last goes in and comes out.

    GroupNorm works on images that lie channels first: channels last, torch's own takes three times as long in float32 and ten in
    bfloat16, which made whole trainings with it three times as slow as with BatchNorm.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised convolution of (N, C, H, W)."""
        convolution, norm = self
        if not isinstance(norm, nn.GroupNorm):
            return norm(convolution(x))
        return norm(convolution(x).contiguous()).movedim(1, -1).contiguous().movedim(-1, 1)


class Cnn(nn.Module):
    """Three blocks of ``width``, ``2 * width`` and ``4 * width`` channels, a layer of 128 ReLU units and a linear head."""

    def __init__(self, n_classes: int, image_shape: tuple[int, int, int], width: int, norm: Callable[[int], nn.Module]) -> None:
        """Build the layers; ``norm`` makes the normalisation of a given number of channels."""
        super().__init__()
        channels, height, breadth = image_shape
        sizes = (channels, width, 2 * width, 4 * width)
        self.blocks = nn.ModuleList(
            Block(nn.Conv2d(before, after, 3, padding=1, bias=False), norm(after))
            for before, after in itertools.pairwise(sizes)
        )
        self.hidden = nn.Linear(sizes[-1] * (height // 8) * (breadth // 8), HIDDEN_UNITS)
        self.head = nn.Linear(HIDDEN_UNITS, n_classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (N, classes) and the 128 hidden activations (N, 128)."""
        for block in self.blocks:
            # ReLU commutes with the maximum: pooling first gives the same numbers at a quarter of the ReLU's cost
            x = torch.relu(F.max_pool2d(block(x), 2))
        features = torch.relu(self.hidden(x.flatten(1)))
        return self.head(features), features


def group_norm(channels: int) -> nn.GroupNorm:
    """Return a GroupNorm of eight groups, or of the largest smaller power of two that divides ``channels``."""
    groups = next(count for count in (8, 4, 2, 1) if channels % count == 0)
    return nn.GroupNorm(groups, channels)
