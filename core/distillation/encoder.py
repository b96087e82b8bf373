"""Training the autoencoder, and the codes of images."""

import time
from dataclasses import dataclass

import numpy as np
import torch

from core.distillation.students import Lesson, Student, identity_of, train_and_keep
from core.lab.experiment import Context
from core.models.registry import build
from core.training.forked import one_thread
from core.training.images import to_input
from core.training.loop import EpochPass, Trainee
from core.training.workbench import State


@dataclass(frozen=True, eq=False)
class Encoded:
    """The trained autoencoder, codes of the training images (N, D), and the CPU seconds that each part took."""

    encoder: Student
    codes: np.ndarray
    cpu_seconds: float


def train_encoder(lesson: Lesson, target: str, context: Context) -> Encoded:
    """Return the autoencoder of a lesson's images and their codes.

    Args:
        lesson: Images and training; its model must be ``autoencoder``.
        target: ``normalised`` compares the sigmoid's output with images of mean 0 and deviation 1, as released, which it cannot reach
            below 0; ``pixels`` with values in [0, 1].
        context: Device, stored networks.
    """
    encoder = train_and_keep([lesson], [identity_of(lesson, {"kind": "autoencoder", "target": target})], _routine(target), context)[0]
    started = time.process_time()
    codes = encode(lesson, encoder.state)
    return Encoded(encoder, codes, time.process_time() - started)


def _routine(target: str):
    def begin(trainee: Trainee) -> EpochPass:
        network, pixels = trainee.bench.working, trainee.pool.images[trainee.rows].float() / 255.0
        mean, deviation = (float(pixels.mean()), float(pixels.std())) if target == "normalised" else (0.0, 1.0)

        def train_epoch(epoch: int) -> tuple[float, float]:
            total, seen = 0.0, 0
            for batch, (indices, images) in enumerate(trainee.batches()):
                wanted = (network.enlarged(images.movedim(-1, 1).float() / 255.0) - mean) / deviation
                made, _ = network(to_input(images, trainee.bench.dtype))
                value = torch.nn.functional.mse_loss(made.float(), wanted)
                trainee.update(value, trainee.learning_rate(epoch, batch, trainee.n_batches))
                total += float(value.detach()) * len(indices)
                seen += len(indices)
            return total / seen, float("nan")

        return train_epoch

    return begin


@torch.no_grad()
def encode(lesson: Lesson, state: State) -> np.ndarray:
    """Return the codes (N, D) of a lesson's images."""
    _, height, width, channels = lesson.x.shape
    with one_thread():
        network = build("autoencoder", n_classes=lesson.n_classes, image_shape=(channels, height, width))
        network.load_state_dict(state)
        parts = [network.eval()(to_input(torch.from_numpy(part)))[1] for part in np.array_split(lesson.x, -(-len(lesson.x) // 128))]
        return torch.cat(parts).numpy()
