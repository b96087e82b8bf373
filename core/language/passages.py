"""How likely a language model finds each token of a passage, given those before it: what tests for memorised text begin with."""

from collections.abc import Sequence

import numpy as np
import torch

from core.data.pairs import Pair
from core.language.model import LanguageModel

BATCH, MOST_TOKENS = 16, 512


def log_probabilities(model: LanguageModel, passages: Sequence[Pair], *, size: int = BATCH) -> list[np.ndarray]:
    """Return the natural logarithm of the probability of each token of each passage, float64; the network stays as it is.

    Args:
        model: In its present state.
        passages: The response counts. Without a prompt it is plain text, without a chat template, whose first token is given; it is cut
            after 512 tokens or where the context ends.
        size: Passages at a time.
    """
    rows = [_row(model, passage) for passage in passages]
    order = np.argsort([len(tokens) for tokens, _ in rows], kind="stable")  # those of like length together spare padding
    found: list[np.ndarray] = [np.empty(0)] * len(rows)
    for start in range(0, len(rows), size):
        part = order[start:start + size]
        for place, values in zip(part, _of_batch(model, [rows[place] for place in part]), strict=True):
            found[place] = values
    return found


def _row(model: LanguageModel, passage: Pair) -> tuple[list[int], int]:
    """Return tokens, and the place of the first one that counts."""
    most = min(model.context, MOST_TOKENS)
    if passage.prompt:
        prompt = model.codec.prompt(passage.prompt)
        return [*prompt, *model.codec.response(passage.response)][:most], len(prompt)
    return model.codec.words(passage.response)[:most], 1


@torch.inference_mode()
def _of_batch(model: LanguageModel, rows: Sequence[tuple[list[int], int]]) -> list[np.ndarray]:
    longest = max(len(tokens) for tokens, _ in rows)
    tokens = torch.tensor([[*row, *[model.codec.pad] * (longest - len(row))] for row, _ in rows], device=model.device)
    there = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row, _ in rows], device=model.device)
    states = model.network.model(input_ids=tokens, attention_mask=there, use_cache=False).last_hidden_state
    found = []
    for number, (row, first) in enumerate(rows):
        logits = model.network.lm_head(states[number, first - 1:len(row) - 1]).double()
        wanted = tokens[number, first:len(row), None]
        found.append(torch.log_softmax(logits, dim=1).gather(1, wanted).squeeze(1).cpu().numpy())
    return found
