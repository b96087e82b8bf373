"""A model whose last linear layer is replaced by another head."""

from torch import Tensor, nn

from core.models.heads import SrcmHead
from core.models.srcm import Srcm


class WithHead(nn.Module):
    """``backbone`` up to its features, then ``head``; the features are those that the head classifies."""

    def __init__(self, backbone: nn.Module, head: nn.Module) -> None:
        """Join the two."""
        super().__init__()
        self.backbone, self.head = backbone, head

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (N, C) and features (N, D) of float NCHW images."""
        return self.head(self.backbone(x)[1])


def replace_head(network: nn.Module, head: SrcmHead) -> WithHead:
    """Return the network with ``head`` instead of its last linear layer, which must be called ``head``."""
    in_features, n_classes = network.head.in_features, network.head.out_features
    network.head = nn.Identity()
    return WithHead(network, Srcm(in_features, n_classes, head))
