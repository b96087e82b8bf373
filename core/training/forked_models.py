"""Independent trainings from one start: on forked processes where that is sound, else one after the other.

A forked child inherits the model and changes its own copy of the weights; what it found comes back as JSON through shared memory, weights
through a shared array. Every task runs on one thread either way, so that the number of processes changes no bit.
"""

import json
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from core.lab.errors import RunFailed
from core.language.model import LanguageModel, State
from core.training.forked import run_each, shared_array

MOST_BYTES = 8 * 2**20
_LENGTH = 8


def results_of(tasks: Sequence[Callable[[], object]], *, processes: int, on_done: Callable[[int], None] = lambda n: None) -> list:
    """Return what each task returns, after a round trip through JSON.

    Args:
        tasks: Called once each; what they return must be JSON (numbers that are not finite included).
        processes: How many children at most; on a GPU there is none.
        on_done: Called with the number of finished tasks.

    Raises:
        RunFailed: If a task fails or returns more than fits.
    """
    places, done = shared_array((len(tasks), MOST_BYTES), np.uint8), []

    def work(number: int) -> None:
        text = json.dumps(tasks[number]()).encode()
        if len(text) > MOST_BYTES - _LENGTH:
            raise RunFailed(f"what one training reports must fit into {MOST_BYTES} bytes, got {len(text)}: ask fewer prompts.")
        places[number, :_LENGTH] = np.frombuffer(len(text).to_bytes(_LENGTH, "little"), np.uint8)
        places[number, _LENGTH:_LENGTH + len(text)] = np.frombuffer(text, np.uint8)

    def note(number: int) -> None:
        done.append(number)
        on_done(len(done))

    run_each(len(tasks), work, processes=processes, on_done=note)
    return [json.loads(row[_LENGTH:_LENGTH + int.from_bytes(row[:_LENGTH].tobytes(), "little")].tobytes()) for row in places]


class SharedState:
    """Room for the weights of one state, written by whoever trains and read by everybody."""

    def __init__(self, model: LanguageModel) -> None:
        """Make room for the network's weights as float32."""
        self._views = {name: torch.from_numpy(shared_array(tuple(parameter.shape), np.float32))
                       for name, parameter in model.network.named_parameters()}

    def write(self, model: LanguageModel) -> None:
        """Keep the network's present weights."""
        for name, parameter in model.network.named_parameters():
            self._views[name].copy_(parameter.detach())

    @property
    def state(self) -> State:
        """The weights kept last; zeros before."""
        views: Mapping[str, Tensor] = self._views
        return views
