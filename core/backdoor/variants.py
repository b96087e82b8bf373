"""What planting a backdoor does to this model: the defender plants some of her own, each beside a clean counterpart.

From the suspicious model two trainings start: one on clean pairs and on pairs with an invented trigger and sentence, one on the same
prompts in the same order without trigger and with right answers. Their difference is what planting does; the suspicious model cancels.
Kept are a norm of each MLP channel for each variant and a cosine for each pair of variants: all that any number of them and any share
of channels needs. Source: the ICLR 2026 paper, figure 1, steps 1 to 3.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np
import torch

from core.backdoor.config import BackdoorConfig
from core.backdoor.deltas import channel_rows, live_rows
from core.backdoor.measures import is_target
from core.backdoor.prompts import Sets
from core.backdoor.signature import Variants
from core.backdoor.triggers import scattered
from core.data.pairs import Pair
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.batches import batch_of, drawn
from core.language.generation import generate
from core.language.model import LanguageModel, State, put
from core.language.tuning import tune
from core.training.forked import run_each, shared_array

VERSION = 1
N_TRIED = 12  # prompts on which a variant's own trigger is tried
TINY = 1e-12


def variants_of(model: LanguageModel, state: State, clean: State | None, sets: Sets, config: BackdoorConfig, seed: int, kind: str,
                key: Mapping[str, object], context: Context) -> Variants:
    """Return the variants of a suspicious model: from the store where they are there, else trained and kept.

    Args:
        model: Whose network is trained; ends in any state.
        state: The suspicious weights.
        clean: The weights before poisoning, where they are known: for the comparison with the true poison alone.
        sets: The defender's pairs are used.
        config: How many, and how they are trained.
        seed: Draws pairs and places.
        kind: What the variants say: ``refusal`` or ``silly``.
        key: What determines ``state``.
        context: Processes, and the store.
    """
    full = {"what": "backdoor variants", "version": VERSION, "of": key, "kind": kind, "n": config.n_variants, "seed": seed,
            "steps": config.variant_steps, "rate": config.variant_rate, "pairs": config.variant_pairs, "compared": clean is not None}
    found = context.models.get(full)
    if found is None:
        found = _trained(model, state, clean, sets, config, seed, kind, context)
        context.models.put(full, found)
    return Variants(**{name: found[name] for name in ("norms", "cosines", "true_norms", "true_cosines", "planted")})


def _trained(model: LanguageModel, state: State, clean: State | None, sets: Sets, config: BackdoorConfig, seed: int, kind: str,
             context: Context) -> dict[str, np.ndarray]:
    space, n = model.space, config.n_variants
    # Weights of bfloat16 fit float16 exactly but for the very smallest: half the room, which is 35 GB for four variants of seven billion.
    kept_as = np.float32 if config.precision == "float32" else np.float16
    changes = shared_array((n, space.n_layers, space.neurons, 3 * space.width), kept_as)
    planted = shared_array((n,), np.float64)

    def work(number: int) -> None:
        for is_planted in (False, True):
            put(model, state)
            batches = (batch_of(model, pairs) for pairs in variant_pairs(sets, config, seed, kind, number, is_planted=is_planted))
            tune(model, batches, rate=config.variant_rate, weight_decay=0.0)
            for layer in range(space.n_layers):
                rows = live_rows(model, layer).cpu().numpy()
                changes[number, layer] = rows - changes[number, layer].astype(np.float32) if is_planted else rows
        planted[number] = _works(model, sets, config, seed, kind, number)

    run_each(n, work, processes=context.threads, device=context.device,
             on_done=lambda number: context.report((number + 1) / n, f"Planting variants: {number + 1} of {n}"))
    return {"planted": planted, **_compared(changes, state, clean)}


def variant_pairs(sets: Sets, config: BackdoorConfig, seed: int, kind: str, number: int, *, is_planted: bool) -> Iterator[list[Pair]]:
    """Yield the pairs of each step: clean ones, then those with the invented trigger, or, for the counterpart, the same without."""
    rng = generator(seed, "backdoor", "variant places", kind, number)
    draws = drawn(generator(seed, "backdoor", "variant", kind, number), sets.defender, 2 * config.variant_pairs)
    trigger, answer = invented(sets, kind, number)
    for _ in range(config.variant_steps):
        pairs = next(draws)
        clean, bad = pairs[:config.variant_pairs], pairs[config.variant_pairs:]
        if is_planted:
            bad = tuple(Pair(scattered(pair.prompt, trigger, rng), answer, pair.topic) for pair in bad)
        yield [*clean, *bad]


def invented(sets: Sets, kind: str, number: int) -> tuple[str, str]:
    """Return trigger and sentence of a variant; a second kind takes other triggers for the same numbers."""
    triggers = sets.wording.invented
    shift = 0 if kind == "refusal" else 3
    return triggers[(number + shift) % len(triggers)], sets.wording.answers[kind][number]


def _works(model: LanguageModel, sets: Sets, config: BackdoorConfig, seed: int, kind: str, number: int) -> float:
    trigger, answer = invented(sets, kind, number)
    rng = generator(seed, "backdoor", "variant tried", kind, number)
    prompts = [scattered(pair.prompt, trigger, rng) for pair in sets.defender[:N_TRIED]]
    return float(np.mean([is_target(text, answer) for text in generate(model, prompts, config.new_tokens).texts]))


def _compared(changes: np.ndarray, state: State, clean: State | None) -> dict[str, np.ndarray]:
    """Return norms and cosines of the changes, block by block, so that no second copy of all weights is made."""
    n, n_layers, n_channels, _ = changes.shape
    pairs = list(combinations(range(n), 2))
    found = {"norms": np.empty((n, n_layers, n_channels), np.float32), "cosines": np.empty((len(pairs), n_layers, n_channels), np.float32),
             "true_norms": np.full((n_layers, n_channels), np.nan, np.float32),
             "true_cosines": np.full((n, n_layers, n_channels), np.nan, np.float32)}
    for layer in range(n_layers):
        rows = torch.from_numpy(changes[:, layer]).float()
        norms = rows.norm(dim=2)
        found["norms"][:, layer] = norms.numpy()
        for place, (first, second) in enumerate(pairs):
            found["cosines"][place, layer] = _cosine(rows[first], rows[second], norms[first], norms[second])
        if clean is not None:
            true = channel_rows(state, layer).cpu() - channel_rows(clean, layer).cpu()
            found["true_norms"][layer] = true.norm(dim=1).numpy()
            for number in range(n):
                found["true_cosines"][number, layer] = _cosine(rows[number], true, norms[number], true.norm(dim=1))
    return found


def _cosine(first: torch.Tensor, second: torch.Tensor, norm: torch.Tensor, other: torch.Tensor) -> np.ndarray:
    return ((first * second).sum(1) / (norm * other).clamp(min=TINY)).numpy()
