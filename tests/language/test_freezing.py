"""Frozen is frozen: which weights belong to a unit, and that none of their bits moves under AdamW with weight decay."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lab.errors import RunFailed
from core.language.batches import batch_of
from core.language.freezing import Entries, UnitGuard, entries_of, freeze, random_like, train_only
from core.language.model import taken
from core.language.tuning import tune
from tests.language.tiny_language import PAIRS, tiny_language

MODEL = tiny_language()
SPACE = MODEL.space


def masks(model, units) -> dict[str, torch.Tensor]:
    """The slow reference: which single weights belong to units, by going through units one by one. Bool by parameter name."""
    found = {name: torch.zeros(parameter.shape, dtype=torch.bool) for name, parameter in model.network.named_parameters()}
    for unit in np.flatnonzero(units):
        block, channel = f"model.layers.{SPACE.layers[unit]}", SPACE.channels[unit]
        if SPACE.is_mlp[unit]:
            found[f"{block}.mlp.gate_proj.weight"][channel] = True
            found[f"{block}.mlp.up_proj.weight"][channel] = True
            found[f"{block}.mlp.down_proj.weight"][:, channel] = True
            continue
        found[f"{block}.self_attn.o_proj.weight"][:, channel] = True
        head, place = divmod(int(channel), SPACE.head_size)
        sharing = [start * SPACE.head_size + place for start in range(SPACE.heads) if start // SPACE.group == head // SPACE.group]
        first = int(np.flatnonzero((SPACE.layers == SPACE.layers[unit]) & ~SPACE.is_mlp)[0])
        if all(units[first + other] for other in sharing):
            found[f"{block}.self_attn.v_proj.weight"][head // SPACE.group * SPACE.head_size + place] = True
    return found


def covered(model, units) -> dict[str, torch.Tensor]:
    found = {name: torch.zeros(parameter.shape, dtype=torch.bool) for name, parameter in model.network.named_parameters()}
    names = {id(parameter): name for name, parameter in model.network.named_parameters()}
    for entries in entries_of(model, units):
        place = found[names[id(entries.parameter)]]
        assert not place.any(), "one Entries a parameter"
        place.index_fill_(entries.axis, entries.places, True)
    return found


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]))
def test_entries_against_going_through_units(seed, share):
    units = np.random.default_rng(seed).random(SPACE.n_units) < share
    expected, found = masks(MODEL, units), covered(MODEL, units)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_value_row_goes_only_with_all_units_it_feeds():
    units = np.zeros(SPACE.n_units, dtype=bool)
    units[[1, SPACE.head_size + 1]] = True  # channel 1 of query heads 0 and 1, which share key head 0
    assert covered(MODEL, units)["model.layers.0.self_attn.v_proj.weight"].any(1).nonzero().flatten().tolist() == [1]
    units[1] = False
    assert not covered(MODEL, units)["model.layers.0.self_attn.v_proj.weight"].any()
    assert covered(MODEL, units)["model.layers.0.self_attn.o_proj.weight"].any(0).nonzero().flatten().tolist() == [SPACE.head_size + 1]


def bits(state):
    return {name: values.view(torch.int32) for name, values in state.items()}


def trained(model, guard, parameters=None, n_steps=20):
    before = bits(taken(model))
    batch = batch_of(model, PAIRS)
    tune(model, [batch] * n_steps, rate=1e-2, weight_decay=0.1, guard=guard, parameters=parameters)
    after = bits(taken(model))
    return {name: before[name] != after[name] for name in before}


def test_frozen_units_keep_their_bits_while_the_rest_moves():
    model = tiny_language()
    units = np.random.default_rng(1).random(SPACE.n_units) < 0.5
    guard = freeze(model, units)
    moved, frozen = trained(model, guard), masks(model, units)
    guard.check()
    assert guard.n_entries == sum(int(mask.sum()) for mask in frozen.values())
    for name, mask in frozen.items():
        assert not moved[name][mask].any(), name
        if "embed" not in name:
            assert moved[name][~mask].float().mean() > 0.95, name


def test_masked_gradients_alone_do_not_freeze():
    class MaskOnly(UnitGuard):
        def restore(self):
            return

    model = tiny_language()
    units = np.ones(SPACE.n_units, dtype=bool)
    guard = MaskOnly(list(entries_of(model, units)))
    trained(model, guard, n_steps=1)
    with pytest.raises(RunFailed, match=r"must keep their bits, but \d+ of \d+ changed"):
        guard.check()


def test_training_some_units_alone_moves_nothing_else():
    model = tiny_language()
    units = np.random.default_rng(2).random(SPACE.n_units) < 0.3
    units[:SPACE.n_attention] = True  # value rows of the first block as well
    guard, parameters = train_only(model, units)
    moved, free = trained(model, guard, parameters), masks(model, units)
    guard.check()
    assert free["model.layers.0.self_attn.v_proj.weight"].all()
    for name, mask in free.items():
        assert not moved[name][~mask].any(), name
        assert not mask.any() or moved[name][mask].float().mean() > 0.95, name


def test_complement_and_biases():
    layer = torch.nn.Linear(3, 4)
    entries = Entries(layer.weight, 0, torch.tensor([1, 3]))
    assert entries.complement().places.tolist() == [0, 2]
    model = tiny_language(n_layers=1)
    model.network.model.layers[0].mlp.gate_proj.bias = torch.nn.Parameter(torch.zeros(SPACE.neurons))
    one = np.arange(SPACE.n_block) == SPACE.n_attention + 5
    held = [entries for entries in entries_of(model, one) if entries.parameter.ndim == 1]
    assert [entries.places.tolist() for entries in held if len(entries.places)] == [[5]]


def test_random_sets_match_the_kinds():
    units = np.random.default_rng(3).random(SPACE.n_units) < 0.4
    draws = [random_like(SPACE, units, np.random.default_rng(seed)) for seed in range(5)]
    for drawn in draws:
        assert (drawn & SPACE.is_mlp).sum() == (units & SPACE.is_mlp).sum()
        assert drawn.sum() == units.sum()
    assert len({drawn.tobytes() for drawn in draws}) == 5
