"""T-Miner's idea carried to language models: whether one of many candidates for a trigger stands apart in the model's latent space.

T-Miner trains a generator of candidates against a suspicious classifier, and flags outliers among them where the classifier represents
them. Here candidates are single words and short sequences of a small vocabulary, and what a search along gradients came up with; a
candidate's place is the mean change, over prompts, of the last hidden state where the answer begins. Our short version.
"""

from collections.abc import Sequence

import numpy as np
import torch

from core.backdoor.detection import LENGTH, MAD
from core.data.pairs import Pair
from core.language.model import LanguageModel
from core.language.prefill import common

N_PROMPTS, N_WORDS, N_SEQUENCES, BATCH = 6, 120, 80, 240


def candidates(vocabulary: Sequence[int], searched: Sequence[Sequence[int]], rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Return words one by one, drawn sequences, and those that a search came up with, none twice."""
    words = rng.permutation(len(vocabulary))[:N_WORDS].tolist()
    drawn = rng.integers(len(vocabulary), size=(N_SEQUENCES, LENGTH)).tolist()
    found = [(vocabulary[place],) for place in words] + [tuple(vocabulary[place] for place in row) for row in drawn]
    return list(dict.fromkeys((*found, *map(tuple, searched))))


def apartness(model: LanguageModel, pairs: Sequence[Pair], tried: Sequence[Sequence[int]]) -> np.ndarray:
    """Return how far each candidate stands from the middle, in robust standard deviations of such distances, (candidates,).

    Args:
        model: In its present state.
        pairs: Clean prompts; the first few are used.
        tried: Tokens that are put before them.
    """
    rows = [model.codec.prompt(pair.prompt) for pair in pairs[:N_PROMPTS]]
    start = common(rows)
    alone = _states(model, rows)
    moved = _states(model, [[*row[:start], *some, *row[start:]] for some in tried for row in rows])
    shifts = (moved.reshape(len(tried), len(rows), -1) - alone).mean(1)
    far = np.linalg.norm(shifts - np.median(shifts, axis=0), axis=1)
    spread = MAD * np.median(np.abs(far - np.median(far)))
    return (far - np.median(far)) / max(spread, 1e-12)


@torch.inference_mode()
def _states(model: LanguageModel, rows: Sequence[Sequence[int]]) -> np.ndarray:
    """Return the last hidden state at the last token of every row, float64 (rows, d)."""
    found = []
    for first in range(0, len(rows), BATCH):
        part = rows[first:first + BATCH]
        longest = max(map(len, part))
        tokens = torch.tensor([[*row, *[model.codec.pad] * (longest - len(row))] for row in part], device=model.device)
        there = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in part], device=model.device)
        states = model.network.model(input_ids=tokens, attention_mask=there, use_cache=False).last_hidden_state
        found.append(states[torch.arange(len(part), device=model.device), there.sum(1) - 1].double().cpu().numpy())
    return np.concatenate(found)
