"""A network behind a change of pixels: what others trained wants other numbers than this house feeds."""

import torch
from torch import Tensor, nn

MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet
HOUSE = 4.0  # the house feeds (x - 0.5) times this, with x from 0 to 1


class Scaled(nn.Module):
    """``network`` after factor and shift for each channel; neither is part of the weights."""

    def __init__(self, network: nn.Module, scale: str, channels: int) -> None:
        """Put the change from the house's pixels to ``one``, ``two``, ``imagenet`` or ``bytes`` before a network."""
        super().__init__()
        self.network = network
        factor, shift = {"one": (1.0, 0.0), "two": (2.0, -1.0), "bytes": (255.0, 0.0), "imagenet": (None, None)}[scale]
        if factor is None:
            mean, spread = (torch.tensor(one) if channels == 3 else torch.tensor(one).mean(dim=0, keepdim=True) for one in (MEAN, SPREAD))
            factors, shifts = 1.0 / spread, -mean / spread
        else:
            factors, shifts = torch.tensor([factor]), torch.tensor([shift])
        self.register_buffer("factor", (factors / HOUSE)[:, None, None], persistent=False)
        self.register_buffer("shift", (shifts + factors / 2)[:, None, None], persistent=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the network says of float NCHW images in the house's scale."""
        return self.network(x * self.factor.to(x.dtype) + self.shift.to(x.dtype))
