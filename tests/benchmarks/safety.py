"""What a scoring pass costs beside a plain forward pass over the same pairs, in the same run: time, and peak memory of the process.

``python -m tests.benchmarks.safety`` takes a random model with blocks as wide as those of SmolLM2; passes
alternate, so that a busy machine slows both alike. Memory is measured in a fresh child each, as the rise of its peak.
"""

import argparse
import resource
import statistics as stats
import sys
import time
from collections.abc import Callable

import torch

from core.data.pairs import Pair
from core.language.batches import batch_of
from core.language.model import LanguageModel, space_of
from core.language.topic_words import ANSWERS, vocabulary
from core.language.word_codec import WordCodec
from core.models.small_llama import small_llama
from core.safety import score
from core.training.forked import run_forked, shared_array

N_PAIRS, WORDS = 36, 60


def language(depth: int) -> LanguageModel:
    """Return a random model with blocks as wide as SmolLM2's."""
    codec = WordCodec(vocabulary())
    network = small_llama(vocabulary=len(codec), width=576, neurons=1536, depth=depth, heads=9, key_heads=3, context=256, seed=0)
    return LanguageModel("as wide as SmolLM2", network.requires_grad_(False), codec, space_of(network), 256)


def pairs() -> tuple[Pair, ...]:
    """Return pairs of a prompt of 12 words and a response of about 60."""
    return tuple(Pair(" ".join(ANSWERS[(i + j) % len(ANSWERS)] for j in range(12)),
                      " ".join(ANSWERS[(i * j) % len(ANSWERS)] for j in range(WORDS))) for i in range(N_PAIRS))


@torch.no_grad()
def plain(model: LanguageModel, some: tuple[Pair, ...]) -> None:
    """Send all pairs through the network, in batches of the same size."""
    for start in range(0, len(some), score.BATCH):
        batch = batch_of(model, some[start:start + score.BATCH])
        model.network.model(input_ids=batch.tokens, attention_mask=batch.there.long(), use_cache=False)


def peak_after(work: Callable[[], None]) -> float:
    """Return the peak memory of a fresh child that does some work, in bytes."""
    found = shared_array((1,))

    def measured(_task: int) -> None:
        work()
        found[0] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

    run_forked([0], measured, on_done=lambda task: None, on_tick=lambda: None, processes=1)
    return float(found[0])


def main() -> None:
    """Print ratios with n and spread."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--depth", type=int, default=4)
    given = parser.parse_args()
    torch.set_num_threads(1)
    model, some = language(given.depth), pairs()
    ways = {"plain": lambda: plain(model, some), "scoring": lambda: score.statistics(model, some)}
    memory = {name: peak_after(work) for name, work in ways.items()}
    ratios = []
    for repeat in range(given.repeats + 1):
        seconds = {}
        for name, work in ways.items():
            start = time.process_time()
            work()
            seconds[name] = time.process_time() - start
        if repeat:
            ratios.append(seconds["scoring"] / seconds["plain"])
    print(f"scoring pass over plain forward pass, {N_PAIRS} pairs, {given.depth} blocks as wide as SmolLM2's, one thread")
    print(f"  CPU time: {stats.median(ratios):.3f} times (n = {len(ratios)}, {min(ratios):.3f} to {max(ratios):.3f}); at most 1.2 allowed")
    print(f"  peak memory: {memory['scoring'] / memory['plain']:.3f} times (n = 1, {memory['plain'] / 2**20:.0f} and "
          f"{memory['scoring'] / 2**20:.0f} MiB of the whole process); at most 1.1 allowed")


if __name__ == "__main__":
    main()
