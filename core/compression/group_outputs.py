"""The chain of causes from rounded or pruned weights to a group's accuracy, link by link.

The links over outputs take logits as they were computed; that of activations runs the float network and the small one side by side.
Gradients and curvature come from ``core.measures.curvature``.
"""

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from core.compression.calibration import watched_inputs
from core.compression.compressed_model import CompressedModel, FloatModel, float_network, network_of
from core.compression.layers import layers_of
from core.training.images import to_input

SAMPLES_A_GROUP = 64
BATCH = 256


def group_outputs(logits: np.ndarray, labels: np.ndarray, groups: np.ndarray, n_groups: int) -> pd.DataFrame:
    """Return what a network's logits show of each group, one row per group in order.

    Args:
        logits: (N, C), C at least 2.
        labels: Classes (N,).
        groups: Group of each sample (N,); every group occurs.
        n_groups: G.

    Returns:
        Means over a group's samples: ``loss`` (cross-entropy, nats), ``accuracy``, ``logit_variance`` (over the C logits of a
        sample), ``margin`` (logit of the class minus the largest other; negative where wrong) and ``closeness`` (1 - sum p^2, from 0
        far from every decision boundary to 1 - 1 / C; Tran et al. 2022, Proposition 3, carried to several classes).
    """
    z, losses = logits.astype(np.float64), sample_losses(logits, labels)
    exponents = np.exp(z - z.max(axis=1, keepdims=True))
    probs = exponents / exponents.sum(axis=1, keepdims=True)
    samples = {
        "loss": losses,
        "accuracy": (z.argmax(axis=1) == labels).astype(np.float64),
        "logit_variance": z.var(axis=1),
        "margin": margins(z, labels),
        "closeness": 1.0 - (probs * probs).sum(axis=1)}
    counts = np.bincount(groups, minlength=n_groups)
    return pd.DataFrame({name: np.bincount(groups, values, minlength=n_groups) / counts for name, values in samples.items()})


def margins(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the logit of the true class minus the largest other one, (N,); positive where the answer is right."""
    rows, others = np.arange(len(logits)), logits.copy()
    others[rows, labels] = -np.inf
    return logits[rows, labels] - others.max(axis=1)


def sample_losses(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the cross-entropy of each sample in nats, float64 (N,), from logits (N, C) and classes (N,)."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(shifted)), labels]


def activation_change(
    model: CompressedModel, images: Tensor, groups: Tensor, n_groups: int
) -> tuple[tuple[str, ...], np.ndarray]:
    """Return by how much compression changes each layer's input, per group.

    Args:
        model: The small network; its ``reference`` is the float network that it is compared with.
        images: uint8 (N, H, W, C); the first 64 of each group are used.
        groups: Group of each image (N,), on the CPU; every group occurs.
        n_groups: G.

    Returns:
        Paths of the L convolutions and linear layers, and (L, G): mean over samples of ||a'(x) - a(x)|| / ||a(x)||, with a' the input
        as the layer takes it, rounded where it rounds. A sample whose a(x) is all zero counts as 0 where a'(x) is too, else as 1.
    """
    rows = torch.cat([torch.nonzero(groups == group)[:SAMPLES_A_GROUP, 0] for group in range(n_groups)])
    of = groups[rows].numpy()
    device = str(images.device)
    before, after = float_network(FloatModel(model.architecture, model.reference), device), network_of(model, device=device)
    changes = []
    with torch.no_grad():
        for batch in rows.split(BATCH):
            x = to_input(images[batch.to(images.device)])
            pairs = zip(layer_inputs(before, x), layer_inputs(after, x), strict=True)
            changes.append(torch.stack([_relative_change(a.flatten(1), b.flatten(1)) for a, b in pairs]).cpu().numpy())
    per_sample = np.concatenate(changes, axis=1).astype(np.float64)
    counts = np.bincount(of, minlength=n_groups)
    means = np.stack([np.bincount(of, layer, minlength=n_groups) / counts for layer in per_sample])
    return tuple(layers_of(before)), means


def layer_inputs(network: nn.Module, x: Tensor) -> list[Tensor]:
    """Return what each convolution and linear layer takes in when the network sees ``x``, in the order of their definition."""
    paths = list(layers_of(network))
    with watched_inputs(network, paths, lambda taken: taken) as record:
        network(x)
    return [record[path] for path in paths]


def _relative_change(before: Tensor, after: Tensor) -> Tensor:
    change, length = (after - before).norm(dim=1), before.norm(dim=1)
    return torch.where(length > 0, change / length.clamp_min(torch.finfo(length.dtype).tiny), (change > 0).to(length.dtype))
