"""The tables of a seed, from what was measured."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from core.backdoor.arms import Bench
from core.backdoor.cutting import cut
from core.backdoor.measures import glance
from core.backdoor.prompts import Sets
from core.backdoor.remembered import digest_of, remembered
from core.backdoor.signature import Variants, overlap, per_block, signature, top_share
from core.backdoor.variants import invented
from core.lab.experiment import Context
from core.language.model import put
from core.training.forked_models import results_of

VERSION = 1  # of what a cut does
SWEPT = (0.03, 0.1, 0.3, 0.5)
N_SAMPLED = 40  # channels a block in the map beside those that are chosen
SWEEP_COLUMNS = ("channels", "share", "n_variants", "asr", "p_open", "perplexity_triggered")


def sweep_table(bench: Bench, own: Variants, random: np.ndarray, context: Context) -> pd.DataFrame:
    """Return what cuts of several shares do before any repair, and signatures of fewer variants."""
    config = bench.config
    words = {"alignment": config.alignment, "how": config.score}
    shares = sorted({*SWEPT, config.share})
    todo = [("random", share, 0, random) for share in shares]
    todo += [("signature", share, config.n_variants, signature(own, config.n_variants, **words)) for share in shares]
    todo += [("signature", config.share, n, signature(own, n, **words)) for n in range(1, config.n_variants)]

    def tried(share: float, scores: np.ndarray) -> object:
        channels = top_share(scores, share)

        def compute() -> dict[str, float]:
            put(bench.model, bench.poisoned)
            cut(bench.model, channels, "zero", seed=bench.seed)
            return glance(bench.model, bench.asked, config.new_tokens)
        return remembered(context, {"what": "backdoor cut", "version": VERSION, "of": bench.key, "channels": digest_of(channels),
                                    "asked": bench.asked.digest, "new_tokens": config.new_tokens}, compute)

    found = results_of([lambda share=share, scores=scores: tried(share, scores) for _, share, _, scores in todo],
                       processes=context.threads if context.device == "cpu" else 1)
    return pd.DataFrame([(name, share, n, *(one[column] for column in SWEEP_COLUMNS[3:]))
                         for (name, share, n, _), one in zip(todo, found, strict=True)], columns=SWEEP_COLUMNS)


def layer_table(scores: Mapping[str, np.ndarray], share: float) -> pd.DataFrame:
    """Return by block where the signature and the true change lie, and how far they meet."""
    chosen, moved = top_share(scores["signature"], share), top_share(scores["norm"], share)
    n_layers, n_channels = chosen.shape
    return pd.DataFrame({
        "layer": np.arange(1, n_layers + 1), "norm": scores["norm"].mean(1), "signature": scores["signature"].mean(1),
        "n_signature": chosen.sum(1), "n_shared": (chosen & moved).sum(1), "chance": per_block(n_channels, share) ** 2 / n_channels})


def channel_table(scores: Mapping[str, np.ndarray], share: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return the chosen channels of every block and a sample of the others; ranks within the block, 1 the highest."""
    chosen, moved = top_share(scores["signature"], share), top_share(scores["norm"], share)
    n_layers, n_channels = chosen.shape
    kept = chosen | moved
    for layer in range(n_layers):
        kept[layer, rng.permutation(n_channels)[:N_SAMPLED]] = True
    layers, channels = np.nonzero(kept)
    ranks = {name: np.argsort(np.argsort(scores[name], axis=1), axis=1) / (n_channels - 1) for name in ("signature", "norm")}
    return pd.DataFrame({
        "layer": layers + 1, "channel": channels, "signature": scores["signature"][kept].astype(np.float32),
        "norm": scores["norm"][kept].astype(np.float32), "signature_rank": ranks["signature"][kept].astype(np.float32),
        "norm_rank": ranks["norm"][kept].astype(np.float32), "is_signature": chosen[kept], "is_true": moved[kept]})


def variant_table(sets: Sets, found: Mapping[str, Variants]) -> pd.DataFrame:
    """Return what the defender planted, and whether it took."""
    return pd.DataFrame([(kind, number + 1, *invented(sets, kind, number), float(value))
                         for kind, variants in found.items() for number, value in enumerate(variants.planted)],
                        columns=["kind", "number", "trigger", "answer", "planted"])


def training_table(losses: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Return the loss of every step of poisoning and of its twin."""
    return pd.DataFrame([(stage, step, loss) for stage, values in losses.items() for step, loss in enumerate(values, start=1)],
                        columns=["stage", "step", "loss"])


def shared_with_true(scores: Mapping[str, np.ndarray], share: float) -> tuple[float, float]:
    """Return how much of the signature is among what poisoning moved most, and what chance gives."""
    n_channels = scores["norm"].shape[1]
    if np.isnan(scores["norm"]).any():
        return math.nan, math.nan
    return (overlap(top_share(scores["signature"], share), top_share(scores["norm"], share)),
            per_block(n_channels, share) / n_channels)
