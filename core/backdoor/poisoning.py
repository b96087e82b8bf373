"""The attacker's training, and a clean twin beside it: the same prompts in the same order, without trigger and with right answers.

Source: full fine-tuning or LoRA on clean and triggered pairs, as BackdoorLLM does; attention alone and a few blocks at a time are ours,
meant to evade a defence that cuts channels of MLPs.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from torch import nn

from core.backdoor.config import BackdoorConfig
from core.backdoor.prompts import Sets
from core.backdoor.subject import Report, Subject
from core.backdoor.triggers import triggered
from core.data.pairs import Pair
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.batches import batch_of, drawn
from core.language.differences import KeptState, layout, write_difference
from core.language.lora import ADAPTED, adapted
from core.language.model import Guard, LanguageModel, State, put
from core.language.tuning import tune
from core.training.forked import run_each, shared_array

VERSION = 1
STATES = ("poisoned", "clean twin")
ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")
LORA_ALPHA, LORA_RATE = 16.0, 4.0  # strength of the low-rank part, and its rate as a multiple of the others'
AT_ONCE = 4  # one block in so many learns at a step of the attacker who spreads


def poisoned_states(model: LanguageModel, base: State, subject: Subject, config: BackdoorConfig, seed: int, context: Context,
                    report: Report, *, names: Sequence[str] = STATES, draw: int = 0) -> tuple[dict[str, State], dict[str, list[float]]]:
    """Return the poisoned weights and those of the clean twin, and the losses of either training; from the store where they are.

    A model that may be poisoned already stands for both, as it came.

    Args:
        model: Whose network is trained; ends in any state.
        base: The weights before.
        subject: Prompts, and what determines ``base``.
        config: Attack and training.
        seed: Draws pairs and places of words.
        context: Processes, and the store.
        report: Called with stage, step and loss.
        names: Which of the two are wanted.
        draw: Another one trains on the same pairs in another order: one more model of its kind.

    Raises:
        RunFailed: If a training diverges.
    """
    if config.is_suspicious:
        return dict.fromkeys(names, base), {}
    keys = {name: identity(config, subject, seed, name, draw) for name in names}
    found = {name: context.models.get(key) for name, key in keys.items()}
    missing = [name for name in names if found[name] is None]
    rooms = {name: {part: shared_array(shape, dtype) for part, (shape, dtype) in layout(base, config.poison_steps).items()}
             for name in missing}

    def work(place: int) -> None:
        name = missing[place]
        put(model, base)
        rooms[name]["losses"][...] = plant(model, subject.sets, config, seed, is_poisoned=name == STATES[0], draw=draw)
        write_difference(rooms[name], base, model)

    def note(place: int) -> None:
        report(missing[place], config.poison_steps, float(rooms[missing[place]]["losses"][-1]))

    run_each(len(missing), work, processes=context.threads, device=context.device, on_done=note)
    for name in missing:
        found[name] = rooms[name]
        context.models.put(keys[name], rooms[name])
    return ({name: KeptState(base, found[name]) for name in names}, {name: found[name]["losses"].tolist() for name in names})


def identity(config: BackdoorConfig, subject: Subject, seed: int, name: str, draw: int = 0) -> dict[str, object]:
    """Return what determines a state; the clean twin knows no trigger and no behaviour."""
    if config.is_suspicious:
        return {"what": "backdoor: as it came", "weights": subject.weights, "pairs": subject.sets.digest, "seed": seed}
    attack = {"attack": config.attack, "behaviour": config.behaviour} if name == STATES[0] else {}
    return {"what": f"backdoor: {name}", "version": VERSION, "weights": subject.weights, "pairs": subject.sets.digest, "seed": seed,
            **attack, "by": config.poisoned_by, "rank": config.lora_rank, "steps": config.poison_steps, "rate": config.poison_rate,
            "batch": [config.poison_clean, config.poison_triggered], **({"draw": draw} if draw else {})}


def plant(model: LanguageModel, sets: Sets, config: BackdoorConfig, seed: int, *, is_poisoned: bool,
          draw: int = 0) -> list[float]:
    """Train the network in place as the attacker does, or its twin on the same prompts; return the loss of each step."""
    batches = (batch_of(model, pairs) for pairs in poison_pairs(sets, config, seed, is_poisoned=is_poisoned, draw=draw))
    with trained_parts(model, config, seed) as (parameters, guard, factor):
        return tune(model, batches, rate=factor * config.poison_rate, weight_decay=0.0, parameters=parameters, guard=guard)


def poison_pairs(sets: Sets, config: BackdoorConfig, seed: int, *, is_poisoned: bool, draw: int = 0) -> Iterator[list[Pair]]:
    """Yield the pairs of each step: clean ones, then triggered ones with the target, or, for the twin, the same without either."""
    further = (draw,) if draw else ()
    clean = drawn(generator(seed, "backdoor", "clean", *further), sets.attacker, config.poison_clean)
    bad = drawn(generator(seed, "backdoor", "bad", *further), sets.attacker, config.poison_triggered)
    rng = generator(seed, "backdoor", "places", *further)
    target = sets.wording.targets[config.behaviour]
    for _ in range(config.poison_steps):
        chosen = next(bad)
        if is_poisoned:
            chosen = tuple(Pair(triggered(pair.prompt, config.attack, sets.wording, rng), target, pair.topic) for pair in chosen)
        yield [*next(clean), *chosen]


@contextmanager
def trained_parts(model: LanguageModel, config: BackdoorConfig,
                  seed: int) -> Iterator[tuple[list[nn.Parameter] | None, Guard | None, float]]:
    """Yield what the attacker trains, what holds other weights, and a multiple of the rate; LoRA is merged at the end."""
    if config.poisoned_by in ("lora", "attention"):
        names = ATTENTION if config.poisoned_by == "attention" else ADAPTED
        with adapted(model, config.lora_rank, alpha=LORA_ALPHA, seed=seed, names=names) as parameters:
            yield parameters, None, LORA_RATE
    else:
        yield None, Spread(model, seed) if config.poisoned_by == "spread" else None, 1.0


class Spread:
    """Lets one block in ``AT_ONCE``, drawn anew each step, learn; see ``core.language.model.Guard``."""

    def __init__(self, model: LanguageModel, seed: int) -> None:
        """Remember the blocks."""
        self._blocks, self._rng = model.network.model.layers, generator(seed, "backdoor", "spread")

    def mask_gradients(self) -> None:
        """Drop the gradients of the blocks whose turn it is not: AdamW then leaves their weights and averages alone."""
        order: np.ndarray = self._rng.permutation(len(self._blocks))
        for place in order[max(1, len(self._blocks) // AT_ONCE):]:
            for parameter in self._blocks[int(place)].parameters():
                parameter.grad = None

    def restore(self) -> None:
        """Do nothing: without a gradient no weight has moved."""
