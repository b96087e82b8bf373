"""The small convolutional autoencoder whose codes say how alike classes look.

Source: Gyawali et al. 2024 (ReffAKD), released code: 4 x 4 convolutions of stride 2 with 12, 24 and 48 channels, mirrored, a sigmoid
at the end.
"""

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CHANNELS = (12, 24, 48)
MULTIPLE = 8  # three halvings


class Autoencoder(nn.Module):
    """Three halvings down and three up. ``forward`` returns the reconstruction and the flattened code, where others return logits."""

    def __init__(self, image_shape: tuple[int, int, int]) -> None:
        """Build it for images (C, H, W); sides that are no multiple of eight are enlarged to the next one, 28 to 32 as released."""
        super().__init__()
        channels, *sides = image_shape
        self.sides = tuple(-(-side // MULTIPLE) * MULTIPLE for side in sides)
        steps = list(itertools.pairwise((channels, *CHANNELS)))
        self.encoder = nn.ModuleList(nn.Conv2d(before, after, 4, stride=2, padding=1) for before, after in steps)
        self.decoder = nn.ModuleList(nn.ConvTranspose2d(after, before, 4, stride=2, padding=1) for before, after in reversed(steps))

    def enlarged(self, x: Tensor) -> Tensor:
        """Return images (N, C, H, W) at the sides that the network works on."""
        return x if tuple(x.shape[2:]) == self.sides else F.interpolate(x, size=self.sides, mode="bilinear", align_corners=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return reconstructions in [0, 1], (N, C, H', W'), and ReLU codes (N, 48 H' W' / 64)."""
        x = self.enlarged(x)
        for layer in self.encoder:
            x = torch.relu(layer(x))
        code = x.flatten(1)
        for layer in self.decoder[:-1]:
            x = torch.relu(layer(x))
        return torch.sigmoid(self.decoder[-1](x)), code
