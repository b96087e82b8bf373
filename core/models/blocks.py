"""Residual networks whose blocks can be left out, one by one, when they run.

A block that keeps the shape of what it gets can be skipped: its shortcut is the identity. The first block of a stage changes the
shape and always runs.
"""

from collections.abc import Collection, Sequence

import torch
from torch import Tensor, nn

from core.models.resnet import BasicBlock


class OwnNorm(nn.Module):
    """BatchNorms of one place, one for each depth: scale, shift and statistics are not shared. ``turn`` says which works."""

    def __init__(self, n_channels: int, n_depths: int) -> None:
        """Build as many as there are depths; at first the one of the full depth works."""
        super().__init__()
        self.norms = nn.ModuleList(nn.BatchNorm2d(n_channels) for _ in range(n_depths))
        self.turn = 0

    def forward(self, x: Tensor) -> Tensor:
        """Return what the BatchNorm of this depth makes of ``x``."""
        return self.norms[self.turn](x)


def give_own_norms(network: nn.Module, n_depths: int) -> None:
    """Replace every BatchNorm of a network by one for each depth; no random number is drawn, so that other weights stay as they are."""
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.BatchNorm2d):
                setattr(module, name, OwnNorm(child.num_features, n_depths))


class BlockNet(nn.Module):
    """A stem of stride 2, stages of basic blocks that halve the image and double the channels, average pooling, a linear head."""

    def __init__(self, n_classes: int, image_shape: tuple[int, int, int], width: int, blocks_per_stage: tuple[int, ...], *,
                 exits: bool = False, own_norms: bool = False) -> None:
        """Build ``len(blocks_per_stage)`` stages from ``width`` channels on.

        ``exits`` adds a head after every stage but the last; ``own_norms`` gives each depth BatchNorms of its own.
        """
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
        self.own_norms = own_norms
        if own_norms:
            give_own_norms(self, 1 + sum(n_blocks - 1 for n_blocks in blocks_per_stage))

    def forward(self, x: Tensor, dropped: Collection[int] = ()) -> tuple[Tensor, Tensor]:
        """Return logits and pooled features of images, leaving out the ``dropped`` blocks (from 0)."""
        self._at_depth(len(dropped))
        x = torch.relu(self.stem_norm(self.stem(x)))
        for index, block in enumerate(self.blocks):
            if index not in dropped:
                x = block(x)
        features = x.mean((2, 3))
        return self.head(features), features

    def at_depths(self, x: Tensor, many: Sequence[Collection[int]]) -> list[Tensor]:
        """Return the logits without each set of blocks; what several of them do alike from the beginning on runs once.

        Gradients are those of as many passes. Running averages of BatchNorm move once for what runs once. Where each depth has norms of
        its own nothing is alike, and each runs alone.
        """
        if self.own_norms:
            return [self(x, dropped)[0] for dropped in many]
        after: dict[tuple[int, ...], Tensor] = {(): torch.relu(self.stem_norm(self.stem(x)))}  # by the blocks that ran
        logits: dict[tuple[int, ...], Tensor] = {}
        ran = [tuple(index for index in range(len(self.blocks)) if index not in dropped) for dropped in many]
        for blocks in ran:
            for end in range(1, len(blocks) + 1):
                if blocks[:end] not in after:
                    after[blocks[:end]] = self.blocks[blocks[end - 1]](after[blocks[:end - 1]])
            if blocks not in logits:
                logits[blocks] = self.head(after[blocks].mean((2, 3)))
        return [logits[blocks] for blocks in ran]

    def _at_depth(self, n_dropped: int) -> None:
        if self.own_norms:
            for module in self.modules():
                if isinstance(module, OwnNorm):
                    module.turn = n_dropped

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

    def __init__(self, n_classes: int, image_shape: tuple[int, int, int], width: int, blocks_per_stage: tuple[int, ...], *,
                 own_norms: bool = False) -> None:
        """Build all three; ``own_norms`` gives each depth of the Teammates BatchNorms of its own (the Leader has one depth)."""
        super().__init__()
        self.leader, self.first, self.second = (
            BlockNet(n_classes, image_shape, width, blocks_per_stage, own_norms=own_norms and member > 0) for member in range(3))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the Leader's logits and features."""
        return self.leader(x)


def droppable(blocks_per_stage: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Return for every stage the places of the blocks that may be left out: all but its first."""
    starts = [sum(blocks_per_stage[:stage]) for stage in range(len(blocks_per_stage))]
    return tuple(tuple(range(start + 1, start + n)) for start, n in zip(starts, blocks_per_stage, strict=True))
