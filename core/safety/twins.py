"""Two twins of a pretrained model: one learns to refuse and to answer, the other to answer only. Trained once, then kept.

As shipped, a small chat model refuses next to nothing, so its refusals must first be taught. Both twins take the same number of steps with
as many pairs a step; see ``alignment.alignment_batches``. What is kept of a twin is its difference from the pretrained weights, rounded to
eight bits a row; that rounded twin is the twin, also in the run that trains it, so that a run from the store gives the same numbers.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from core.data.pairs import PromptSets
from core.lab.config import canonical
from core.lab.experiment import Context
from core.language.model import LanguageModel, State, put, taken
from core.language.pretrained import language_model
from core.language.tuning import tune
from core.models.checkpoints import WHEELS, checkpoint_fingerprint
from core.safety.alignment import alignment_batches
from core.safety.config import SafetyConfig
from core.safety.record import ModelPair
from core.training.forked import run_each, shared_array

VERSION = 1
STAGES = ("aligned", "unaligned")
LEVELS = 127  # of an eight-bit number on either side of zero
SCALE = ".scale"


def pretrained_pair(config: SafetyConfig, sets: PromptSets, seed: int, context: Context,
                    report: Callable[[str, int, float], None] = lambda stage, step, loss: None) -> ModelPair:
    """Return a pretrained model with both twins, from the store where they are there; the network is left in the aligned state.

    Args:
        config: Names the model and says how the twins are trained.
        sets: Its two alignment parts are trained on.
        seed: Draws the pairs.
        context: Device, processes, store.
        report: Called with stage, step and loss as training goes on.

    Raises:
        InputError: If the model is missing, cannot be loaded or is not LLaMA-shaped.
        RunFailed: If training diverges.
    """
    model = language_model(config.model, config.precision, context)
    base = taken(model)
    keys = [identity(config, sets, seed, stage) for stage in STAGES]
    found = [context.models.get(key) for key in keys]
    missing = [place for place, arrays in enumerate(found) if arrays is None]
    for place, arrays in zip(missing, _trained(model, base, config, sets, seed, context, missing, report), strict=True):
        found[place] = arrays
        context.models.put(keys[place], arrays)
    aligned, unaligned = (KeptState(base, arrays) for arrays in found)
    put(model, aligned)
    curves = tuple((stage, step, float(loss)) for stage, arrays in zip(STAGES, found, strict=True)
                   for step, loss in enumerate(arrays["losses"], start=1))
    licence = WHEELS[config.model].licence if config.model in WHEELS else ""
    return ModelPair(model, base, aligned, unaligned, curves, is_downloaded=True, licence=licence)


def identity(config: SafetyConfig, sets: PromptSets, seed: int, stage: str) -> dict[str, object]:
    """Return what determines a twin: the pretrained model, the pairs, how it is trained, and the seed."""
    pairs = [[asdict(pair) for pair in part] for part in (sets.alignment_refused, sets.alignment_ordinary)]
    return {
        "what": f"{stage} twin", "version": VERSION, "model": checkpoint_fingerprint(config.model), "seed": seed,
        "pairs": hashlib.blake2b(canonical(pairs).encode(), digest_size=16).hexdigest(), "steps": config.alignment_steps,
        "rate": config.alignment_rate, "weight_decay": config.weight_decay, "batch": [config.batch_refusals, config.batch_ordinary],
        "precision": config.precision}


class KeptState(Mapping[str, Tensor]):
    """Weights of a twin, put together from what was kept once the first of them is asked for."""

    def __init__(self, base: State, arrays: Mapping[str, np.ndarray]) -> None:
        """Remember the pretrained weights and what was kept of the twin."""
        self._base, self._arrays = base, arrays

    @cached_property
    def _weights(self) -> dict[str, Tensor]:
        return _with_difference(self._base, self._arrays)

    def __getitem__(self, name: str) -> Tensor:
        """Return one weight."""
        return self._weights[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names."""
        return iter(self._base)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._base)


def _trained(model: LanguageModel, base: State, config: SafetyConfig, sets: PromptSets, seed: int, context: Context,
             places: list[int], report: Callable[[str, int, float], None]) -> list[dict[str, np.ndarray]]:
    """Return the arrays of the twins at ``places``, trained side by side where that is sound."""
    rooms = {place: {name: shared_array(shape, dtype) for name, (shape, dtype) in _layout(base, config.alignment_steps).items()}
             for place in places}
    told = dict.fromkeys(places, 0)

    def work(place: int) -> None:
        put(model, base)
        losses = rooms[place]["losses"]

        def note(step: int, loss: float) -> None:
            losses[step - 1] = loss

        batches = alignment_batches(model, sets, config, seed, with_refusals=STAGES[place] == "aligned")
        tune(model, batches, rate=config.alignment_rate, weight_decay=config.weight_decay, on_step=note)
        _write_difference(rooms[place], base, model)

    def tick() -> None:
        for place in places:
            while told[place] < config.alignment_steps and rooms[place]["losses"][told[place]]:
                told[place] += 1
                report(STAGES[place], told[place], float(rooms[place]["losses"][told[place] - 1]))

    run_each(places, work, processes=context.threads, device=context.device, on_tick=tick)
    return [rooms[place] for place in places]


def _layout(base: State, n_steps: int) -> dict[str, tuple[tuple[int, ...], type]]:
    """Return shape and type of each array of a twin: losses, matrices as eight-bit numbers with a scale a row, vectors as they are."""
    found: dict[str, tuple[tuple[int, ...], type]] = {"losses": ((n_steps,), np.float64)}
    for name, weight in base.items():
        is_matrix = weight.ndim > 1
        found[name] = (tuple(weight.shape), np.int8 if is_matrix else np.float32)
        if is_matrix:
            found[name + SCALE] = ((len(weight),), np.float32)
    return found


def _write_difference(room: Mapping[str, np.ndarray], base: State, model: LanguageModel) -> None:
    """Write what training added to ``base``, matrices rounded to the nearest of 255 levels of each row."""
    for name, parameter in model.network.named_parameters():
        added = parameter.detach().cpu().float() - base[name].float()
        if added.ndim < 2:
            room[name][...] = added.numpy()
            continue
        scale = added.abs().amax(dim=tuple(range(1, added.ndim))) / LEVELS
        room[name + SCALE][...] = scale.numpy()
        room[name][...] = (added / scale.clamp(min=torch.finfo(torch.float32).tiny).unsqueeze(1)).round().to(torch.int8).numpy()


def _with_difference(base: State, arrays: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
    """Return ``base`` plus what was kept of a twin; weights that did not change are shared with ``base``."""
    found = {}
    for name, weight in base.items():
        kept = arrays[name]
        if not kept.any():
            found[name] = weight
            continue
        added = torch.from_numpy(kept.astype(np.float32))
        if name + SCALE in arrays:
            added *= torch.from_numpy(arrays[name + SCALE].copy()).unsqueeze(1)
        found[name] = (weight.float() + added).to(weight.dtype)
    return found
