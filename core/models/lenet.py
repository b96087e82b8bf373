"""LeNet-5 with BatchNorm, the student of the paper on soft labels without a teacher.

Source: LeCun et al. 1998 for the layers; Gyawali et al. 2024 (ReffAKD, released code) for BatchNorm after each convolution.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

KERNEL, PAD = 5, 2
SMALLEST_UNPADDED = 12  # pixels after the first pooling below which the second convolution would leave nothing to pool


class LeNet5(nn.Module):
    """Two convolutions with BatchNorm, ReLU and pooling, then 120 and 84 units; 61,750 weights on 28 x 28 grey images."""

    def __init__(self, n_classes: int, image_shape: tuple[int, int, int]) -> None:
        """Build the layers for images (C, H, W); the second convolution is padded where the image is small."""
        super().__init__()
        channels, height, breadth = image_shape
        pad = 0 if min(height, breadth) // 2 >= SMALLEST_UNPADDED else PAD
        self.first, self.first_norm = nn.Conv2d(channels, 6, KERNEL, padding=PAD), nn.BatchNorm2d(6)
        self.second, self.second_norm = nn.Conv2d(6, 16, KERNEL, padding=pad), nn.BatchNorm2d(16)
        rows, columns = ((side // 2 + 2 * pad - KERNEL + 1) // 2 for side in (height, breadth))
        self.hidden = nn.Sequential(nn.Linear(16 * rows * columns, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU())
        self.head = nn.Linear(84, n_classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (N, classes) and the 84 hidden activations."""
        for convolution, norm in ((self.first, self.first_norm), (self.second, self.second_norm)):
            x = torch.relu(F.max_pool2d(norm(convolution(x)), 2))
        features = self.hidden(x.flatten(1))
        return self.head(features), features
