"""Where norms are, and what removing, folding and re-scaling them does."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from core.lab.errors import InputError
from core.models.normalisation import choose, distance, find_norms, fold, group_of, is_norm, placement_of, regauge, strip
from core.models.patch_transformer import PatchTransformer
from core.models.readers import find_readers, linear

SHAPE = (1, 8, 8)


def tiny(placement="pre", depth=3, *, disturb=0.5, dtype=torch.float64, seed=0):
    """Return a small network in evaluation mode whose norms are away from 1 and 0."""
    torch.manual_seed(seed)
    network = PatchTransformer(3, SHAPE, placement=placement, depth=depth, width=8, heads=2, patch=4).to(dtype).eval()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.LayerNorm):
                module.weight.add_(disturb * torch.randn(8, dtype=dtype))
                module.bias.add_(disturb * torch.randn(8, dtype=dtype))
    return network


def logits_of(network, state, dtype=torch.float64):
    network.load_state_dict(state)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        return network(torch.randn(16, *SHAPE, generator=generator).to(dtype))[0]


def copied(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


@pytest.mark.parametrize("placement", ["pre", "post"])
def test_norms_are_found_with_their_layers(placement):
    norms = find_norms(tiny(placement))
    assert [(norm.layer, norm.place) for norm in norms] == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2), (4, 0)]
    assert norms[-1].name == "final_norm"
    assert all(norm.has_bias for norm in norms)


@pytest.mark.parametrize("placement", ["pre", "post"])
def test_the_placement_is_seen_from_outside(placement):
    assert placement_of(tiny(placement), torch.zeros(1, *SHAPE, dtype=torch.float64)) == placement


class RMSNorm(nn.Module):
    """As libraries write it: a scale and no bias."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.full((4,), 2.0))

    def forward(self, x):
        return self.weight * x / x.square().mean(-1, keepdim=True).add(1e-6).sqrt()


def with_rms_norms():
    body = nn.Module()
    body.embed_norm = RMSNorm()
    body.layers = nn.ModuleList(nn.ModuleDict({"input_layernorm": RMSNorm(), "linear": nn.Linear(4, 4)}) for _ in range(3))
    body.norm = RMSNorm()
    return body


def test_rms_norm_has_a_scale_alone():
    body = with_rms_norms()
    norms = find_norms(body)
    assert [(norm.layer, norm.place, norm.has_bias) for norm in norms] == [
        (0, 0, False), (1, 1, False), (2, 1, False), (3, 1, False), (4, 0, False)]
    scale, bias = distance(body.state_dict(), norms)
    assert scale == 1.0  # every scale is 2
    assert math.isnan(bias)
    bare = strip(body.state_dict(), choose(norms, embedding=True, final=True))
    assert all(bool((bare[f"{norm.name}.weight"] == 1).all()) for norm in norms)
    assert set(bare) == set(body.state_dict())


def test_groups_and_options():
    norms = find_norms(tiny())
    assert [norm.layer for norm in choose(norms)] == [1, 1, 2, 2, 3, 3]
    assert [norm.layer for norm in choose(norms, "middle")] == [2, 2]
    assert [norm.name for norm in choose(norms, final=True)][-1] == "final_norm"
    assert "final_norm" not in {norm.name for norm in choose(norms, "later", final=True)}
    assert group_of(4, 12) == "early"
    assert group_of(5, 12) == "middle"


def test_a_third_of_four_layers_is_refused():
    body = nn.Module()
    body.layers = nn.ModuleList(nn.ModuleDict({"norm": nn.LayerNorm(4)}) for _ in range(4))
    with pytest.raises(InputError, match=r"divisible by three.*got 4"):
        choose(find_norms(body), "early")


def test_a_model_without_norms_is_refused():
    with pytest.raises(InputError, match="must have LayerNorm or RMSNorm in its layers, got Sequential"):
        find_norms(nn.Sequential(nn.Linear(2, 2)))
    assert not is_norm(nn.LayerNorm(4, elementwise_affine=False))


@pytest.mark.parametrize("placement", ["pre", "post"])
def test_stripping_at_one_and_zero_changes_no_bit(placement):
    network = tiny(placement, disturb=0.0, dtype=torch.float32)
    before = copied(network)
    bare = strip(before, find_norms(network))
    assert all(torch.equal(before[name], bare[name]) for name in before)
    assert torch.equal(logits_of(network, before, torch.float32), logits_of(network, bare, torch.float32))


@pytest.mark.parametrize("placement", ["pre", "post"])
def test_stripping_learnt_values_changes_the_function_and_nothing_else(placement):
    network = tiny(placement)
    before = copied(network)
    norms = choose(find_norms(network), "early")
    bare = strip(before, norms)
    touched = {name for norm in norms for name in norm.weights}
    assert {name for name in before if not torch.equal(before[name], bare[name])} == touched
    assert (logits_of(network, before) - logits_of(network, bare)).abs().max() > 0.01
    assert not torch.equal(before["blocks.0.attention_norm.weight"], torch.ones(8, dtype=torch.float64)), "the given state is not changed"


def test_folding_keeps_a_pre_ln_function():
    network = tiny("pre")
    before = copied(network)
    folded = fold(before, find_readers(network))
    inside = choose(find_norms(network))
    assert distance(folded, inside) == (0.0, 0.0)
    assert torch.allclose(logits_of(network, before), logits_of(network, folded), atol=1e-10, rtol=0)
    assert torch.equal(logits_of(network, strip(folded, inside)), logits_of(network, folded)), "stripping a folded model costs nothing"


def test_folding_in_single_precision():
    network = tiny("pre", dtype=torch.float32)
    before = copied(network)
    first = logits_of(network, before, torch.float32)
    second = logits_of(network, fold(before, find_readers(network)), torch.float32)
    assert ((first - second).abs().max() / first.std()) < 1e-5


def test_folding_by_hand():
    """W (w * n + b) + c with W = [[1, 2]], w = (3, 4), b = (5, 6), c = 7 is [[3, 8]] n + (17 + 7)."""
    state = {"n.weight": torch.tensor([3.0, 4.0]), "n.bias": torch.tensor([5.0, 6.0]), "l.weight": torch.tensor([[1.0, 2.0]]),
             "l.bias": torch.tensor([7.0])}
    folded = fold(state, {"n": (linear("l"),)})
    assert folded["l.weight"].tolist() == [[3.0, 8.0]]
    assert folded["l.bias"].tolist() == [24.0]
    assert folded["n.weight"].tolist() == [1.0, 1.0]
    assert folded["n.bias"].tolist() == [0.0, 0.0]


def test_folding_a_bias_needs_a_place_for_it():
    state = {"n.weight": torch.ones(2), "n.bias": torch.ones(2), "l.weight": torch.ones(1, 2)}
    with pytest.raises(ValueError, match=r"l\.weight has no bias"):
        fold(state, {"n": (linear("l"),)})
    state["n.bias"] = torch.zeros(2)
    assert fold(state, {"n": (linear("l"),)})["l.weight"].tolist() == [[1.0, 1.0]]


def test_folding_changes_a_post_ln_function():
    network = tiny("post")
    before = copied(network)
    assert (logits_of(network, before) - logits_of(network, fold(before, find_readers(network)))).abs().max() > 0.01


def test_regauging_keeps_the_function_whatever_the_values():
    network = tiny("pre")
    before = copied(network)
    rng = np.random.default_rng(0)
    values = {name: (torch.from_numpy(np.exp(rng.standard_normal(8))), torch.from_numpy(rng.standard_normal(8)))
              for name in find_readers(network)}
    changed = regauge(before, find_readers(network), values)
    for name, (scale, bias) in values.items():
        assert torch.equal(changed[f"{name}.weight"], scale)
        assert torch.equal(changed[f"{name}.bias"], bias)
    assert torch.allclose(logits_of(network, before), logits_of(network, changed), atol=1e-10, rtol=0)
    bare = strip(changed, choose(find_norms(network)))
    assert (logits_of(network, before) - logits_of(network, bare)).abs().max() > 0.01, "and yet stripping it now costs something"
