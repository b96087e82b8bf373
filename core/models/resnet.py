"""Residual networks with stems for small images: a 3 x 3 convolution of stride 1 and no pooling before the first stage.

Source: He et al. 2016, "Deep Residual Learning for Image Recognition": section 4.2 for ResNet-20 (without its parameter-free
shortcuts: a 1 x 1 convolution stands where shapes change), Table 1 for ResNet-18.
"""

import torch
from torch import Tensor, nn


def _conv3x3(before: int, after: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False)


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        """Build a block from ``before`` to ``after`` channels; ``stride`` acts in its first convolution."""
        super().__init__()
        self.first, self.first_norm = _conv3x3(before, after, stride), nn.BatchNorm2d(after)
        self.second, self.second_norm = _conv3x3(after, after), nn.BatchNorm2d(after)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or before != after:
            self.shortcut = nn.Sequential(nn.Conv2d(before, after, 1, stride=stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x: Tensor) -> Tensor:
        """Return the activations after the block's second ReLU."""
        y = torch.relu(self.first_norm(self.first(x)))
        return torch.relu(self.second_norm(self.second(y)) + self.shortcut(x))


class ResNet(nn.Module):
    """Stages of basic blocks, each after the first halving the image and doubling the channels, then global average pooling."""

    def __init__(self, n_classes: int, image_shape: tuple[int, int, int], width: int, blocks_per_stage: tuple[int, ...]) -> None:
        """Build ``len(blocks_per_stage)`` stages that start at ``width`` channels."""
        super().__init__()
        self.stem, self.stem_norm = _conv3x3(image_shape[0], width), nn.BatchNorm2d(width)
        stages, channels = [], width
        for stage, n_blocks in enumerate(blocks_per_stage):
            after = width * 2**stage
            for block in range(n_blocks):
                stages.append(BasicBlock(channels, after, stride=2 if stage and not block else 1))
                channels = after
        self.stages = nn.Sequential(*stages)
        self.head = nn.Linear(channels, n_classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (N, classes) and the pooled features (N, channels of the last stage)."""
        x = self.stages(torch.relu(self.stem_norm(self.stem(x))))
        features = x.mean((2, 3))
        return self.head(features), features
