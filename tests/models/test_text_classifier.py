"""Text classifiers around transformers' bodies, on tiny random ones: pooling, padding, words, dropout, depth, folding."""

import pytest
import safetensors.torch
import torch

from core.lab.errors import InputError
from core.models.checkpoints import check_norms, obtain
from core.models.normalisation import distance, find_norms, fold, is_relative, strip
from core.models.readers import find_readers
from core.models.text_classifier import PADDING, classifier_of, drop_unused_words, load_text_classifier, tokenize
from tests.layernorm.tiny_transformers import bodies, save

TOKENS = torch.tensor([[2, 8, 10, 11], [5, 8, 12, PADDING], [4, PADDING, PADDING, PADDING]])


@pytest.fixture(params=["post", "pre"])
def network(request):
    torch.manual_seed(1)
    return classifier_of(bodies()[request.param], n_classes=3).eval()


def test_features_are_the_mean_over_tokens_that_are_there(network):
    with torch.no_grad():
        _, features = network(TOKENS)
        alone = network.body(input_ids=TOKENS[1:2, :3], attention_mask=torch.ones(1, 3, dtype=torch.long)).last_hidden_state
    torch.testing.assert_close(features[1], alone[0].mean(0))


def test_padding_changes_nothing(network):
    wider = torch.cat([TOKENS, torch.full((3, 5), PADDING)], dim=1)
    with torch.no_grad():
        torch.testing.assert_close(network(wider)[0], network(TOKENS)[0])
        torch.testing.assert_close(network(wider[2:])[0], network(TOKENS)[0][2:])


def test_words_that_never_occur_can_go(network):
    with torch.no_grad():
        before = network(TOKENS)[0]
        renumbered = drop_unused_words(network, TOKENS)
        assert torch.equal(network(renumbered)[0], before)
    assert network.body.get_input_embeddings().num_embeddings == 8  # seven words, and the one that stands in for padding
    assert ((renumbered == PADDING) == (TOKENS == PADDING)).all()


def test_dropout_reaches_attention_too(network):
    network.train()
    network.set_dropout(0.0)
    assert torch.equal(network(TOKENS)[0], network(TOKENS)[0])
    network.set_dropout(0.5)
    assert not torch.equal(network(TOKENS)[0], network(TOKENS)[0])


def test_stripping_reaches_every_norm_of_a_block(network):
    norms = [norm for norm in find_norms(network) if norm.place]
    assert len(norms) == 6
    state = network.state_dict()
    assert distance(state, norms)[0] > 0.1
    assert distance(strip(state, norms), norms)[0] == 0.0


def test_pre_ln_can_be_folded_in_float64_and_post_ln_offers_nothing_to_fold():
    network = classifier_of(bodies()["pre"], n_classes=3).double().eval()
    state = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.no_grad():
        before = network(TOKENS)[0]
        network.load_state_dict(fold(state, find_readers(network)))
        after = network(TOKENS)[0]
        network.load_state_dict(strip(state, [norm for norm in find_norms(network) if norm.place]))
        stripped = network(TOKENS)[0]
    torch.testing.assert_close(after, before, rtol=0, atol=1e-5)  # this RMSNorm computes in float32 whatever the weights are
    assert (stripped - before).abs().max() > 1e-2
    assert set(find_readers(network)) == {norm.name for norm in find_norms(network) if norm.place}
    assert find_readers(classifier_of(bodies()["post"], n_classes=3)) == {}


def test_random_weights_have_the_same_shapes_and_other_values(network):
    drop_unused_words(network, TOKENS)
    fresh = network.with_random_weights().state_dict()
    assert {name: value.shape for name, value in fresh.items()} == {name: value.shape for name, value in network.state_dict().items()}
    assert not torch.equal(fresh["head.weight"], network.head.weight)


def test_the_first_blocks_alone():
    body = bodies(4)["pre"]
    network = classifier_of(body, n_classes=2, n_blocks=3)
    assert len(body.layers) == 3
    assert (body.norm.weight == 1).all()  # learnt for what the dropped blocks would have given it
    assert network(TOKENS)[0].shape == (3, 2)
    with pytest.raises(InputError, match="at most the 3 blocks"):
        classifier_of(body, n_classes=2, n_blocks=6)


def test_from_a_folder_with_its_tokeniser(tmp_path):
    network, tokenizer = load_text_classifier(obtain(save(tmp_path)["post"]), n_classes=2, n_blocks=3)
    tokens = tokenize(tokenizer, ("red is a colour", "one"), most_tokens=3)
    assert tokens.tolist() == [[2, 8, 10], [5, PADDING, PADDING]]
    assert network(tokens)[0].shape == (2, 2)
    with pytest.raises(InputError, match="at least one token"):
        tokenize(tokenizer, ("red", "   "), most_tokens=3)


def test_a_folder_that_transformers_cannot_load(tmp_path):
    safetensors.torch.save_file({"weight": torch.zeros(2)}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text('{"model_type": "unheard_of"}')
    with pytest.raises(InputError, match="of the family unheard_of"):
        obtain(f"transformers:{tmp_path}")
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(InputError, match="BERT, GPT or LLaMA"):
        load_text_classifier(obtain(f"transformers:{tmp_path}"), n_classes=2)


def gemma(n_layers: int = 2):
    """Return a tiny Gemma, whose norms multiply by one plus what they store."""
    from transformers import GemmaConfig, GemmaModel
    torch.manual_seed(0)
    return GemmaModel(GemmaConfig(vocab_size=13, hidden_size=12, num_hidden_layers=n_layers, num_attention_heads=2, num_key_value_heads=1,
                                  head_dim=6, intermediate_size=16, max_position_embeddings=32))


def test_a_scale_of_one_would_double_a_gemma_norm_so_it_is_refused():
    body = gemma()
    norm = body.layers[0].input_layernorm
    x, before = torch.randn(3, 12), norm.weight.clone()
    norm.weight.data.fill_(1.0)
    doubled = norm(x)
    norm.weight.data.fill_(0.0)
    torch.testing.assert_close(doubled, 2 * norm(x))
    norm.weight.data.copy_(before)
    with pytest.raises(InputError, match="multiplies by one plus it"):
        find_norms(classifier_of(body, n_classes=2))
    assert torch.equal(norm.weight, before), "asking a norm leaves its scale as it was"


def test_a_gemma_is_refused_before_anything_is_computed(tmp_path):
    gemma().save_pretrained(tmp_path / "gemma")
    with pytest.raises(InputError, match="of the family gemma"):
        check_norms(f"transformers:{tmp_path / 'gemma'}")
    names = save(tmp_path)
    for name in names.values():
        check_norms(name)


@pytest.mark.parametrize("norm", [torch.nn.LayerNorm(8), torch.nn.RMSNorm(8)])
def test_ordinary_norms_are_not_taken_for_relative_ones(norm):
    torch.nn.init.normal_(norm.weight)
    if getattr(norm, "bias", None) is not None:
        torch.nn.init.normal_(norm.bias)
    assert not is_relative(norm)
