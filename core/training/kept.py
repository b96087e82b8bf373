"""Networks that are trained once and kept: whoever asks for the same network again, in whatever room, is given it.

A network is known by what decides its bits and by nothing else: the images and labels it is trained on, in their order, the
training config, seed and random stream, and, where training is more than cross-entropy from fresh weights, its start, its frozen
weights and a recipe. No room's name is part of it. What is recorded along the way (logits at checkpoints, the curve on test images)
is kept beside it, under what it was asked about; a room that wants weights alone asks for neither, and finds the network of any
other room.

How a room uses it::

    images = Images(x, y, n_classes, x_test=x_test[:256], y_test=y_test[:256])
    plain = Wanted(members=everyone, training=TrainingConfig(epochs=20))
    softer = Wanted(members=everyone, training=TrainingConfig(epochs=20), loss=softened(0.3),
                    recipe={"loss": "softened", "strength": 0.3})
    first, second = train_kept(images, [plain, softer], seed=seed, context=context, checkpoints=(1, 20))
    first.state, first.curves["train_loss"], first.checkpoint_logits[20]

All that is missing is trained in one go, on all cores; equal wishes are trained once. Networks that are to differ by one thing
alone share a ``stream``: they begin with the same weights and see the images in the same order.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from core.data.arrays import content_hashes
from core.lab.config import canonical, to_dict
from core.lab.experiment import Context
from core.lab.folders import digest_of
from core.training.many import Machine, train_wanted
from core.training.precision import resolve_precision
from core.training.trained import TrainedModel
from core.training.wanted import Images, Wanted, content_digest
from core.training.workbench import State

__all__ = ["Images", "Kept", "Wanted", "identity_of", "train_kept"]

TEST_COLUMNS = ("test_loss", "test_accuracy")
VERSION = 1  # of how networks are trained; raised when a change of the engine moves their bits


@dataclass(frozen=True, eq=False)
class Kept:
    """A trained network on the CPU.

    Attributes:
        state: Weights and buffers by name, as ``load_state_dict`` takes them.
        initial_state: The same before the first step.
        curves: Arrays (epochs,) by name, see ``core.training.trained.TrainedModel``; test figures are NaN unless test images were given.
        checkpoint_logits: Logits (n, C) of the images asked about, by epoch.
    """

    state: State
    initial_state: State
    curves: dict[str, np.ndarray]
    checkpoint_logits: dict[int, np.ndarray]


def train_kept(images: Images, wanted: Sequence[Wanted], *, seed: int, context: Context, checkpoints: Collection[int] = ()) -> list[Kept]:
    """Return every network wanted, in order, training only what is not kept; each is kept as soon as it is finished.

    Args:
        images: The pool.
        wanted: What is wanted.
        seed: Seed of the run.
        context: Device, processes, store, progress.
        checkpoints: Epochs (from 1) after which logits are recorded.

    Raises:
        InputError: If images and wishes do not go together.
        ValueError: If a function decides the bits of a network and no recipe tells it from others.
        RunFailed: If a network cannot be trained.
    """
    epochs = tuple(sorted(set(checkpoints)))
    identities = [identity_of(images, one, seed=seed, device=context.device) for one in wanted]
    traces = [_trace_of(images, one, identity, epochs) for one, identity in zip(wanted, identities, strict=True)]
    keys = [digest_of(canonical([identity, trace])) for identity, trace in zip(identities, traces, strict=True)]
    found: dict[str, Kept] = {}
    for key, identity, trace in zip(keys, identities, traces, strict=True):
        stored = None if key in found else _stored(context, identity, trace)
        if stored is not None:
            found[key] = stored
    todo = [index for index, key in enumerate(keys) if key not in found and keys.index(key) == index]

    def keep(index: int, model: TrainedModel) -> None:
        found[keys[index]] = _kept(model, wanted[index])
        _store(context, identities[index], traces[index], found[keys[index]])

    if todo:
        train_wanted(images, wanted, seed=seed, machine=Machine(context.device, context.threads, context.report), checkpoints=epochs,
                   on_model=keep, skip=set(range(len(wanted))) - set(todo))
    return [found[key] for key in keys]


def identity_of(images: Images, wanted: Wanted, *, seed: int, device: str) -> dict[str, Any]:
    """Return what decides a network's bits, as JSON values by name.

    Raises:
        ValueError: If a function decides them and no recipe tells it from others.
    """
    training = wanted.training
    functions = (wanted.loss, wanted.routine, *(one for one in (wanted.start, wanted.trainable) if callable(one)))
    if any(one is not None for one in functions) and not wanted.recipe:
        raise ValueError("a network with a loss, a routine or a start of its own needs a recipe that tells it from others")
    dtype = str(resolve_precision(training.precision, device)).removeprefix("torch.")
    told = to_dict(training) | {"stop_epoch": training.last_epoch, "precision": dtype}
    rows = np.flatnonzero(wanted.members)
    return {"kind": "network", "version": VERSION, "training": told, "images": content_digest(images.ids[rows], images.y[rows]),
            "classes": images.n_classes, "seed": seed, "stream": wanted.stream, "recipe": dict(wanted.recipe),
            "start": _state_digest(wanted.start), "trainable": _state_digest(wanted.trainable)}


def _trace_of(images: Images, wanted: Wanted, identity: Mapping[str, Any], epochs: tuple[int, ...]) -> dict[str, Any] | None:
    """Return what decides what is recorded while a network trains; None where that is nothing."""
    if not epochs and not images.test_digest:
        return None
    asked = images.ids if wanted.asked is None else images.ids[wanted.asked]
    return {"kind": "trace", "network": dict(identity), "checkpoints": list(epochs), "asked": content_digest(asked) if epochs else "",
            "test": images.test_digest}


def _state_digest(state: State | Callable[[], State] | None) -> str:
    """Return a hash of given tensors; what a function will return stands in the recipe."""
    if state is None or callable(state):
        return ""
    return content_digest(np.array([f"{name} {content_hashes(value.numpy()[None])[0]}" for name, value in sorted(state.items())]))


def _kept(model: TrainedModel, wanted: Wanted) -> Kept:
    places = slice(None) if wanted.asked is None else wanted.asked
    logits = {epoch: values[places] for epoch, values in model.checkpoint_logits.items()}
    return Kept(model.state, model.initial_state, model.curves, logits)


def _store(context: Context, identity: Mapping[str, Any], trace: Mapping[str, Any] | None, network: Kept) -> None:
    arrays = {f"state/{name}": value.numpy() for name, value in network.state.items()}
    arrays |= {f"initial/{name}": value.numpy() for name, value in network.initial_state.items()}
    context.models.put(identity, arrays | {f"curve/{name}": values for name, values in network.curves.items() if name not in TEST_COLUMNS})
    if trace is not None:
        arrays = {f"logits/{epoch}": logits for epoch, logits in network.checkpoint_logits.items()}
        context.models.put(trace, arrays | {f"curve/{name}": network.curves[name] for name in TEST_COLUMNS})


def _stored(context: Context, identity: Mapping[str, Any], trace: Mapping[str, Any] | None) -> Kept | None:
    arrays = context.models.get(identity)
    recorded = {} if trace is None else context.models.get(trace)
    if arrays is None or recorded is None:
        return None
    parts: dict[str, dict[str, np.ndarray]] = {"state": {}, "initial": {}, "curve": {}, "logits": {}}
    for name, array in {**arrays, **recorded}.items():
        kind, _, rest = name.partition("/")
        parts[kind][rest] = array
    unseen = np.full(len(parts["curve"]["epoch"]), np.nan)
    curves = parts["curve"] | {name: parts["curve"].get(name, unseen) for name in TEST_COLUMNS}
    return Kept({name: torch.from_numpy(array) for name, array in parts["state"].items()},
                {name: torch.from_numpy(array) for name, array in parts["initial"].items()},
                curves, {int(epoch): logits for epoch, logits in parts["logits"].items()})
