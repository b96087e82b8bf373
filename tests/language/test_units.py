"""Numbers of units: which slice is whose, and which value rows belong to which channels under grouped-query attention."""

import numpy as np
import pytest

from core.lab.errors import InputError
from core.language.model import reader, space_of
from core.language.units import KINDS, UnitSpace
from tests.language.tiny_language import tiny_language

SMOLLM2 = UnitSpace(n_layers=30, width=576, heads=9, key_heads=3, head_size=64, neurons=1536)


def test_smollm2_has_the_units_of_the_card():
    assert SMOLLM2.n_layers * SMOLLM2.neurons == 46_080
    assert SMOLLM2.n_layers * SMOLLM2.n_attention == 17_280
    assert SMOLLM2.n_units == 63_360
    assert round(0.013 * SMOLLM2.n_units) == 824


def test_parts_follow_each_other_and_cover_every_unit_once():
    covered = np.zeros(SMOLLM2.n_units, dtype=int)
    for layer in range(SMOLLM2.n_layers):
        for kind in KINDS:
            part = SMOLLM2.part(kind, layer)
            covered[part] += 1
            assert (SMOLLM2.layers[part] == layer).all()
            assert (SMOLLM2.is_mlp[part] == (kind == "mlp")).all()
            assert SMOLLM2.channels[part].tolist() == list(range(part.stop - part.start))
    assert (covered == 1).all()


def test_a_value_row_goes_only_with_all_channels_that_it_feeds():
    space = UnitSpace(n_layers=1, width=8, heads=4, key_heads=2, head_size=3, neurons=5)
    # heads 0 and 1 read key head 0: its channel 2 is channels 2 and 5; heads 2 and 3 read key head 1: channel 0 is channels 6 and 9
    assert space.value_rows(np.array([2, 5])).tolist() == [2]
    assert space.value_rows(np.array([2])).tolist() == []
    assert space.value_rows(np.array([6, 9, 5])).tolist() == [3]
    assert space.value_rows(np.arange(12)).tolist() == list(range(6))


def test_weights_that_belong_to_units_add_up_to_those_of_their_modules():
    model = tiny_language()
    owned = sum(module.weight.numel() for block in model.network.model.layers for module in (
        block.self_attn.o_proj, block.self_attn.v_proj, block.mlp.gate_proj, block.mlp.up_proj, block.mlp.down_proj))
    assert model.space.n_parameters.sum() == pytest.approx(owned)


def test_readers_have_a_column_for_each_unit():
    model = tiny_language()
    for kind in KINDS:
        part = model.space.part(kind, 1)
        assert reader(model.network, kind, 1).weight.shape[1] == part.stop - part.start


def test_a_model_of_another_shape_is_one_sentence():
    from torch import nn
    with pytest.raises(InputError, match=r"LLaMA-shaped .* got a brick: choose"):
        space_of(nn.Linear(2, 2), "a brick")
