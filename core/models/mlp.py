"""A multilayer perceptron on flattened images: two ReLU layers and a linear head."""

import torch
from torch import Tensor, nn

UNITS_PER_WIDTH = 16


class Mlp(nn.Module):
    """Two hidden layers of ``16 * width`` units each."""

    def __init__(self, n_classes: int, image_shape: tuple[int, int, int], width: int) -> None:
        """Build the layers for float NCHW inputs of shape ``image_shape`` = (C, H, W)."""
        super().__init__()
        channels, height, breadth = image_shape
        units = UNITS_PER_WIDTH * width
        self.first = nn.Linear(channels * height * breadth, units)
        self.second = nn.Linear(units, units)
        self.head = nn.Linear(units, n_classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (N, classes) and the second hidden layer's activations (N, 16 * width)."""
        features = torch.relu(self.second(torch.relu(self.first(x.flatten(1)))))
        return self.head(features), features
