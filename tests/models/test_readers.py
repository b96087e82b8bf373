"""Which linear layers read a norm, in every Pre-LN family: folding into them keeps the function, and stripping then costs nothing."""

import pytest
import torch
from torch import nn

from core.data.torchvision_import import import_torchvision
from core.models.normalisation import choose, distance, find_norms, fold, regauge, strip
from core.models.readers import Reader, find_readers, give_biases
from core.models.text_classifier import classifier_of
from tests.models.test_vision_checkpoints import SHAPE, tiny_vit

TOKENS = torch.tensor([[2, 8, 10, 11], [5, 8, 12, -1], [4, -1, -1, -1]])


def body_of(family):
    import_torchvision("transforms")
    import transformers
    size = {"vocab_size": 13, "hidden_size": 12, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 16,
            "max_position_embeddings": 32}
    if family == "gpt2":
        return transformers.GPT2Model(transformers.GPT2Config(vocab_size=13, n_embd=12, n_layer=3, n_head=2, n_positions=32))
    if family == "gpt-neo":
        return transformers.GPTNeoModel(transformers.GPTNeoConfig(
            vocab_size=13, hidden_size=12, num_layers=3, num_heads=2, attention_types=[[["global"], 3]], max_position_embeddings=32))
    if family == "qwen2":
        return transformers.Qwen2Model(transformers.Qwen2Config(**size, num_key_value_heads=1))
    return transformers.RobertaPreLayerNormModel(transformers.RobertaPreLayerNormConfig(**size))


@pytest.fixture(params=["gpt2", "gpt-neo", "qwen2", "roberta-prelayernorm", "torchvision"])
def network(request):
    """A tiny network of each family in evaluation mode, whose norms are away from 1 and 0."""
    torch.manual_seed(0)
    made = tiny_vit("", 3, SHAPE) if request.param == "torchvision" else classifier_of(body_of(request.param), n_classes=3)
    with torch.no_grad():
        for norm in find_norms(made):
            for name in norm.weights:
                weight = made.get_parameter(name)
                weight.add_(0.5 * torch.randn_like(weight))
        for name, weight in made.named_parameters():  # libraries begin with biases of zero, which a mistake could hide behind
            if name.endswith("bias"):
                weight.add_(0.1 * torch.randn_like(weight))
    return made.eval()


def answer(network, state=None):
    if state is not None:
        network.load_state_dict(state)
    x = torch.randn(4, *SHAPE, generator=torch.Generator().manual_seed(1)) if hasattr(network, "backbone") else TOKENS
    with torch.no_grad():
        return network(x)[1]


def difference(first, second):
    return float((first - second).abs().max() / first.std())


def test_every_norm_of_a_block_can_be_folded_and_then_stripped(network):
    state = {name: value.clone() for name, value in network.state_dict().items()}
    inside, readers, before = choose(find_norms(network)), find_readers(network), answer(network)
    assert list(readers) == [norm.name for norm in inside]
    folded = fold(state, readers)
    assert all(folded[name].is_contiguous() and folded[name].shape == value.shape for name, value in state.items())
    assert distance(folded, inside)[0] == 0.0
    assert difference(before, answer(network, folded)) < 1e-5
    assert difference(before, answer(network, strip(folded, inside))) < 1e-5
    assert difference(before, answer(network, strip(state, inside))) > 1e-2


def test_other_values_can_be_given_to_every_norm(network):
    state, readers = {name: value.clone() for name, value in network.state_dict().items()}, find_readers(network)
    before = answer(network)
    values = {norm: (torch.exp(0.5 * torch.randn_like(state[f"{norm}.weight"])),
                     torch.randn_like(state[f"{norm}.bias"]) if f"{norm}.bias" in state else None) for norm in readers}
    changed = regauge(state, readers, values)
    assert all(torch.equal(changed[f"{norm}.weight"], scale) for norm, (scale, _) in values.items())
    assert difference(before, answer(network, changed)) < 1e-5


def test_how_each_family_writes_its_readers():
    assert find_readers(body_of("gpt2"))["h.0.ln_1"] == (Reader("h.0.attn.c_attn.weight", "h.0.attn.c_attn.bias", True),)
    assert [reader.weight for reader in find_readers(body_of("gpt-neo"))["h.2.ln_1"]] == [
        f"h.2.attn.attention.{name}_proj.weight" for name in "qkv"]
    packed = find_readers(tiny_vit("", 3, SHAPE))["backbone.encoder.layers.encoder_layer_0.ln_1"]
    assert packed == (Reader(*(f"backbone.encoder.layers.encoder_layer_0.self_attention.in_proj_{end}" for end in ("weight", "bias"))),)


def test_a_bias_of_zero_where_a_norms_bias_needs_a_place():
    torch.manual_seed(0)
    body = body_of("gpt-neo").eval()
    names = set(body.state_dict())
    with torch.no_grad():
        before = body(input_ids=TOKENS.clamp(min=0)).last_hidden_state
        give_biases(body)
        assert torch.equal(body(input_ids=TOKENS.clamp(min=0)).last_hidden_state, before)
    assert set(body.state_dict()) - names == {f"h.{layer}.attn.attention.{name}_proj.bias" for layer in range(3) for name in "qkv"}
    llama = body_of("qwen2")
    names = set(llama.state_dict())
    give_biases(llama)
    assert set(llama.state_dict()) == names, "a norm without a bias needs none"


def test_no_known_family_no_readers():
    assert find_readers(nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 3)) == {}
