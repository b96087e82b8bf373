"""A small vision transformer that normalises before (Pre-LN) or after (Post-LN) each sub-layer, and differs in nothing else.

Images are cut into square patches; tokens have learnt positions; a final norm and the mean over tokens precede the head. Source:
Dosovitskiy et al. 2021 (patches), Xiong et al. 2020, "On Layer Normalization in the Transformer Architecture" (both placements).
"""

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.lab.errors import InputError

FEED_FORWARD_FACTOR = 4


def check_patch_transformer(image_shape: tuple[int, int, int], *, depth: int, width: int, heads: int, patch: int) -> None:
    """Refuse sizes that do not go together.

    Raises:
        InputError: If depth is not divisible by three, width not by heads, or the image not by the patch.
    """
    if depth < 1 or depth % 3:
        raise InputError(f"depth must be divisible by three (early, middle, later layers), got {depth}: "
                         f"choose {3 * max(1, round(depth / 3))}.")
    if width % heads:
        raise InputError(f"width must be a multiple of heads ({heads}), got {width}.")
    if any(side % patch for side in image_shape[1:]):
        raise InputError(f"patch must divide the images of {image_shape[1]} x {image_shape[2]} pixels, got {patch}.")


class Attention(nn.Module):
    """Multi-head self-attention over all tokens."""

    def __init__(self, width: int, heads: int) -> None:
        """Build the joint query-key-value layer and the output layer."""
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, tokens, width)."""
        n, tokens, width = x.shape
        split = self.query_key_value(x).view(n, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(split[0], split[1], split[2])
        return self.out(mixed.transpose(1, 2).reshape(n, tokens, width))


class Block(nn.Module):
    """One layer: attention and feed-forward, each with a norm and a residual connection."""

    def __init__(self, width: int, heads: int, placement: Literal["pre", "post"], dropout: float) -> None:
        """Build the two sub-layers and their norms."""
        super().__init__()
        self.placement = placement
        self.attention_norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.feed_forward_norm = nn.LayerNorm(width)
        self.feed_forward = nn.Sequential(
            nn.Linear(width, FEED_FORWARD_FACTOR * width), nn.GELU(), nn.Linear(FEED_FORWARD_FACTOR * width, width))
        self.dropout = nn.Dropout(dropout)

    def sublayers(self) -> tuple[tuple[nn.Module, nn.Module], ...]:
        """Return the two sub-layers in order, each with its norm: (norm, layer)."""
        return (self.attention_norm, self.attention), (self.feed_forward_norm, self.feed_forward)

    def combine(self, x: Tensor, norm: nn.Module, layer: nn.Module) -> Tensor:
        """Return what leaves a sub-layer. The switch is here and nowhere else."""
        return x + self.dropout(layer(norm(x))) if self.placement == "pre" else norm(x + self.dropout(layer(x)))

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, tokens, width)."""
        for norm, layer in self.sublayers():
            x = self.combine(x, norm, layer)
        return x


class PatchTransformer(nn.Module):
    """See the module's first lines."""

    def __init__(self, n_classes: int, image_shape: tuple[int, int, int], *, placement: Literal["pre", "post"], depth: int = 3,
                 width: int = 48, heads: int = 3, patch: int = 7, dropout: float = 0.0) -> None:
        """Build the network for float NCHW images of ``image_shape`` = (C, H, W).

        Raises:
            InputError: See ``check_patch_transformer``.
        """
        super().__init__()
        check_patch_transformer(image_shape, depth=depth, width=width, heads=heads, patch=patch)
        channels, height, breadth = image_shape
        self.placement, self.patch = placement, patch
        self.embed = nn.Linear(channels * patch * patch, width)
        self.positions = nn.Parameter(0.02 * torch.randn(height * breadth // patch**2, width))
        self.blocks = nn.ModuleList(Block(width, heads, placement, dropout) for _ in range(depth))
        self.final_norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, n_classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (N, classes) and the mean final token (N, width)."""
        tokens = self.tokens(x)
        for block in self.blocks:
            tokens = block(tokens)
        features = self.final_norm(tokens).mean(1)
        return self.head(features), features

    def tokens(self, x: Tensor) -> Tensor:
        """Return what enters the first block, (N, tokens, width)."""
        n, channels, height, breadth = x.shape
        side = self.patch
        cut = x.reshape(n, channels, height // side, side, breadth // side, side).permute(0, 2, 4, 1, 3, 5)
        return self.embed(cut.reshape(n, -1, channels * side * side)) + self.positions

    def read_out(self, tokens: Tensor) -> Tensor:
        """Return logits (N, classes) of what leaves the last block."""
        return self.head(self.final_norm(tokens).mean(1))
