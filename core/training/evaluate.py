"""Logits and features of many trained models on many images, in float32 and evaluation mode."""

from collections.abc import Sequence

import numpy as np
import torch

from core.lab.devices import cpu_cores
from core.lab.errors import InputError
from core.models.registry import build
from core.training.config import TrainingConfig
from core.training.forked import one_thread, run_each, shared_array
from core.training.images import on_device
from core.training.loop import evaluate
from core.training.precision import check_device
from core.training.trained import TrainedModel
from core.training.workbench import State

WORTH_FORKING = 2000  # images times models below which starting processes costs more than it saves


def predict_many(
    models: Sequence[TrainedModel | State],
    x: np.ndarray,
    config: TrainingConfig,
    *,
    n_classes: int,
    device: str = "cpu",
    processes: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return float32 logits (K, N, C) and penultimate features (K, N, D) of K models on N images.

    The number of processes changes no bit.

    Args:
        models: Trained models, or their states.
        x: Images, uint8 (N, H, W, C), of the shape that the models were trained on.
        config: The config that they were trained with; only model and width matter.
        n_classes: Number of logits.
        device: ``cpu`` or a CUDA device.
        processes: Forked processes on the CPU; None takes every core where it is worth it.

    Raises:
        InputError: If images and states do not fit the config, or there is no model or no image.
    """
    check_device(device)
    if x.dtype != np.uint8 or x.ndim != 4 or not len(x):
        raise InputError(f"images must be uint8 of shape (N, H, W, C) with N at least 1, got {x.dtype} of shape {x.shape}.")
    if not len(models):
        raise InputError("predict_many needs at least one model, got none.")
    states = [model.state if isinstance(model, TrainedModel) else model for model in models]
    with one_thread():
        images = on_device(x, device)
        network = build(config.model, n_classes=n_classes, image_shape=(x.shape[3], *x.shape[1:3]), width=config.width).to(device)
        network = network.to(memory_format=torch.channels_last)
        with torch.no_grad():
            n_features = network.eval()(torch.zeros(1, x.shape[3], *x.shape[1:3], device=device))[1].shape[1]
        logits = shared_array((len(states), len(x), n_classes), np.float32)
        features = shared_array((len(states), len(x), n_features), np.float32)

        def work(index: int) -> None:
            network.load_state_dict(states[index])
            for place, values in zip((logits, features), evaluate(network, images), strict=True):
                place[index] = values.cpu().numpy()

        worth_it = device == "cpu" and len(states) * len(x) >= WORTH_FORKING
        run_each(len(states), work, processes=processes or cpu_cores() if worth_it else 1)
    return logits, features
