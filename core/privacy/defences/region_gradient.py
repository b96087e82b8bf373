"""Where leakage sits, without training: how well the gradient norm of each region alone tells members from others."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap

from core.lab.seeds import generator
from core.measures.roc import auc
from core.models.regions import regions_of
from core.models.registry import build
from core.privacy.audited_models import AuditedModel
from core.privacy.defences.evidence import evidence_table
from core.privacy.defences.record import DefenceJob
from core.training.forked import one_thread
from core.training.images import on_device, to_input

SAMPLES = 200
BATCH = 50


def region_gradient(job: DefenceJob, models: Sequence[AuditedModel]) -> pd.DataFrame:
    """Return the AUC of minus the gradient norm per target and region, on equally many members and reference images."""
    x = job.audit.pool[0]
    rows = []
    with one_thread():
        network = build(job.training.model, n_classes=job.audit.n_classes, image_shape=(x.shape[3], *x.shape[1:3]),
                        width=job.training.width).to(job.context.device).eval()
        for target, (model, members) in enumerate(zip(models, job.audit.members, strict=True)):
            network.load_state_dict(model.state)
            images, labels, inside = _sample(job, np.flatnonzero(members), target)
            norms = region_norms(network, to_input(on_device(images, job.context.device)),
                                 torch.from_numpy(labels).to(job.context.device), regions_of(job.training.model))
            rows += [(target, region, auc(-values, inside)) for region, values in norms.items()]
    columns = ("target", "region", "auc")
    return evidence_table("region_gradient", dict(zip(columns, zip(*rows, strict=True), strict=True)))


def region_norms(network: nn.Module, x: Tensor, y: Tensor, regions: dict[str, tuple[str, ...]]) -> dict[str, np.ndarray]:
    """Return the norm of each sample's loss gradient with respect to the weights of each region, (N,)."""
    weights = {name: parameter.detach() for name, parameter in network.named_parameters()}
    buffers = dict(network.named_buffers())

    def loss(weights: dict[str, Tensor], image: Tensor, label: Tensor) -> Tensor:
        logits, _ = functional_call(network, (weights, buffers), (image[None],))
        return F.cross_entropy(logits, label[None])

    parts = []
    for images, labels in zip(x.split(BATCH), y.split(BATCH), strict=True):
        gradients = vmap(grad(loss), in_dims=(None, 0, 0))(weights, images, labels)
        squares = {name: gradient.flatten(1).square().sum(dim=1) for name, gradient in gradients.items()}
        parts.append([sum(value for name, value in squares.items() if name.startswith(prefixes)) for prefixes in regions.values()])
    return {region: torch.cat(columns).sqrt().cpu().numpy() for region, columns in zip(regions, zip(*parts, strict=True), strict=True)}


def _sample(job: DefenceJob, members: np.ndarray, target: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    (x, y), (x_other, y_other) = job.audit.pool, job.audit.reference
    n = min(SAMPLES, len(members), len(x_other))
    random = generator(job.seed, "gradients of regions", target)
    rows, others = random.choice(members, n, replace=False), random.choice(len(x_other), n, replace=False)
    return np.concatenate([x[rows], x_other[others]]), np.concatenate([y[rows], y_other[others]]), np.arange(2 * n) < n
