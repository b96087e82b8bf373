"""Losses against soft labels, by the names under which they were released.

z are logits, q a soft label, T a temperature and a the weight of the soft part. The soft label itself is never tempered again.
"""

from collections.abc import Callable
from types import MappingProxyType

import torch.nn.functional as F
from torch import Tensor

SoftLoss = Callable[[Tensor, Tensor, float], Tensor]


def released_kl(logits: Tensor, soft: Tensor, temperature: float) -> Tensor:
    """Return T^2 KL(q || softmax(z / T)), averaged over images *and* classes: ReffAKD on Fashion-MNIST and Tiny-ImageNet."""
    return batch_mean_kl(logits, soft, temperature) / logits.shape[1]


def released_cross_entropy(logits: Tensor, soft: Tensor, temperature: float) -> Tensor:
    """Return T^2 times the cross-entropy of softmax(z / T) against q, averaged over images: ReffAKD on CIFAR-100."""
    return -(soft * F.log_softmax(logits / temperature, 1)).sum(1).mean() * temperature**2


def batch_mean_kl(logits: Tensor, soft: Tensor, temperature: float) -> Tensor:
    """Return T^2 KL(q || softmax(z / T)), averaged over images: Hinton et al. 2015."""
    return F.kl_div(F.log_softmax(logits / temperature, 1), soft, reduction="batchmean") * temperature**2


LOSSES: MappingProxyType[str, SoftLoss] = MappingProxyType(
    {"released_kl": released_kl, "released_ce": released_cross_entropy, "batchmean": batch_mean_kl})
