"""Residual networks whose blocks can be left out, one by one, when they run.

A block that keeps the shape of what it gets can be skipped: its shortcut is the identity. The first block of a stage changes the
shape and always runs.
"""

from collections.abc import Collection

import torch
from torch import Tensor, nn

from core.models.resnet import BasicBlock


class BlockNet(nn.Module):
    """A stem of stride 2, stages of basic blocks that halve the image and double the channels, average pooling, a linear head."""

    def __init__(
        self, n_classes: int, image_shape: tuple[int, int, int], width: int, blocks_per_stage: tuple[int, ...], *, exits: bool = False
    ) -> None:
        """Build ``len(blocks_per_stage)`` stages from ``width`` channels on; ``exits`` adds a head after every stage but the last."""
        super().__init__()
        self.stem, self.stem_norm = nn.Conv2d(image_shape[0], width, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(width)
        blocks, channels, ends = [], width, []
        for stage, n_blocks in enumerate(blocks_per_stage):
            after = width * 2**stage
            for block in range(n_blocks):
                blocks.append(BasicBlock(channels, after, stride=2 if stage and not block else 1))
                channels = after
            ends.append(len(blocks) - 1)
        self.blocks = nn.ModuleList(blocks)
        self.ends = tuple(ends)
        self.head = nn.Linear(channels, n_classes)
        self.exits = nn.ModuleList(nn.Linear(width * 2**stage, n_classes) for stage in range(len(ends) - 1)) if exits else nn.ModuleList()

    def forward(self, x: Tensor, dropped: Collection[int] = ()) -> tuple[Tensor, Tensor]:
        """Return logits and pooled features of images, leaving out the ``dropped`` blocks (from 0)."""
        x = torch.relu(self.stem_norm(self.stem(x)))
        for index, block in enumerate(self.blocks):
            if index not in dropped:
                x = block(x)
        features = x.mean((2, 3))
        return self.head(features), features

    def until(self, x: Tensor, stage: int) -> Tensor:
        """Return the logits of the exit after stage ``stage`` (from 0); what comes behind it does not run."""
        x = torch.relu(self.stem_norm(self.stem(x)))
        for block in self.blocks[: self.ends[stage] + 1]:
            x = block(x)
        return (self.head if stage == len(self.ends) - 1 else self.exits[stage])(x.mean((2, 3)))

    def every_exit(self, x: Tensor) -> list[Tensor]:
        """Return the logits of every exit, first to last, from one pass."""
        x = torch.relu(self.stem_norm(self.stem(x)))
        found = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in self.ends:
                head = self.head if index == self.ends[-1] else self.exits[self.ends.index(index)]
                found.append(head(x.mean((2, 3))))
        return found


class Trio(nn.Module):
    """A Leader and two Teammates of one shape with weights of their own; alone, it answers with the Leader."""

    def __init__(self, n_classes: int, image_shape: tuple[int, int, int], width: int, blocks_per_stage: tuple[int, ...]) -> None:
        """Build all three."""
        super().__init__()
        self.leader, self.first, self.second = (BlockNet(n_classes, image_shape, width, blocks_per_stage) for _ in range(3))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the Leader's logits and features."""
        return self.leader(x)


def droppable(blocks_per_stage: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Return for every stage the places of the blocks that may be left out: all but its first."""
    starts = [sum(blocks_per_stage[:stage]) for stage in range(len(blocks_per_stage))]
    return tuple(tuple(range(start + 1, start + n)) for start, n in zip(starts, blocks_per_stage, strict=True))
