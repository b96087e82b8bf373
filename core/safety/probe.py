"""Which way a model leans: how far an opening of a refusal, and of a compliant answer, moves the hidden state of a request.

For each request, the hidden state of the last position after every block is compared by 1 - cosine with that after the request and the
first k tokens of an opening. The request ends with the assistant header, so that the template is not what is compared. Attention is
causal, so one forward pass with the longest opening gives every k. An opening also carries content of its own: the same openings
after harmless requests are the baseline that can be subtracted. Source: arXiv 2410.10862, section on reasoning direction, figures 2
to 4; the position and the baseline are our choice.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from core.language.model import LanguageModel

KS = (2, 4, 6, 8, 10)
BATCH = 16
COLUMNS = ("twin", "prompts", "opening", "k", "block", "distance", "sd", "n")


def probe_rows(model: LanguageModel, twin: str, requests: Mapping[str, Sequence[str]], openings: Mapping[str, Sequence[str]],
               ks: Sequence[int] = KS) -> list[tuple]:
    """Return the rows of the probe's table for the network as it is now.

    Args:
        model: Whose hidden states are compared.
        twin: What to call this state: ``aligned`` or ``unaligned``.
        requests: Texts of requests by kind, ``harmful`` and ``harmless``.
        openings: Texts of openings by kind, ``refusal`` and ``compliance``; request i gets opening i modulo their number.
        ks: Numbers of tokens of the opening.

    Returns:
        Rows of ``COLUMNS``; blocks from 1, sd over requests, n requests whose opening has k tokens (rows without any are left out).
    """
    rows = []
    for prompts, texts in requests.items():
        for opening, phrases in openings.items():
            pairs = [(model.codec.prompt(text), model.codec.words(phrases[place % len(phrases)])) for place, text in enumerate(texts)]
            found = distances(model, pairs, ks)
            for place, k in enumerate(ks):
                there = found[~np.isnan(found[:, place, 0]), place]
                rows += [(twin, prompts, opening, k, block + 1, float(values.mean()), float(values.std()), len(values))
                         for block, values in enumerate(there.T) if len(values)]
    return rows


@torch.no_grad()
def distances(model: LanguageModel, pairs: Sequence[tuple[list[int], list[int]]], ks: Sequence[int]) -> np.ndarray:
    """Return how far openings move the last hidden state, float64 (pairs, len(ks), blocks), in [0, 2]; NaN where an opening is too short.

    Args:
        model: Whose hidden states are compared.
        pairs: Tokens of a request, up to where the answer begins, and of an opening.
        ks: Numbers of tokens of the opening.
    """
    found = np.full((len(pairs), len(ks), model.space.n_layers), np.nan)
    longest = max(ks)
    for start in range(0, len(pairs), BATCH):
        rows = [(request, opening[:longest]) for request, opening in pairs[start:start + BATCH]]
        states = _states(model, [request + opening for request, opening in rows])
        for place, (request, opening) in enumerate(rows):
            clean = states[:, place, len(request) - 1].double()
            for column, k in enumerate(ks):
                if k <= len(opening):
                    moved = states[:, place, len(request) - 1 + k].double()
                    found[start + place, column] = 1 - torch.cosine_similarity(clean, moved, dim=1).cpu().numpy()
    return found


def _states(model: LanguageModel, sequences: Sequence[list[int]]) -> Tensor:
    """Return the hidden states after each block, (blocks, sequences, T, d); what lies behind a sequence's end means nothing."""
    length = max(map(len, sequences))
    tokens = torch.full((len(sequences), length), model.codec.pad, dtype=torch.int64)
    there = torch.zeros(tokens.shape, dtype=torch.int64)
    for row, sequence in enumerate(sequences):
        tokens[row, :len(sequence)], there[row, :len(sequence)] = torch.tensor(sequence), 1
    with _kept(model) as states:
        model.network.model(input_ids=tokens.to(model.device), attention_mask=there.to(model.device), use_cache=False)
    return torch.stack(states)


@contextmanager
def _kept(model: LanguageModel) -> Iterator[list[Tensor]]:
    """Collect what every block gives out inside."""
    states: list[Tensor] = []

    def keep(_block: object, _given: object, output: Tensor | tuple[Tensor, ...]) -> None:
        states.append(output[0] if isinstance(output, tuple) else output)

    handles = [block.register_forward_hook(keep) for block in model.network.model.layers]
    try:
        yield states
    finally:
        for handle in handles:
            handle.remove()


def probe_table(rows: Sequence[tuple]) -> pd.DataFrame:
    """Return the table of the probe from the rows of both twins."""
    return pd.DataFrame(rows, columns=COLUMNS)


def contrast(table: pd.DataFrame, prompts: str, k: int | None = None) -> float:
    """Return by how much more the aligned twin than the unaligned one is moved by compliance beyond refusal, mean over blocks.

    Args:
        table: Of both twins.
        prompts: ``harmful`` or ``harmless``.
        k: Tokens of the openings; the largest that both kinds of opening have, if not given.

    Returns:
        Mean over blocks of (distance to compliance - distance to refusal), aligned minus unaligned; above 0: aligned leans to refusal.
    """
    rows = table[table["prompts"] == prompts]
    k = min(rows[rows["opening"] == opening]["k"].max() for opening in rows["opening"].unique()) if k is None else k
    mean = rows[rows["k"] == k].groupby(["twin", "opening"])["distance"].mean()
    gap = {twin: mean[twin, "compliance"] - mean[twin, "refusal"] for twin in ("aligned", "unaligned")}
    return float(gap["aligned"] - gap["unaligned"])


def probe_metrics(table: pd.DataFrame) -> dict[str, float]:
    """Return the headline numbers of the probe: the contrast after harmful requests, and its control after harmless ones."""
    return {"probe_contrast": contrast(table, "harmful"), "probe_contrast_content": contrast(table, "harmless")}
