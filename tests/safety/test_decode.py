"""What units write: a unit made to write a token writes it; signs; mean activations against the network taken apart."""

import numpy as np
import torch
from torch.nn import functional

from core.safety.decode import decode, written_logits
from core.safety.score import statistics
from tests.language.tiny_language import PAIRS, WORDS, tiny_language


def test_a_unit_made_to_write_a_token_writes_it():
    model = tiny_language()
    token = WORDS.index("sorry")
    with torch.no_grad():
        head, scale = model.network.lm_head.weight, model.network.model.norm.weight
        scale.fill_(2.0)
        head.div_(head.norm(dim=1, keepdim=True))
        model.network.model.layers[1].mlp.down_proj.weight[:, 7] = 0.01 * head[token]
        model.network.model.layers[0].self_attn.o_proj.weight[:, 3] = -head[token]
    mlp = model.space.n_block + model.space.n_attention + 7
    first, second = decode(model, [mlp, 3], refusal_openings=("sorry no",), n_tokens=3)
    assert (first.unit, first.tokens[0]) == (mlp, "sorry")
    assert (second.unit, second.opposed[0]) == (3, "sorry")
    assert first.refusal > 1.5 > 0 > second.refusal
    assert len(first.tokens) == len(first.opposed) == 3
    signs = np.ones(model.space.n_units)
    signs[3] = -0.5
    turned = decode(model, [3], signs=signs, n_tokens=3)[0]
    assert turned.tokens[0] == "sorry"
    assert turned.opposed == second.tokens
    assert np.isnan(turned.refusal)


def test_logits_against_the_formula():
    model = tiny_language()
    unit = model.space.n_attention + 4
    column = model.network.model.layers[0].mlp.down_proj.weight[:, 4].double()
    normed = column / (column.pow(2).mean() + model.network.config.rms_norm_eps).sqrt() * model.network.model.norm.weight.double()
    expected = model.network.lm_head.weight.double() @ normed
    np.testing.assert_allclose(written_logits(model, [unit])[0].numpy(), expected.detach().numpy(), rtol=1e-4, atol=1e-5)


def test_mean_activations_by_taking_a_block_apart():
    model = tiny_language(n_layers=1)
    found = statistics(model, PAIRS).means
    block, total, n = model.network.model.layers[0], 0.0, 0
    for pair in PAIRS:
        prompt, response = model.codec.prompt(pair.prompt), model.codec.response(pair.response)
        with torch.no_grad():
            x = model.network.model.embed_tokens(torch.tensor([prompt + response]))
            position = model.network.model.rotary_emb(x, torch.arange(x.shape[1])[None])
            # the block takes no mask here: one sequence at a time, and causality is in the attention itself
            attended = block.self_attn(block.input_layernorm(x), position_embeddings=position, attention_mask=_causal(x.shape[1]))[0]
            inner = block.post_attention_layernorm(x + attended)
            hidden = functional.silu(block.mlp.gate_proj(inner)) * block.mlp.up_proj(inner)
        total += hidden[0, len(prompt) - 1:-1].double().sum(0)
        n += len(response)
    np.testing.assert_allclose(found[model.space.n_attention:], (total / n).numpy(), atol=1e-6)
    assert found.shape == (model.space.n_units,)
    assert np.abs(found[:model.space.n_attention]).max() > 1e-3


def _causal(n: int) -> torch.Tensor:
    return torch.full((n, n), -torch.inf).triu(1)[None, None]
