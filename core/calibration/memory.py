"""What a method holds in memory: networks, moments of its optimiser, and what a backward pass keeps of a batch. Counted, not sampled.

The peak of a process moves with its allocator and with whatever else it did; bytes of tensors do not.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from core.calibration.network import Subject
from core.calibration.stream import Adapter, Batch, Settings


def held_bytes(adapter: Adapter) -> int:
    """Return the bytes of all tensors that a method holds between batches; the frozen network and its settings are not its own."""
    return sum(_own(adapter, set()).values())


def kept_bytes(adapter: Adapter, batch: Batch) -> int:
    """Return the bytes that autograd keeps of one batch for the backward pass, weights apart; adapts to the batch."""
    held, kept = _own(adapter, set()), {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in held:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        adapter.predict(batch)
    return sum(kept.values())


def network_bytes(subject: Subject) -> int:
    """Return the bytes of one network."""
    return sum(value.untyped_storage().nbytes() for value in subject.state.values())


def _own(thing: object, seen: set[int]) -> dict[int, int]:
    """Return bytes by address of every tensor within reach."""
    found: dict[int, int] = {}
    for tensor in _tensors(thing, seen):
        storage = tensor.untyped_storage()
        found[storage.data_ptr()] = storage.nbytes()
        if tensor.grad is not None:
            found[tensor.grad.untyped_storage().data_ptr()] = tensor.grad.untyped_storage().nbytes()
    return found


def _tensors(thing: object, seen: set[int]) -> Iterator[Tensor]:
    if id(thing) in seen or isinstance(thing, Subject | Settings | torch.Generator):
        return
    seen.add(id(thing))
    if isinstance(thing, Tensor):
        yield thing
    elif isinstance(thing, nn.Module):
        yield from thing.parameters()
        yield from thing.buffers()
    elif isinstance(thing, torch.optim.Optimizer):
        yield from _tensors(list(thing.state.values()), seen)
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from _tensors(value, seen)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from _tensors(value, seen)
    elif type(thing).__module__.startswith("core.calibration.methods"):
        yield from _tensors(vars(thing), seen)
