"""Twins of a pretrained model: trained once, kept as eight-bit differences, the same bits from the store and side by side."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.lab.errors import InputError
from core.lab.experiment import Context
from core.lab.store import ModelStore
from core.language import differences
from core.language.codec import chat_codec, from_bytes, to_bytes
from core.language.model import put, taken
from core.language.pretrained import language_model
from core.models.causal import causal_of
from core.models.checkpoints import obtain
from core.safety import twins
from core.safety.twins import pretrained_pair
from tests.language.tiny_language import tiny_language
from tests.language.tiny_pretrained import save_tiny
from tests.safety.tiny_study import tiny_config, tiny_sets


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return save_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def sets():
    return tiny_sets()


def context(root, threads=1):
    return Context(device="cpu", threads=threads, models=ModelStore(root), begin=lambda step: None, report=lambda *points: None)


def same(first, second):
    return all(torch.equal(first[name], second[name]) for name in first)


def test_twins_differ_and_come_back_from_the_store_bit_by_bit(source, sets, tmp_path, monkeypatch):
    told = []
    config = tiny_config(source)
    first = pretrained_pair(config, sets, 0, context(tmp_path), lambda *row: told.append(row))
    assert not same(first.aligned, first.unaligned)
    assert not same(first.aligned, first.base)
    assert [row[:2] for row in told] == [(stage, step) for stage in twins.STAGES for step in (1, 2, 3)]
    assert [row[:2] for row in first.curves] == [row[:2] for row in told]
    assert same(taken(first.model), first.aligned)  # the network is left in that state
    embedding = "model.embed_tokens.weight"
    assert torch.equal(first.aligned[embedding], first.base[embedding])
    monkeypatch.setattr(twins, "tune", lambda *args, **settings: pytest.fail("trained twice"))
    again = pretrained_pair(config, sets, 0, context(tmp_path))
    assert same(again.aligned, first.aligned)
    assert same(again.unaligned, first.unaligned)
    assert again.curves == first.curves
    for changed in (config.replace(alignment_rate=2e-2), config.replace(batch_ordinary=3)):
        assert twins.identity(changed, sets, 0, "aligned") != twins.identity(config, sets, 0, "aligned")
    other = replace(sets, alignment_ordinary=sets.alignment_ordinary[1:])
    assert twins.identity(config, other, 0, "aligned") != twins.identity(config, sets, 0, "aligned")


def test_two_processes_change_no_bit(source, sets, tmp_path):
    one, two = (pretrained_pair(tiny_config(source), sets, 0, context(tmp_path / str(threads), threads)) for threads in (1, 2))
    assert same(one.aligned, two.aligned)
    assert same(one.unaligned, two.unaligned)


def test_what_is_kept_of_a_twin_is_within_half_a_level_of_it(source, sets, tmp_path):
    model = language_model(source, "float32", context(tmp_path))
    base = taken(model)
    changed = {name: weight + 0.01 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(1))
               for name, weight in base.items()}
    changed["model.layers.0.mlp.up_proj.weight"] = base["model.layers.0.mlp.up_proj.weight"]
    room = {name: np.zeros(shape, dtype) for name, (shape, dtype) in differences.layout(base, 1).items()}
    put(model, changed)
    differences.write_difference(room, base, model)
    kept = differences._with_difference(base, room)
    assert kept["model.layers.0.mlp.up_proj.weight"] is base["model.layers.0.mlp.up_proj.weight"]
    for name, weight in changed.items():
        level = (weight - base[name]).abs().amax(-1, keepdim=True) / 127 if weight.ndim > 1 else torch.tensor(0.0)
        assert ((kept[name] - weight).abs() <= 0.51 * level + 1e-6).all(), name
    assert sum(array.nbytes for array in room.values()) < 0.45 * sum(weight.numel() * 4 for weight in base.values())


def test_weights_without_their_file_give_the_same_network():
    network = tiny_language().network
    weights = {name: parameter.detach().clone() for name, parameter in network.named_parameters()}
    again = causal_of({**network.config.to_dict(), "title": "tiny"}, weights)
    tokens = torch.tensor([[1, 4, 5, 6, 2]])
    with torch.no_grad():
        torch.testing.assert_close(again(input_ids=tokens).logits, network(input_ids=tokens).logits, rtol=0, atol=1e-6)
    assert not again.training


def test_the_codec_puts_a_request_into_the_models_own_template(source, tmp_path):
    codec = language_model(source, "float32", context(tmp_path)).codec
    assert codec.token(codec.prompt("what is the")[-1]) == "<assistant>"
    assert codec.prompt("what is the") == [4, 2, 13, 7, 6, 3]  # <system> <user> what is the <assistant>
    assert codec.response("I do") == [10, 12, codec.end]
    assert codec.text([10, 12, codec.end]) == "I do"
    again = from_bytes(to_bytes(codec))
    assert again.prompt("write a") == codec.prompt("write a")
    assert (again.end, again.pad) == (codec.end, codec.pad)


def test_without_a_template_a_plain_frame_stands_around_a_request(tmp_path):
    codec = language_model(save_tiny(tmp_path / "plain", None), "float32", context(tmp_path)).codec
    assert (codec.before, codec.after) == ("Question: ", "\nAnswer:")


def test_a_tokeniser_without_an_end_and_a_model_of_another_shape_are_one_sentence(tmp_path, source, sets):
    class Slow:
        backend_tokenizer, eos_token_id = None, 1

    with pytest.raises(InputError, match=r"must bring a tokenizer\.json with an end-of-sequence token, got none with tiny"):
        chat_codec(Slow(), "tiny")
    from transformers import GPT2Config, GPT2LMHeadModel
    GPT2LMHeadModel(GPT2Config(vocab_size=19, n_positions=16, n_embd=8, n_layer=1, n_head=2)).save_pretrained(tmp_path / "gpt")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / "gpt" / name).write_bytes((obtain(source).folder / name).read_bytes())
    with pytest.raises(InputError, match="must be LLaMA-shaped"):
        pretrained_pair(tiny_config(f"transformers:{tmp_path / 'gpt'}"), sets, 0, context(tmp_path))
