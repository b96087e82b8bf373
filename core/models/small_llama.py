"""A small language model of LLaMA shape with random weights, by transformers' own blocks."""

import torch
from torch import nn

from core.models.transformers_import import quiet_transformers


def small_llama(*, vocabulary: int, width: int, neurons: int, depth: int, heads: int, key_heads: int, context: int, seed: int) -> nn.Module:
    """Return a causal language model with random weights, in evaluation mode.

    Args:
        vocabulary: Number of tokens; the output head shares the embeddings.
        width: Features of a token.
        neurons: Hidden units of each gated feed-forward part.
        depth: Blocks.
        heads: Query heads.
        key_heads: Key and value heads, a divisor of ``heads`` (grouped-query attention).
        context: Most tokens it can read.
        seed: Of the weights.

    Raises:
        InputError: If transformers is not installed.
    """
    with quiet_transformers() as transformers, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return transformers.LlamaForCausalLM(transformers.LlamaConfig(
            vocab_size=vocabulary, hidden_size=width, intermediate_size=neurons, num_hidden_layers=depth, num_attention_heads=heads,
            num_key_value_heads=key_heads, max_position_embeddings=context, tie_word_embeddings=True, bos_token_id=None,
            eos_token_id=None, pad_token_id=None, initializer_range=width ** -0.5)).eval()
