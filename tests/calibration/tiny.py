"""A tiny subject and stream: a small CNN with random weights on made-up images, so that every method runs in milliseconds."""

from functools import partial

import numpy as np
import torch

from core.calibration.network import Subject
from core.calibration.stream import Settings, Shared, share
from core.calibration.study.config import CalibrationConfig
from core.measures.temperature import home_of
from core.models.registry import build

N_CLASSES, SHAPE = 4, (1, 16, 16)
CONFIG = CalibrationConfig(
    corruptions="gaussian+contrast", levels="2+5", n_train=1200, n_home=300, n_stream=256, epochs=3, course_passes=2, width=8)


def subject(model: str = "cnn", seed: int = 0) -> Subject:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        make = partial(build, model, n_classes=N_CLASSES, image_shape=SHAPE, width=8)
        states = [{name: value.clone() for name, value in make().state_dict().items()} for _ in range(3)]
    return Subject(make, states[0], tuple(states[1:]))


def images(n: int = 96, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, 16, 16, 1)).astype(np.uint8)


def shared(of: Subject, n: int = 96, batch: int = 32) -> Shared:
    return share(of, images(n), batch)


def settings(of: Subject, *, fisher: float = 0.0, temperature: float = 1.5, rate: float = 0.01) -> Settings:
    home = torch.cat([batch.source[0] for batch in shared(of).batches]).numpy()
    return Settings(rate, 1.0, 2.0, fisher, home_of(home), temperature, 0, torch.from_numpy(images(40, seed=9)))
