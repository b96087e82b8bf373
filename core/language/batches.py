"""Pairs of prompt and response as padded batches of tokens."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from core.data.pairs import Pair
from core.lab.errors import InputError
from core.language.model import Batch, LanguageModel


def batch_of(model: LanguageModel, pairs: Sequence[Pair]) -> Batch:
    """Return pairs as one right-padded batch on the model's device.

    Raises:
        InputError: If a prompt leaves no room in the context; a response is cut where the context ends.
    """
    rows = [(model.codec.prompt(pair.prompt), model.codec.response(pair.response)) for pair in pairs]
    for pair, (prompt, _) in zip(pairs, rows, strict=True):
        check_length(len(prompt), model.context, pair.prompt)
    length = min(model.context, max(len(prompt) + len(response) for prompt, response in rows))
    tokens = np.full((len(rows), length), model.codec.pad, dtype=np.int64)
    there, is_response = np.zeros(tokens.shape, dtype=bool), np.zeros(tokens.shape, dtype=bool)
    for row, (prompt, response) in enumerate(rows):
        whole = [*prompt, *response][:length]
        tokens[row, :len(whole)], there[row, :len(whole)], is_response[row, len(prompt):len(whole)] = whole, True, True
    device = model.device
    return Batch(torch.from_numpy(tokens).to(device), torch.from_numpy(there).to(device), torch.from_numpy(is_response).to(device))


def check_length(n_tokens: int, context: int, prompt: str) -> None:
    """Refuse a prompt that leaves no room for an answer.

    Raises:
        InputError: If it fills the context.
    """
    if n_tokens >= context:
        raise InputError(f"a prompt must have fewer than {context} tokens, the model's context, got {n_tokens} in {prompt[:40]!r}: "
                         "shorten it.")


def batches_of(model: LanguageModel, pairs: Sequence[Pair], size: int) -> Iterator[Batch]:
    """Return batches of at most ``size`` pairs, in order."""
    return (batch_of(model, pairs[start:start + size]) for start in range(0, len(pairs), size))


def drawn(rng: np.random.Generator, pairs: Sequence[Pair], n: int) -> Iterator[tuple[Pair, ...]]:
    """Return endless draws of ``n`` pairs, every pair once before any comes again."""
    order: list[int] = []
    while True:
        while len(order) < n:
            order.extend(rng.permutation(len(pairs)).tolist())
        yield tuple(pairs[place] for place in order[:n])
        del order[:n]
