"""The one training loop of the room: AdamW on the responses of batches, with frozen entries kept bit by bit.

Weights in half precision are moved through float32 copies: a step of 1e-5 on a weight of 0.02 is less than bfloat16 can tell apart.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.nn import functional

from core.lab.errors import RunFailed
from core.language.model import Batch, Guard, LanguageModel


def response_loss(model: LanguageModel, batch: Batch) -> Tensor:
    """Return the mean cross-entropy of the response tokens of a batch, each predicted from the tokens before it; a scalar."""
    states = model.network.model(input_ids=batch.tokens, attention_mask=batch.there.long(), use_cache=False).last_hidden_state
    wanted = batch.is_response[:, 1:]
    logits = model.network.lm_head(states[:, :-1][wanted])  # the head is a fifth of a small model: no work for positions that do not count
    return functional.cross_entropy(logits.float(), batch.tokens[:, 1:][wanted])


def trainable(model: LanguageModel) -> list[torch.nn.Parameter]:
    """Return every parameter but the embeddings, which the output head may share."""
    embedding = model.network.get_input_embeddings().weight
    return [parameter for parameter in model.network.parameters() if parameter is not embedding]


def tune(model: LanguageModel, batches: Iterable[Batch], *, rate: float, weight_decay: float, guard: Guard | None = None,
         parameters: list[torch.nn.Parameter] | None = None, schedule: Callable[[int], float] | None = None,
         on_step: Callable[[int, float], bool | None] | None = None,
         loss_of: Callable[[LanguageModel, Batch], Tensor] = response_loss) -> list[float]:
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
        loss_of: Returns what is minimised on a batch.

    Raises:
        RunFailed: If the loss is no longer a number.
    """
    parameters = trainable(model) if parameters is None else parameters
    losses: list[float] = []
    with _only(model, parameters):
        optimizer = _Optimizer(parameters, weight_decay)
        for step, batch in enumerate(batches):
            loss = loss_of(model, batch)
            loss.backward()
            if guard is not None:
                guard.mask_gradients()
            optimizer.step(rate * (1.0 if schedule is None else schedule(step)))
            if guard is not None:
                guard.restore()
            losses.append(float(loss.detach()))
            if not math.isfinite(losses[-1]):
                raise RunFailed("fine-tuning must keep a finite loss, but it diverged: lower the learning rate.")
            if on_step is not None and on_step(len(losses), losses[-1]):
                break
    return losses


class _Optimizer:
    """AdamW, one a parameter, so that half-precision weights need only one float32 gradient at a time."""

    def __init__(self, parameters: list[torch.nn.Parameter], weight_decay: float) -> None:
        self._copies = [(parameter, parameter if parameter.dtype == torch.float32 else parameter.detach().float().requires_grad_())
                        for parameter in parameters]
        self._each = [torch.optim.AdamW([copy], weight_decay=weight_decay, fused=True) for _, copy in self._copies]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Move every parameter that has a gradient, and clear the gradients."""
        for (parameter, copy), optimizer in zip(self._copies, self._each, strict=True):
            if copy is not parameter and parameter.grad is not None:
                copy.grad = parameter.grad.float()
                parameter.grad = None
            optimizer.param_groups[0]["lr"] = rate
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if copy is not parameter:
                parameter.copy_(copy)


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
