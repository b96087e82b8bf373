"""The optimum against trying everything, by hand, and the harms it works on."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.compression.bit_allocation import allocate
from core.compression.calibration import calibrate
from core.compression.compressed_model import Grouped, QuantPlan, float_network, network_of
from core.compression.layers import layers_of
from core.compression.quantise import quantise
from core.compression.sensitivity import group_losses, sensitivity
from core.lab.errors import InputError
from tests.compression.networks import float_model, images

BITS = (2, 3, 5, 8)


def brute_force(excess, counts, budget, objective):
    """Return the smallest objective, and for the worst group the smallest mean among its optima."""
    harm, best = np.maximum(excess, 0), (np.inf, np.inf)
    for places in itertools.product(range(len(BITS)), repeat=len(counts)):
        if sum(count * BITS[place] / 8 for count, place in zip(counts, places, strict=True)) <= budget + 1e-6:
            sums = harm[np.arange(len(counts)), places].sum(0)
            key = (round(sums.max(), 9), sums.mean()) if objective == "worst" else (sums.mean(), 0.0)
            best = min(best, key)
    return best


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.floats(2.0, 8.0), st.sampled_from(["worst", "average"]))
def test_the_optimum_is_that_of_trying_everything(seed, mean_bits, objective):
    rng = np.random.default_rng(seed)
    excess = np.sort(rng.exponential(size=(4, len(BITS), 3)), axis=1)[:, ::-1] - 0.1
    counts = rng.integers(10, 5000, 4)
    budget = counts.sum() * mean_bits / 8
    found = allocate(excess, counts, BITS, budget, objective)
    best = brute_force(excess, counts, budget, objective)
    assert found.size_bytes <= budget * (1 + 1e-6)
    assert (found.worst if objective == "worst" else found.average) == pytest.approx(best[0], abs=1e-6)
    if objective == "worst":
        assert found.average == pytest.approx(best[1], abs=1e-6)


def test_by_hand_the_worst_group_gets_the_bits_that_the_average_gives_elsewhere():
    # two layers of equal size, budget for one of them at 8 bits: rounding the first hurts group 0 alone, by 3, the second both by 2
    excess = np.array([[[3.0, 0.0], [0.0, 0.0]], [[2.0, 2.0], [0.0, 0.0]]])
    counts = np.array([8, 8])
    worst = allocate(excess, counts, (2, 8), 10.0, "worst")
    average = allocate(excess, counts, (2, 8), 10.0, "average")
    assert (worst.bits, worst.worst, worst.average) == ((8, 2), 2.0, 2.0)
    assert (average.bits, average.worst, average.average) == ((2, 8), 3.0, 1.5)
    assert allocate(excess, counts, (2, 8), 16.0, "worst").bits == (8, 8)
    assert allocate(excess, counts, (2, 8), 4.0, "worst").bits == (2, 2)


def test_a_gain_by_chance_buys_nothing():
    excess = np.array([[[-5.0], [0.0]], [[1.0], [0.0]]])
    assert allocate(excess, np.array([8, 8]), (2, 8), 16.0, "average").average == 0.0


def test_a_budget_below_the_minimum_is_refused():
    with pytest.raises(InputError, match=r"size budget must be at least 4 bytes, all layers at 2 bits, got 3: raise it\.$"):
        allocate(np.zeros((2, 2, 1)), np.array([8, 8]), (2, 8), 3.0, "worst")


def test_harms_are_those_of_networks_with_one_layer_rounded():
    model = float_model()
    calibration = calibrate(model, images(16), folded=True)
    rng = torch.Generator().manual_seed(0)
    data = Grouped(images(40), torch.randint(0, 3, (40,), generator=rng), torch.arange(40) % 4, 4)
    paths = list(layers_of(float_network(model)))
    found = sensitivity(model, calibration.reference, paths, (8, 2), data)
    assert (found.bits, found.excess.shape) == ((2, 8), (5, 2, 4))
    assert found.counts.tolist() == [model.state[f"{path}.weight"].numel() for path in paths]
    alone = quantise(model, QuantPlan(bits_by_layer={"hidden": 2}), calibration)
    before, after = (group_losses(network, data) for network in (float_network(model), network_of(alone)))
    np.testing.assert_allclose(found.excess[paths.index("hidden"), 0], after - before, atol=1e-5)
    assert np.abs(found.excess[:, 1]).sum() < 0.1 * np.abs(found.excess[:, 0]).sum()
