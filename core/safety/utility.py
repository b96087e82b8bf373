"""What a model is still good for: perplexity of held-out answers, and a mini-evaluation of questions with choices."""

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional

from core.data.pairs import Pair, Question
from core.safety.prefill import prefill, selected
from core.safety.record import LanguageModel

BATCH = 64


def perplexity(model: LanguageModel, pairs: Sequence[Pair], *, size: int = BATCH) -> float:
    """Return exp of the mean negative log-likelihood over all response tokens, end tokens included; at least 1, lower is better."""
    found = [log_likelihoods(model, [pair.prompt for pair in part], [[model.codec.response(pair.response)] for pair in part])
             for part in _parts(pairs, size)]
    sums, counts = (np.concatenate([pair[which] for pair in found]) for which in (0, 1))
    return float(np.exp(min(-sums.sum() / counts.sum(), 20.0)))  # a broken model's stays a number that can be drawn


def accuracy(model: LanguageModel, questions: Sequence[Question], *, size: int = BATCH) -> float:
    """Return the share of questions whose right choice has the highest mean log-likelihood a token; NaN without questions."""
    if not questions:
        return float("nan")
    return float(np.mean([chosen == question.answer for chosen, question in zip(choices(model, questions, size=size), questions,
                                                                                strict=True)]))


def choices(model: LanguageModel, questions: Sequence[Question], *, size: int = BATCH) -> list[int]:
    """Return the place of the choice that a model finds likeliest a token, for each question; the first of equals."""
    found = []
    for part in _parts(questions, size):
        sums, counts = log_likelihoods(model, [question.prompt for question in part],
                                       [[model.codec.words(choice) for choice in question.choices] for question in part])
        means = np.split(sums / counts, np.cumsum([len(question.choices) for question in part])[:-1])
        found += [int(np.argmax(values)) for values in means]
    return found


@torch.inference_mode()
def log_likelihoods(model: LanguageModel, prompts: Sequence[str],
                    responses: Sequence[Sequence[Sequence[int]]]) -> tuple[np.ndarray, np.ndarray]:
    """Return log-likelihoods of responses, each prompt read once.

    Args:
        model: Judges in its present state.
        prompts: Requests, without the chat template.
        responses: For each prompt, its responses as tokens, at least one token each.

    Returns:
        Sums of log-probabilities (natural) over a response's tokens, and numbers of tokens; float64, one a response, in order.

    Raises:
        InputError: If a prompt leaves no room in the context.
    """
    read = prefill(model, prompts)
    rows = [row for row, of_prompt in enumerate(responses) for _ in of_prompt]
    flat = [list(response) for of_prompt in responses for response in of_prompt]
    if len(flat) != len(prompts):
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


def _parts(items: Sequence, size: int) -> list:
    return [items[start:start + size] for start in range(0, len(items), size)]
