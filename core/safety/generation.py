"""Greedy answers of a language model, many prompts at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.safety.prefill import Prefilled, prefill, selected
from core.safety.record import LanguageModel

BATCH = 96
FEWER = 0.75  # once this share or less of the rows is unfinished, the others leave the cache


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model answers.

    Attributes:
        texts: One answer a prompt, special tokens left out.
        first_mass: Probability of the watched tokens as the first one, float64 (N,).
        n_tokens: Tokens generated for each prompt, the end token included, int64 (N,).
    """

    texts: tuple[str, ...]
    first_mass: np.ndarray
    n_tokens: np.ndarray


def generate(model: LanguageModel, prompts: Sequence[str], new_tokens: int, *, watched: Sequence[int] = (), size: int = BATCH) -> Answers:
    """Return the greedy answers to prompts, as one-by-one generation gives them, up to rounding.

    Args:
        model: Answers in its present state.
        prompts: Requests, without the chat template.
        new_tokens: Tokens generated at most.
        watched: Tokens whose joint probability as the first of an answer is returned.
        size: Prompts at a time.

    Raises:
        InputError: If a prompt leaves no room in the context.
    """
    texts, masses, counts = [], [], []
    for start in range(0, len(prompts), size):
        read = prefill(model, prompts[start:start + size])
        masses.append(torch.softmax(read.logits.double(), dim=1)[:, list(watched)].sum(1).cpu().numpy())
        tokens = decode(model, read, new_tokens)
        texts += [model.codec.text(row[:-1] if row[-1:] == [model.codec.end] else row) for row in tokens]
        counts += [len(row) for row in tokens]
    return Answers(tuple(texts), np.concatenate(masses) if masses else np.empty(0), np.array(counts, dtype=np.int64))


def decode(model: LanguageModel, read: Prefilled, new_tokens: int) -> list[list[int]]:
    """Return the greedy continuation of each row up to its end token, which is included, or ``new_tokens``."""
    found: list[list[int]] = [[] for _ in range(len(read.lengths))]
    for rows, tokens in _steps(model, read, new_tokens):
        for row, token in zip(rows, tokens, strict=True):
            if found[row][-1:] != [model.codec.end]:
                found[row].append(token)
    return found


@torch.inference_mode()
def _steps(model: LanguageModel, read: Prefilled, new_tokens: int) -> Iterator[tuple[list[int], list[int]]]:
    """Give, step by step, rows and their next tokens; finished rows come along until it pays to drop them."""
    rows = torch.arange(len(read.lengths), device=model.device)
    is_done = torch.zeros_like(rows, dtype=torch.bool)
    there, positions, logits = read.there, read.lengths, read.logits
    for step in range(new_tokens):
        tokens = logits.argmax(1)
        yield rows.tolist(), tokens.tolist()
        is_done |= tokens == model.codec.end
        if step == new_tokens - 1 or is_done.all() or there.shape[1] >= model.context:
            return
        if (~is_done).sum() <= FEWER * len(is_done):
            keep = (~is_done).nonzero().squeeze(1)
            read = selected(Prefilled(read.cache, there, positions, logits), keep)
            there, positions, rows, tokens, is_done = read.there, read.lengths, rows[keep], tokens[keep], is_done[keep]
        there = _longer(there)
        out = model.network(input_ids=tokens.unsqueeze(1), attention_mask=there, position_ids=positions, past_key_values=read.cache,
                            use_cache=True)
        logits, positions = out.logits[:, -1], positions + 1


def _longer(there: Tensor) -> Tensor:
    return torch.cat([there, there.new_ones(len(there), 1)], dim=1)
