"""Loss gradients at the input of every norm, for all norms and samples from one backward pass per batch.

In evaluation mode samples do not influence each other, so the gradient of the summed loss holds every sample's own. Source: Singhal
and Kim 2025, arXiv 2511.10566, gradient analysis; the norm is taken over all tokens and features of a sample together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.models.normalisation import NormPlace
from core.training.variation import Feed

BATCH = 64


@dataclass(frozen=True, eq=False)
class Profile:
    """Gradients of some samples.

    Attributes:
        norms: (K, n): Euclidean norm of each sample's loss gradient at the input of each of K norms.
        residuals: (n,): Euclidean norm of probabilities minus the one-hot label.
    """

    norms: Tensor
    residuals: Tensor


def gradient_profile(network: nn.Module, places: Sequence[NormPlace], feed: Feed, rows: Tensor, labels: Tensor) -> Profile:
    """Return the gradients of samples against the given labels, on the CPU.

    Args:
        network: In evaluation mode.
        places: The norms, in the order of the answer.
        feed: Holds the samples.
        rows: Which samples, int64 (n,).
        labels: Their labels, int64 (n,): the wrong ones for memorising, the right ones for learning.
    """
    device = next(network.parameters()).device
    parts = [_of_batch(network, places, feed.prepare(feed.inputs[batch].to(device)), some.to(device))
             for batch, some in zip(rows.split(BATCH), labels.split(BATCH), strict=True)]
    return Profile(torch.cat([part.norms for part in parts], dim=1), torch.cat([part.residuals for part in parts]))


def _of_batch(network: nn.Module, places: Sequence[NormPlace], x: Tensor, labels: Tensor) -> Profile:
    met: dict[str, Tensor] = {}

    def keep(name: str):
        def hook(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            met[name] = inputs[0]

        return hook

    handles = [network.get_submodule(place.name).register_forward_pre_hook(keep(place.name)) for place in places]
    try:
        with torch.enable_grad():
            logits = network(x)[0].float()
            loss = F.cross_entropy(logits, labels, reduction="sum")
            gradients = torch.autograd.grad(loss, [met[place.name] for place in places])
    finally:
        for handle in handles:
            handle.remove()
    residuals = (logits.detach().softmax(1) - F.one_hot(labels, logits.shape[1])).norm(dim=1)
    return Profile(torch.stack([gradient.flatten(1).float().norm(dim=1) for gradient in gradients]).cpu(), residuals.cpu())
