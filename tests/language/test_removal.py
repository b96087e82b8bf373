"""Removing units: the same as zeroing what a module gives out, and nothing is left of it afterwards."""

import numpy as np
import pytest
import torch

from core.language.model import reader
from core.language.removal import parameter_share, without
from core.language.units import KINDS
from tests.language.tiny_language import tiny_language

TOKENS = torch.tensor([[1, 4, 5, 6, 2]])


@pytest.fixture(scope="module")
def model():
    return tiny_language()


def logits(model):
    with torch.no_grad():
        return model.network(input_ids=TOKENS).logits


@pytest.mark.parametrize("kind", KINDS)
def test_removing_all_units_of_a_module_equals_zeroing_its_output(model, kind):
    units = np.zeros(model.space.n_units, dtype=bool)
    units[model.space.part(kind, 1)] = True
    block = model.network.model.layers[1]
    handle = (block.mlp if kind == "mlp" else block.self_attn.o_proj).register_forward_hook(lambda *given: torch.zeros_like(given[2]))
    zeroed = logits(model)
    handle.remove()
    with without(model, units):
        assert torch.equal(logits(model), zeroed)
    assert not torch.equal(logits(model), zeroed)


def test_removing_some_units_equals_hiding_their_activations(model):
    units = np.random.default_rng(0).random(model.space.n_units) < 0.3
    handles = []
    for layer in range(model.space.n_layers):
        for kind in KINDS:
            places = torch.from_numpy(model.space.chosen(units, kind, layer))
            handles.append(reader(model.network, kind, layer).register_forward_pre_hook(
                lambda _module, given, places=places: (given[0].index_fill(-1, places, 0.0),)))
    hidden = logits(model)
    for handle in handles:
        handle.remove()
    with without(model, units):
        assert torch.allclose(logits(model), hidden, atol=1e-6)


def test_weights_are_put_back_bit_by_bit_even_after_a_failure(model):
    before = {name: value.clone() for name, value in model.network.state_dict().items()}
    with pytest.raises(KeyError), without(model, np.ones(model.space.n_units, dtype=bool)):
        raise KeyError
    assert all(torch.equal(value, before[name]) for name, value in model.network.state_dict().items())


def test_nothing_removed_changes_nothing(model):
    whole = logits(model)
    with without(model, np.zeros(model.space.n_units, dtype=bool)):
        assert torch.equal(logits(model), whole)
    assert parameter_share(model, np.zeros(model.space.n_units, dtype=bool)) == 0.0
    assert 0.3 < parameter_share(model, np.ones(model.space.n_units, dtype=bool)) < 1.0
