"""Greedy answers of a language model, many prompts at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from core.language.model import LanguageModel
from core.language.prefill import Prefilled, by_length, copied, prefill, selected
from core.language.utility import log_likelihoods

BATCH = 48
FEWER = 0.75  # once this share or less of the rows is unfinished, the others leave the cache


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model answers.

    Attributes:
        texts: One answer a prompt, special tokens left out.
        first_mass: Probability of the watched tokens as the first one, float64 (N,).
        n_tokens: Tokens generated for each prompt, the end token included, int64 (N,).
        log_likelihoods: Of the known responses, summed over their tokens, float64 (N,); NaN where none is known.
        n_known: Tokens of the known responses, float64 (N,); NaN where none is known.
    """

    texts: tuple[str, ...]
    first_mass: np.ndarray
    n_tokens: np.ndarray
    log_likelihoods: np.ndarray
    n_known: np.ndarray


def generate(model: LanguageModel, prompts: Sequence[str], new_tokens: int, *, watched: Sequence[int] = (),
             known: Mapping[int, str] = MappingProxyType({}), size: int = BATCH) -> Answers:
    """Return the greedy answers to prompts, as one-by-one generation gives them, up to rounding.

    Args:
        model: Answers in its present state.
        prompts: Requests, without the chat template.
        new_tokens: Tokens generated at most.
        watched: Tokens whose joint probability as the first of an answer is returned.
        known: Responses, by place of their prompt, whose likelihood is returned; cheap here, where the prompt is read anyway.
        size: Prompts at a time at most.

    Raises:
        InputError: If a prompt leaves no room in the context.
    """
    n = len(prompts)
    texts, n_tokens, mass = [""] * n, np.zeros(n, dtype=np.int64), np.zeros(n)
    likelihoods, n_known = np.full(n, np.nan), np.full(n, np.nan)
    for part in by_length(model, prompts, size):
        read = prefill(model, [prompts[place] for place in part])
        mass[part] = torch.softmax(read.logits.double(), dim=1)[:, list(watched)].sum(1).cpu().numpy()
        rows = [row for row, place in enumerate(part) if place in known]
        if rows:
            chosen = selected(copied(read), torch.tensor(rows, device=model.device))
            responses = [[model.codec.response(known[place])] for place in part[rows]]
            likelihoods[part[rows]], n_known[part[rows]] = log_likelihoods(model, chosen, responses)
        for place, row in zip(part, decode(model, read, new_tokens), strict=True):
            texts[place], n_tokens[place] = model.codec.text(row[:-1] if row[-1:] == [model.codec.end] else row), len(row)
    return Answers(tuple(texts), mass, n_tokens, likelihoods, n_known)


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
