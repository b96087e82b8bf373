"""The control moves equally many values by the same amounts, elsewhere in the same layers."""

import numpy as np
import pytest
import torch
from torch import nn

from core.data.torchvision_import import import_torchvision
from core.lab.errors import InputError
from core.layernorm.displacement import displace_elsewhere, stripping_amounts
from core.models.normalisation import choose, find_norms, strip
from core.models.text_classifier import classifier_of
from tests.models.test_normalisation import copied, tiny, with_rms_norms


def test_amounts_are_those_of_stripping():
    network = tiny()
    state, norms = copied(network), choose(find_norms(network), "early")
    bare = strip(state, norms)
    moved = np.concatenate([(bare[name] - state[name]).numpy() for norm in norms for name in norm.weights])
    np.testing.assert_allclose(stripping_amounts(state, norms), moved)


def test_what_moves():
    network = tiny()
    state, norms = copied(network), choose(find_norms(network), "middle")
    found = displace_elsewhere(network, state, norms, np.random.default_rng(0))
    changed = [name for name in state if not torch.equal(state[name], found.state[name])]
    assert all(name.startswith("blocks.1.") and name.endswith(".bias") and "norm" not in name for name in changed)
    assert sum(int(mask.sum()) for mask in found.moved.values()) == len(found.amounts) == 32  # two norms with 8 scales and 8 biases
    moved = np.concatenate([(found.state[name] - state[name])[mask].numpy() for name, mask in found.moved.items()])
    np.testing.assert_allclose(np.sort(moved), np.sort(stripping_amounts(state, norms)), atol=1e-12)
    untouched = np.concatenate([(found.state[name] - state[name])[~mask].numpy() for name, mask in found.moved.items()])
    assert not untouched.any()


def test_other_draws_move_other_values():
    network = tiny()
    state, norms = copied(network), choose(find_norms(network))
    first, again, other = (displace_elsewhere(network, state, norms, np.random.default_rng(seed)).state for seed in (0, 0, 1))
    assert all(torch.equal(first[name], again[name]) for name in state)
    assert any(not torch.equal(first[name], other[name]) for name in state)


def test_without_biases_weights_are_displaced():
    body = with_rms_norms()
    for layer in body.layers:
        layer["linear"] = nn.Linear(4, 4, bias=False)
    norms = choose(find_norms(body))
    found = displace_elsewhere(body, copied(body), norms, np.random.default_rng(0))
    assert set(found.moved) == {f"layers.{index}.linear.weight" for index in range(3)}
    assert len(found.amounts) == 12


def test_linear_layers_of_gpt2_are_found():
    import_torchvision("transforms")
    from transformers import GPT2Config, GPT2Model
    network = classifier_of(GPT2Model(GPT2Config(vocab_size=5, n_embd=4, n_layer=3, n_head=2, n_positions=8)), n_classes=2)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if ".ln_" in name:
                parameter.add_(0.3)
    state, norms = copied(network), choose(find_norms(network))
    found = displace_elsewhere(network, state, norms, np.random.default_rng(0))
    changed = {name for name in state if not torch.equal(state[name], found.state[name])}
    assert changed
    assert all(name.endswith(".bias") and ".ln_" not in name for name in changed)
    assert sum(int(mask.sum()) for mask in found.moved.values()) == len(found.amounts) == len(stripping_amounts(state, norms))


def test_a_control_that_could_move_nothing_is_refused():
    body = with_rms_norms()
    for layer in body.layers:
        layer["linear"] = nn.Identity()
    with pytest.raises(InputError, match="a model must have linear layers beside its norms"):
        displace_elsewhere(body, copied(body), choose(find_norms(body)), np.random.default_rng(0))
