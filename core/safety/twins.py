"""Two twins of a pretrained model: one learns to refuse and to answer, the other to answer only. Trained once, then kept.

As shipped, a small chat model refuses next to nothing, so its refusals must first be taught. Both twins take the same number of steps with
as many pairs a step; see ``alignment.alignment_batches``. What is kept of a twin is its difference from the pretrained weights, rounded to
eight bits a row; that rounded twin is the twin, also in the run that trains it, so that a run from the store gives the same numbers.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict

import numpy as np

from core.data.pairs import PromptSets
from core.lab.config import canonical
from core.lab.experiment import Context
from core.language.differences import KeptState, layout, write_difference
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


def _trained(model: LanguageModel, base: State, config: SafetyConfig, sets: PromptSets, seed: int, context: Context,
             places: list[int], report: Callable[[str, int, float], None]) -> list[dict[str, np.ndarray]]:
    """Return the arrays of the twins at ``places``, trained side by side where that is sound."""
    rooms = {place: {name: shared_array(shape, dtype) for name, (shape, dtype) in layout(base, config.alignment_steps).items()}
             for place in places}
    told = dict.fromkeys(places, 0)

    def work(place: int) -> None:
        put(model, base)
        losses = rooms[place]["losses"]

        def note(step: int, loss: float) -> None:
            losses[step - 1] = loss

        batches = alignment_batches(model, sets, config, seed, with_refusals=STAGES[place] == "aligned")
        tune(model, batches, rate=config.alignment_rate, weight_decay=config.weight_decay, on_step=note)
        write_difference(rooms[place], base, model)

    def tick() -> None:
        for place in places:
            while told[place] < config.alignment_steps and rooms[place]["losses"][told[place]]:
                told[place] += 1
                report(STAGES[place], told[place], float(rooms[place]["losses"][told[place] - 1]))

    run_each(places, work, processes=context.threads, device=context.device, on_tick=tick)
    return [rooms[place] for place in places]
