"""The speed of this machine, in the work that rooms do most: training the small network, alone and one on each core.

Processor time is read, not the clock: what else happens to run in this second says nothing about the next hour.
"""

import time

import numpy as np

from core.lab.seeds import generator
from core.training.config import TrainingConfig
from core.training.forked import can_fork, run_each, run_forked, shared_array
from core.training.loop import Extras, train_member
from core.training.pool import make_pool

N_IMAGES = 256  # an epoch: short, so that the median over epochs forgets what else the machine did for a moment
SECONDS = 0.4  # of each of the two measurements
FEWEST = 3  # epochs, however slow the machine is
TRAINING = TrainingConfig(model="cnn", width=16, epochs=1000, batch_size=64)


class _Enough(Exception):
    """Ends a training whose time is up."""


def measure(processes: int) -> tuple[float, float]:
    """Return images trained on a second by one process, and by so many side by side in all."""
    one = _rate(1)
    return one, _rate(processes) if processes > 1 else one


def _rate(processes: int) -> float:
    rng = generator(0, "calibration of the machine")
    x, y = rng.integers(0, 256, (N_IMAGES, 28, 28, 1), dtype=np.uint8), rng.integers(0, 10, N_IMAGES)
    pool, rates = make_pool(x, y, TRAINING, n_classes=10, device="cpu"), shared_array((processes,))

    def work(task: int) -> None:
        ends: list[float] = []

        def note(epoch: int, row: np.ndarray) -> None:
            ends.append(time.process_time())
            if len(ends) > FEWEST and ends[-1] - ends[0] > SECONDS:
                raise _Enough

        try:
            train_member(pool, np.arange(N_IMAGES), TRAINING, seed=0, index=task, extras=Extras(), on_epoch=note)
        except _Enough:  # the first epoch is left out: in it, libraries choose their kernels
            rates[task] = N_IMAGES / np.median(np.diff(ends))

    if can_fork():  # also for one: the process that asks stays as it was
        run_forked(range(processes), work, on_done=lambda task: None, on_tick=lambda: None, processes=processes)
    else:
        run_each(processes, work, processes=processes)
    return float(rates.sum())
