"""Masks are exact, keep the largest, and stay in force through training."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compression.compressed_model import float_network, network_of
from core.compression.pruning import kept_weights, prune
from core.compression.retraining import Retraining, retraining_routine, trainable_weights
from core.compression.size import size_bytes
from core.lab.errors import InputError
from core.training.loop import Extras, evaluate, train_one
from tests.compression.networks import float_model, images
from tests.training.cases import CONFIG, squares


def test_global_and_per_layer_masks_by_hand():
    weights = {"a": torch.tensor([[1.0, -5.0]]), "b": torch.tensor([2.0, 3.0, -0.5, 0.5])}
    everywhere = kept_weights(weights, 0.5, "global")
    assert (everywhere["a"].tolist(), everywhere["b"].tolist()) == ([[False, True]], [True, True, False, False])
    each = kept_weights(weights, 0.5, "layer")
    assert (each["a"].tolist(), each["b"].tolist()) == ([[False, True]], [True, True, False, False])
    assert kept_weights(weights, 0.34, "global")["b"].tolist() == [True, True, False, False]  # round(2.04) of six


@settings(max_examples=40)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=40), st.floats(0.0, 0.95), st.sampled_from(["global", "layer"]))
def test_counts_are_exact_and_nothing_larger_is_removed(values, share, scope):
    weights = {"a": torch.tensor(values, dtype=torch.float32), "b": torch.tensor(values[::2], dtype=torch.float32)}
    kept = kept_weights(weights, share, scope)
    parts = list(weights) if scope == "layer" else [None]
    for part in parts:
        sizes = torch.cat([weights[name].abs() for name in weights if part in (None, name)])
        mask = torch.cat([kept[name] for name in weights if part in (None, name)])
        assert int((~mask).sum()) == round(share * len(mask))
        if mask.any() and not mask.all():
            assert sizes[~mask].max() <= sizes[mask].min()


@pytest.mark.parametrize("name", ["cnn", "resnet20", "mlp"])
@pytest.mark.parametrize("scope", ["global", "layer"])
def test_networks_lose_the_share_asked_for(name, scope):
    model = float_model(name, width=2)
    half, most = (prune(model, share, scope=scope) for share in (0.5, 0.95))
    for small, share in ((half, 0.5), (most, 0.95)):
        layers = [report for report in small.layers if report.kind in ("convolution", "linear")]
        found = sum(report.n_zero for report in layers) / sum(report.n_weights for report in layers)
        assert found == pytest.approx(share, abs=0.02)
    for key, value in most.state.items():
        if key not in most.kept:
            assert torch.equal(value, model.state[key])
    assert all(not (most.kept[key] & ~half.kept[key]).any() for key in most.kept)  # nested
    assert size_bytes(most) < size_bytes(half) < size_bytes(prune(model, 0.0))


@pytest.mark.parametrize("name", ["cnn", "mlp"])
def test_a_removed_filter_carries_nothing_on(name):
    model = float_model(name)
    pruned = prune(model, 0.5, scope="layer", unit="filter")
    layer = "blocks.1.0" if name == "cnn" else "second"
    gone = ~pruned.kept[f"{layer}.weight"].flatten(1).any(1)
    assert int(gone.sum()) == len(gone) // 2
    network, seen = network_of(pruned), {}
    module = network.blocks[1] if name == "cnn" else network.second
    module.register_forward_hook(lambda module, inputs, output: seen.update(x=output))
    evaluate(network, images())
    passed = seen["x"].transpose(0, 1).flatten(1)
    assert (passed[gone] == 0).all()
    assert (passed[~gone] != 0).any(1).all()
    assert pruned.state["head.weight"].equal(model.state["head.weight"])


def test_a_layer_never_loses_its_last_filter():
    model = float_model()
    model.state["blocks.0.0.weight"] *= 1e-6
    pruned = prune(model, 0.9, unit="filter")
    assert int(pruned.kept["blocks.0.0.weight"].flatten(1).any(1).sum()) == 1


@pytest.mark.parametrize("unit", ["weight", "filter"])
def test_retraining_moves_what_is_left_and_keeps_every_zero(unit):
    x, y = squares()
    model = float_model()
    pruned = prune(model, 0.8, scope="layer", unit=unit)
    trained = train_one(x, y, CONFIG, seed=0, n_classes=3, extras=Extras(
        routine=retraining_routine(Retraining("copy", 0.05), y), start=pruned.state,
        trainable=trainable_weights(float_network(model), kept=pruned.kept)))
    for key, kept in pruned.kept.items():
        assert (trained.state[key][~kept] == 0).all()
    kept = pruned.kept["hidden.weight"]
    moved = trained.state["hidden.weight"] != pruned.state["hidden.weight"]
    assert float(moved[kept].float().mean()) > 0.5
    assert not moved[~kept].any()


@pytest.mark.parametrize("share", [-0.1, 0.96, 1.0, float("nan")])
def test_shares_outside_the_range_are_refused(share):
    with pytest.raises(InputError, match=r"sparsity must lie in \[0, 0\.95\], got"):
        prune(float_model(), share)


def test_sizes_of_pruned_networks_by_hand():
    model = float_model("mlp", width=1)
    n_weights = 144 * 16 + 16 * 16 + 16 * 3
    pruned = prune(model, 0.9)
    n_kept = sum(int(mask.sum()) for mask in pruned.kept.values())
    assert n_kept == n_weights - round(0.9 * n_weights)
    np.testing.assert_allclose(size_bytes(pruned), 4 * n_kept + n_weights / 8 + 4 * 35)
    assert size_bytes(prune(model, 0.01)) == 4 * (n_weights + 35)  # stored in full, which is smaller
