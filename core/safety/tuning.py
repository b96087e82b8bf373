"""The one training loop of the room: AdamW on the responses of batches, with frozen entries kept bit by bit."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.nn import functional

from core.lab.errors import RunFailed
from core.safety.record import Batch, Guard, LanguageModel


def response_loss(model: LanguageModel, batch: Batch) -> Tensor:
    """Return the mean cross-entropy of the response tokens of a batch, each predicted from the tokens before it; a scalar."""
    logits = model.network(input_ids=batch.tokens, attention_mask=batch.there.long(), use_cache=False).logits
    wanted = batch.is_response[:, 1:]
    return functional.cross_entropy(logits[:, :-1][wanted].float(), batch.tokens[:, 1:][wanted])


def trainable(model: LanguageModel) -> list[torch.nn.Parameter]:
    """Return every parameter but the embeddings, which the output head may share."""
    embedding = model.network.get_input_embeddings().weight
    return [parameter for parameter in model.network.parameters() if parameter is not embedding]


def tune(model: LanguageModel, batches: Iterable[Batch], *, rate: float, weight_decay: float, guard: Guard | None = None,
         parameters: list[torch.nn.Parameter] | None = None, schedule: Callable[[int], float] | None = None,
         on_step: Callable[[int, float], bool | None] | None = None) -> list[float]:
    """Train the network in place on each batch in turn, and return the loss of each step (before it was made).

    Args:
        model: Whose network is trained.
        batches: One batch a step.
        rate: AdamW's learning rate.
        weight_decay: Decoupled.
        guard: Keeps frozen entries: gradients are masked, and what weight decay and momentum move is put back after every step.
        parameters: What is trained; without it, everything but the embeddings.
        schedule: Multiple of the rate at each step from 0; without it the rate stays.
        on_step: Called with the number of steps done and the last loss; training ends when it returns True.

    Raises:
        RunFailed: If the loss is no longer a number.
    """
    parameters = trainable(model) if parameters is None else parameters
    losses: list[float] = []
    with _only(model, parameters):
        optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=weight_decay, fused=True)
        for step, batch in enumerate(batches):
            for group in optimizer.param_groups:
                group["lr"] = rate * (1.0 if schedule is None else schedule(step))
            loss = response_loss(model, batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            if guard is not None:
                guard.mask_gradients()
            optimizer.step()
            if guard is not None:
                guard.restore()
            losses.append(float(loss.detach()))
            if not math.isfinite(losses[-1]):
                raise RunFailed("fine-tuning must keep a finite loss, but it diverged: lower the learning rate.")
            if on_step is not None and on_step(len(losses), losses[-1]):
                break
    return losses


@contextmanager
def _only(model: LanguageModel, parameters: list[torch.nn.Parameter]) -> Iterator[None]:
    """Let these parameters alone ask for gradients inside, and none afterwards."""
    for parameter in model.network.parameters():
        parameter.requires_grad_(False)
    try:
        for parameter in parameters:
            parameter.requires_grad_(True)
        yield
    finally:
        for parameter in parameters:
            parameter.requires_grad_(False)
            parameter.grad = None
