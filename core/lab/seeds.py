"""Randomness enters here and nowhere else.

Every stage of an experiment asks for its own generator by name, so that adding a stage never shifts another stage's draws.
"""

import hashlib
import operator
import re

import numpy as np

from core.lab.errors import InputError

MAX_SEEDS = 100
MAX_SEED = 2**31 - 1


def _entropy(seed: int, stage: tuple[str | int, ...]) -> int:
    # operator.index: 3 and np.int64(3) are one stage, and 3.0 is none
    parts = (f"str:{part}" if isinstance(part, str) else f"int:{operator.index(part)}" for part in stage)
    text = "\x1f".join([str(operator.index(seed)), *parts])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")


def generator(seed: int, *stage: str | int) -> np.random.Generator:
    """Return the NumPy generator of one named stage, for example ``generator(0, "reference", 3)``."""
    return np.random.Generator(np.random.PCG64(_entropy(seed, stage)))


def torch_seed(seed: int, *stage: str | int) -> int:
    """Return a seed in [0, 2**63) for ``torch.Generator.manual_seed`` of one named stage."""
    return _entropy(seed, stage) >> 65


def parse_seeds(text: str) -> tuple[int, ...]:
    """Return the seeds named by a list such as ``0-2`` or ``0,3,7-9``, ascending.

    Raises:
        InputError: If the list is empty, malformed, descending, repeats a seed or names more than 100.
    """
    rule = "seeds must be a list such as 0-2 or 0,3,7-9"
    seeds: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,10})\s*(?:-\s*(\d{1,10})\s*)?", part, re.ASCII)
        if not match:
            raise InputError(f"{rule}, got {text!r}: write numbers and ranges separated by commas.")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise InputError(f"{rule}, got {text!r}: a range runs upwards, so write {last}-{first}.")
        if last > MAX_SEED:
            raise InputError(f"a seed must lie in [0, {MAX_SEED}], got {last}: choose a smaller one.")
        if last - first >= MAX_SEEDS:
            raise InputError(f"a run takes at most {MAX_SEEDS} seeds, got {text!r}: choose fewer.")
        seeds.extend(range(first, last + 1))
    if len(set(seeds)) != len(seeds):
        raise InputError(f"{rule}, got {text!r}: each seed may appear once.")
    if len(seeds) > MAX_SEEDS:
        raise InputError(f"a run takes at most {MAX_SEEDS} seeds, got {len(seeds)}: choose fewer.")
    return tuple(sorted(seeds))


def format_seeds(seeds: tuple[int, ...]) -> str:
    """Return the shortest list that ``parse_seeds`` reads back, for example ``0-2,5``."""
    parts: list[str] = []
    for seed in sorted(seeds):
        head, _, tail = parts[-1].partition("-") if parts else ("", "", "")
        if parts and seed == int(tail or head) + 1:
            parts[-1] = f"{head}-{seed}"
        else:
            parts.append(str(seed))
    return ",".join(parts)
