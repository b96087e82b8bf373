"""What a model is still good for: perplexity of held-out answers, and a mini-evaluation of questions with choices."""

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional

from core.data.pairs import Pair, Question
from core.language.model import LanguageModel
from core.language.prefill import Prefilled, by_length, prefill, selected

BATCH = 48
HIGHEST = 20.0  # nats a token; a broken model's perplexity stays a number that can be drawn


def perplexity(model: LanguageModel, pairs: Sequence[Pair], *, size: int = BATCH) -> float:
    """Return exp of the mean negative log-likelihood over all response tokens, end tokens included; at least 1, lower is better."""
    prompts = [pair.prompt for pair in pairs]
    found = [log_likelihoods(model, prefill(model, [prompts[place] for place in part]),
                             [[model.codec.response(pairs[place].response)] for place in part])
             for part in by_length(model, prompts, size)]
    return from_likelihoods(*(np.concatenate([pair[which] for pair in found]) for which in (0, 1)))


def from_likelihoods(sums: np.ndarray, counts: np.ndarray) -> float:
    """Return the perplexity over all tokens of responses with these log-likelihoods and numbers of tokens."""
    return float(np.exp(np.clip(-sums.sum() / counts.sum(), 0.0, HIGHEST)))


def accuracy(model: LanguageModel, questions: Sequence[Question], *, size: int = BATCH) -> float:
    """Return the share of questions whose right choice has the highest mean log-likelihood a token; NaN without questions."""
    if not questions:
        return float("nan")
    found = choices(model, questions, size=size)
    return float(np.mean([place == question.answer for place, question in zip(found, questions, strict=True)]))


def choices(model: LanguageModel, questions: Sequence[Question], *, size: int = BATCH) -> list[int]:
    """Return the place of the choice that a model finds likeliest a token, for each question; the first of equals."""
    found = [0] * len(questions)
    prompts = [question.prompt for question in questions]
    for part in by_length(model, prompts, size):
        options = [[model.codec.words(choice) for choice in questions[place].choices] for place in part]
        sums, counts = log_likelihoods(model, prefill(model, [prompts[place] for place in part]), options)
        for place, means in zip(part, np.split(sums / counts, np.cumsum([len(each) for each in options])[:-1]), strict=True):
            found[place] = int(np.argmax(means))
    return found


@torch.inference_mode()
def log_likelihoods(model: LanguageModel, read: Prefilled, responses: Sequence[Sequence[Sequence[int]]]) -> tuple[np.ndarray, np.ndarray]:
    """Return log-likelihoods of responses to prompts that were read.

    Args:
        model: Judges in its present state.
        read: The prompts; its cache grows.
        responses: For each prompt, its responses as tokens, at least one token each.

    Returns:
        Sums of log-probabilities (natural) over a response's tokens, and numbers of tokens; float64, one a response, in order.
    """
    flat = [list(response) for of_prompt in responses for response in of_prompt]
    if len(flat) != len(responses):
        rows = [row for row, of_prompt in enumerate(responses) for _ in of_prompt]
        read = selected(read, torch.tensor(rows, device=model.device))
    length = max(map(len, flat))
    tokens = torch.tensor([row + [model.codec.pad] * (length - len(row)) for row in flat], device=model.device)
    there = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in flat], device=model.device)
    logits = read.logits.unsqueeze(1)
    if length > 1:
        steps = torch.arange(length - 1, device=model.device)
        out = model.network(input_ids=tokens[:, :-1], attention_mask=torch.cat([read.there, there[:, :-1]], dim=1),
                            position_ids=read.lengths + steps, past_key_values=read.cache, use_cache=True)
        logits = torch.cat([logits, out.logits], dim=1)
    is_token = there.bool()
    losses = torch.zeros(tokens.shape, dtype=torch.float64, device=model.device)
    losses[is_token] = functional.cross_entropy(logits[is_token].float(), tokens[is_token], reduction="none").double()
    return -losses.sum(1).cpu().numpy(), there.sum(1).double().cpu().numpy()
