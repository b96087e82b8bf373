"""What a language model with units is, and in what form everything that works on one hands prompts and weights on.

Networks are causal models of transformers' LLaMA shape: ``network(input_ids=..., attention_mask=...).logits``, blocks in
``network.model.layers`` with ``self_attn.{q,k,v,o}_proj`` and ``mlp.{gate,up,down}_proj``, ``network.model.norm``, ``network.lm_head``.

- ``pretrained.language_model`` loads one; ``batches.batch_of(model, pairs)`` makes a ``Batch`` of prompts and responses.
- ``tuning.tune`` is the one training loop; a ``Guard`` (``freezing``) freezes units in it, ``lora.adapted`` trains low-rank adapters.
- ``removal.without(model, units)`` is a context in which units are zeroed; what was there is put back bit by bit.
- ``generation.generate`` answers prompts, ``utility`` measures perplexity and answers to questions with choices.
- A set of units is a bool mask (n_units,) in the numbering of ``units.UnitSpace``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from core.lab.errors import InputError
from core.language.units import Kind, UnitSpace

State = Mapping[str, Tensor]


class Codec(Protocol):
    """Turns text to tokens and back, chat template included."""

    end: int
    pad: int

    def prompt(self, text: str) -> list[int]:
        """Return the tokens of a request up to where the answer begins, chat template and assistant header included."""

    def response(self, text: str) -> list[int]:
        """Return the tokens of an answer, the end token last."""

    def words(self, text: str) -> list[int]:
        """Return the tokens of the opening of an answer, without an end token."""

    def text(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens, special ones left out."""

    def token(self, token: int) -> str:
        """Return one token as a reader sees it, also a special one."""


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A network with its codec and units. The network's weights are the state in which it is now.

    Attributes:
        title: On screen.
        network: Causal language model of LLaMA shape, in evaluation mode.
        codec: Text to tokens and back.
        space: Its units.
        context: Most tokens it can read.
    """

    title: str
    network: nn.Module
    codec: Codec
    space: UnitSpace
    context: int

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.network.parameters()).device


@dataclass(frozen=True, eq=False)
class Batch:
    """Sequences of prompt and response, right-padded.

    Attributes:
        tokens: int64 (B, T).
        there: bool (B, T), False for padding.
        is_response: bool (B, T), True for the tokens of responses, end tokens included.
    """

    tokens: Tensor
    there: Tensor
    is_response: Tensor


class Guard(Protocol):
    """What keeps weights as they are while others are trained."""

    def mask_gradients(self) -> None:
        """Zero the gradients of frozen entries; called after ``backward``."""

    def restore(self) -> None:
        """Put frozen entries back, bit by bit; called after the optimiser's step."""


def space_of(network: nn.Module, name: str = "this model") -> UnitSpace:
    """Return the units of a network.

    Raises:
        InputError: If it is not LLaMA-shaped.
    """
    try:
        blocks = network.model.layers
        first, config = blocks[0], network.config
        width, channels = first.self_attn.o_proj.weight.shape
        neurons = first.mlp.down_proj.weight.shape[1]
        heads, key_heads = config.num_attention_heads, config.num_key_value_heads
        fits = (first.mlp.gate_proj.weight.shape == first.mlp.up_proj.weight.shape == (neurons, width)
                and first.self_attn.v_proj.weight.shape[0] == channels // heads * key_heads and hasattr(network.model, "norm")
                and hasattr(network, "lm_head"))
    except (AttributeError, IndexError, TypeError, ValueError):
        fits = False
    if not fits:
        raise InputError(f"a model must be LLaMA-shaped (o_proj, v_proj, gate_proj, up_proj and down_proj in each block), got {name}: "
                         "choose one of the LLaMA, Mistral, Qwen or SmolLM families.")
    return UnitSpace(len(blocks), width, heads, key_heads, channels // heads, neurons)


def reader(network: nn.Module, kind: Kind, layer: int) -> nn.Linear:
    """Return the matrix B that reads the units of one module: ``o_proj`` or ``down_proj``; columns are units."""
    block = network.model.layers[layer]
    return block.self_attn.o_proj if kind == "attention" else block.mlp.down_proj


def put(model: LanguageModel, state: State) -> None:
    """Put the weights of one state into the network, in place."""
    with torch.no_grad():
        for name, parameter in model.network.named_parameters():
            if name in state:
                parameter.copy_(state[name])


def taken(model: LanguageModel) -> dict[str, Tensor]:
    """Return a copy of the network's weights on the CPU."""
    return {name: parameter.detach().to("cpu", copy=True) for name, parameter in model.network.named_parameters()}
