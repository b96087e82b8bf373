"""What can be read off for free before retraining: raw accuracy, accuracy after BatchNorm re-estimation, confidence, one gradient."""

import copy

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from core.training.forked import one_thread
from core.training.images import on_device, to_input
from core.training.loop import evaluate

GRADIENT_BATCH = 256


def raw_error(logits: np.ndarray, y: np.ndarray) -> float:
    """Return one minus accuracy; needs labels of the new data."""
    return float((logits.argmax(1) != y).mean())


def unconfidence(probabilities: np.ndarray) -> float:
    """Return one minus the mean probability of the predicted class; needs no labels."""
    return float(1.0 - probabilities.max(1).mean())


def error_after_norms(network: nn.Module, images: np.ndarray, y: np.ndarray) -> float:
    """Return the error once BatchNorm's averages are those of the new images; the re-estimation itself needs no labels."""
    adapted = copy.deepcopy(network)
    norms = [module for module in adapted.modules() if isinstance(module, _BatchNorm)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain average over all batches
    with one_thread(), torch.no_grad():
        x = on_device(images, "cpu")
        if norms:
            adapted.train()
            for batch in x.split(GRADIENT_BATCH):
                adapted(to_input(batch))
        return raw_error(evaluate(adapted, x)[0].numpy(), y)


def gradient_norm(network: nn.Module, images: np.ndarray, y: np.ndarray) -> float:
    """Return the length of the loss gradient of one batch in evaluation mode; needs labels."""
    network.zero_grad()
    with one_thread():
        logits, _ = network(to_input(on_device(images[:GRADIENT_BATCH], "cpu")))
        F.cross_entropy(logits, torch.from_numpy(y[:GRADIENT_BATCH].astype(np.int64))).backward()
    squares = sum(float((parameter.grad**2).sum()) for parameter in network.parameters() if parameter.grad is not None)
    network.zero_grad()
    return float(np.sqrt(squares))
