"""Rivals of the signature at an equal share of channels and equal repair: what each of them knows, cuts, and minimises.

Fine-pruning cuts the channels that clean prompts use least; Antidote's one-shot pruning zeroes the weights that the guessed behaviour uses
most; CROW asks successive layers to agree under a perturbation of the embeddings; latent adversarial training knows the behaviour and
trains right answers under perturbations that call it up. All are our short versions, with the published constants where they are known.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from core.data.pairs import Pair
from core.language.batches import batch_of
from core.language.model import Batch, LanguageModel
from core.language.tuning import response_loss, trainable

CROW_WEIGHT, CROW_RADIUS = 5.5, 0.1
LATENT_STEPS, LATENT_RADIUS, LATENT_RATE, LATENT_LAYERS = 4, 0.3, 0.5, 4  # radius and rate are shares of the states' mean norm
Loss = Callable[[LanguageModel, Batch], Tensor]


def largest(model: LanguageModel) -> np.ndarray:
    """Return the norm of each channel's weights, float64 (blocks, channels): rows of gate and up, column of down."""
    with torch.no_grad():
        return np.stack([torch.sqrt(block.mlp.gate_proj.weight.double().square().sum(1) + block.mlp.up_proj.weight.double().square().sum(1)
                                    + block.mlp.down_proj.weight.double().square().sum(0)).cpu().numpy()
                         for block in model.network.model.layers])


def effects(model: LanguageModel, bad: Sequence[Pair], good: Sequence[Pair], size: int) -> np.ndarray:
    """Return by how much setting a channel to zero raises the loss of ``bad`` pairs beyond that of ``good`` ones, to first order.

    The oracle: bad pairs hold the trigger and what it calls up. Float64 (blocks, channels).
    """
    return _first_order(model, bad, size) - np.abs(_first_order(model, good, size))


def _first_order(model: LanguageModel, pairs: Sequence[Pair], size: int) -> np.ndarray:
    downs = [block.mlp.down_proj.weight for block in model.network.model.layers]
    found = np.zeros((len(downs), downs[0].shape[1]))
    for weight in downs:
        weight.requires_grad_(True)
    try:
        for start in range(0, len(pairs), size):
            gradients = torch.autograd.grad(response_loss(model, batch_of(model, pairs[start:start + size])), downs)
            found -= np.stack([(gradient * weight).sum(0).detach().double().cpu().numpy()
                               for gradient, weight in zip(gradients, downs, strict=True)])
    finally:
        for weight in downs:
            weight.requires_grad_(False)
    return found


def consistency_loss(model: LanguageModel, batch: Batch) -> Tensor:
    """Return CROW's loss: that of the responses, and 5.5 times how far successive layers disagree under a worst-case perturbation.

    Source: CROW (2024): 1 - cosine of successive hidden states, embeddings moved by 0.1 along the sign of the gradient of that term.
    """
    embeddings = model.network.get_input_embeddings()(batch.tokens).detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(_disagreement(model, embeddings, batch), embeddings)
    moved = embeddings.detach() + CROW_RADIUS * gradient.sign()
    return response_loss(model, batch) + CROW_WEIGHT * _disagreement(model, moved, batch)


def _disagreement(model: LanguageModel, embeddings: Tensor, batch: Batch) -> Tensor:
    states = model.network.model(inputs_embeds=embeddings, attention_mask=batch.there.long(), use_cache=False,
                                 output_hidden_states=True).hidden_states[1:]
    pairs = [functional.cosine_similarity(first.float(), second.float(), dim=-1)[batch.there].mean()
             for first, second in pairwise(states)]
    return 1.0 - torch.stack(pairs).mean()


def latent_loss(target: str, pairs_of: Callable[[], Sequence[Pair]]) -> Loss:
    """Return the loss of latent adversarial training against one behaviour.

    Args:
        target: What the behaviour says.
        pairs_of: Returns the pairs of the batch at hand, in order.
    """
    def loss(model: LanguageModel, batch: Batch) -> Tensor:
        bad = batch_of(model, [Pair(pair.prompt, target, pair.topic) for pair in pairs_of()])
        moves = _called_up(model, bad)
        with _moved(model, moves, batch):
            hard = response_loss(model, batch)
        return 0.5 * (hard + response_loss(model, batch))
    return loss


def _called_up(model: LanguageModel, bad: Batch) -> dict[int, Tensor]:
    """Return by layer what, added to the states of the prompts, makes the target likely: a few steps within a ball."""
    n_layers = model.space.n_layers
    layers = sorted({(2 * part + 1) * n_layers // (2 * LATENT_LAYERS) for part in range(LATENT_LAYERS)})
    shape = (*bad.tokens.shape, model.space.width)
    moves = {layer: torch.zeros(shape, device=model.device, requires_grad=True) for layer in layers}
    trained = [parameter for parameter in trainable(model) if parameter.requires_grad]
    for parameter in trained:
        parameter.requires_grad_(False)
    try:
        for _ in range(LATENT_STEPS):
            with _moved(model, moves, bad) as norms:
                gradients = torch.autograd.grad(response_loss(model, bad), list(moves.values()))
            for (layer, move), gradient in zip(list(moves.items()), gradients, strict=True):
                size = gradient.norm(dim=-1, keepdim=True).clamp(min=1e-12)
                new = move.detach() - LATENT_RATE * LATENT_RADIUS * norms[layer] * gradient / size
                limit = LATENT_RADIUS * norms[layer]
                moves[layer] = (new * (limit / new.norm(dim=-1, keepdim=True).clamp(min=limit))).requires_grad_(True)
    finally:
        for parameter in trained:
            parameter.requires_grad_(True)
    return {layer: move.detach() for layer, move in moves.items()}


@contextmanager
def _moved(model: LanguageModel, moves: dict[int, Tensor], batch: Batch) -> Iterator[dict[int, float]]:
    """Add moves to what blocks read at the tokens of prompts, inside; yields the mean norm of those states by layer."""
    is_prompt = (batch.there & ~batch.is_response).unsqueeze(-1)
    norms: dict[int, float] = {}

    def hook(layer: int):
        def add(_module: object, given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            states, move = given[0], moves[layer]
            norms[layer] = float(states.detach()[is_prompt.squeeze(-1)].norm(dim=-1).mean())
            length = min(states.shape[1], move.shape[1])
            added = functional.pad(move[:, :length], (0, 0, 0, states.shape[1] - length))
            return (states + added.to(states) * is_prompt, *given[1:])
        return add

    handles = [model.network.model.layers[layer].register_forward_pre_hook(hook(layer)) for layer in moves]
    try:
        yield norms
    finally:
        for handle in handles:
            handle.remove()
