"""Small untrained networks with BatchNorm statistics that matter, and images for them."""

import torch
from torch import nn

from core.compression.compressed_model import Architecture, FloatModel


def float_model(name: str = "cnn", *, width: int = 4, n_classes: int = 3, side: int = 12, seed: int = 0) -> FloatModel:
    """Return a network whose norms shift, scale and turn signs."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        architecture = Architecture(name, width, n_classes, (1, side, side))
        network = architecture.build()
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.normal_(module.running_mean)
                nn.init.uniform_(module.running_var, 0.5, 2.0)
                nn.init.uniform_(module.weight, -1.0, 1.0)
                nn.init.normal_(module.bias)
        return FloatModel(architecture, {key: value.clone() for key, value in network.state_dict().items()})


def images(n: int = 32, side: int = 12, seed: int = 1) -> torch.Tensor:
    """Return uint8 images (n, side, side, 1)."""
    return torch.randint(0, 256, (n, side, side, 1), dtype=torch.uint8, generator=torch.Generator().manual_seed(seed))
