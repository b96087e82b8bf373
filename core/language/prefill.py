"""Prompts read once: what they have in common is computed for one row, the rest left-padded, all of it kept for what follows."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.language.batches import check_length
from core.language.model import LanguageModel


@dataclass(frozen=True, eq=False)
class Prefilled:
    """What a network has read.

    Attributes:
        cache: Keys and values, transformers' own; grows in place.
        there: int64 (B, T), 1 for tokens and 0 for padding, aligned with the cache.
        lengths: int64 (B, 1), tokens of each prompt: the position of the next one.
        logits: (B, V) of the next token.
    """

    cache: object
    there: Tensor
    lengths: Tensor
    logits: Tensor


@torch.inference_mode()
def prefill(model: LanguageModel, prompts: Sequence[str]) -> Prefilled:
    """Return what the network keeps of requests, and its logits at the start of the answers.

    Chat templates begin every request alike; that part is computed once. Padding is never attended to, and positions count tokens alone.

    Raises:
        InputError: If a prompt leaves no room in the context.
    """
    rows = [model.codec.prompt(prompt) for prompt in prompts]
    for prompt, row in zip(prompts, rows, strict=True):
        check_length(len(row), model.context, prompt)
    n_common = common(rows)
    tokens, there = _left_padded([row[n_common:] for row in rows], model.codec.pad, model.device)
    positions = (there.cumsum(1) - 1).clamp(min=0) + n_common
    there = torch.cat([there.new_ones(len(rows), n_common), there], dim=1)
    cache = None
    if n_common:
        head = torch.tensor([rows[0][:n_common]], device=model.device)
        cache = model.network(input_ids=head, use_cache=True, logits_to_keep=1).past_key_values
        cache.batch_repeat_interleave(len(rows))
    out = model.network(input_ids=tokens, attention_mask=there, position_ids=positions, past_key_values=cache, use_cache=True,
                        logits_to_keep=1)
    return Prefilled(out.past_key_values, there, there.sum(1, keepdim=True), out.logits[:, -1])


def common(rows: Sequence[Sequence[int]]) -> int:
    """Return how many tokens all rows begin with, the last one of the shortest row never among them."""
    first, last = min(rows), max(rows)
    most = min(map(len, rows)) - 1
    return next((place for place in range(most) if first[place] != last[place]), most)


def selected(read: Prefilled, rows: Tensor) -> Prefilled:
    """Return some rows, possibly more than once; the cache is changed in place."""
    read.cache.batch_select_indices(rows)
    return Prefilled(read.cache, read.there[rows], read.lengths[rows], read.logits[rows])


def copied(read: Prefilled) -> Prefilled:
    """Return the same with a cache of its own."""
    return Prefilled(copy.deepcopy(read.cache), read.there, read.lengths, read.logits)


def by_length(model: LanguageModel, prompts: Sequence[str], size: int) -> list[np.ndarray]:
    """Return the places of prompts in batches of about equal number, at most ``size``, those of like length together: little padding."""
    order = np.argsort([len(model.codec.prompt(prompt)) for prompt in prompts], kind="stable")
    return np.array_split(order, -(-len(prompts) // size)) if len(prompts) else []


def _left_padded(rows: Sequence[Sequence[int]], pad: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return tokens and where there are some, both int64 (B, T), padding on the left."""
    longest = max(map(len, rows))
    tokens = torch.tensor([[pad] * (longest - len(row)) + list(row) for row in rows], device=device)
    there = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows], device=device)
    return tokens, there
