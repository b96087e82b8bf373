from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm

from core.measures.roc import auc_many
from core.privacy.attacks import lira
from core.privacy.protocol import assign_members
from tests.privacy.synthetic import make_signals


def gaussian_world(*, n_models, n_samples=400, gap=1.0, seed=0):
    """Log-odds drawn straight from N(gap, 1) for members and N(0, 1) for others, around a centre per sample."""
    random = np.random.default_rng(seed)
    members = assign_members(n_models, n_samples, seed=seed)
    phi = random.normal(0, 3, n_samples) + random.normal(gap * members)
    return SimpleNamespace(phi=phi[..., None], members=members)


def test_known_gaussians_give_the_known_area():
    """phi_in ~ N(1, 1) against phi_out ~ N(0, 1): AUC is Phi(1 / sqrt 2) = .760 for the ratio and for the one-sided tail."""
    world = gaussian_world(n_models=200)
    # 200 targets with 200 x 200 comparisons each: standard error below .002; estimating centres from 100 models costs < .005.
    assert auc_many(lira.online(world), world.members).mean() == pytest.approx(0.760, abs=0.008)
    assert auc_many(lira.offline(world), world.members).mean() == pytest.approx(0.760, abs=0.008)
    # Two-sided, unit gap: Pr[|Z1 + 1| > |Z0|], clearly lower.
    assert auc_many(lira.offline(world, variant="reference", variance="per_sample"), world.members).mean() < 0.70


def test_a_wide_gap_separates():
    world = gaussian_world(n_models=32, gap=8.0)
    assert auc_many(lira.online(world), world.members).mean() > 0.999


def slow(signals, k, *, side, variance, centre, matched):
    """LiRA for one target, one sample at a time, as the paper's algorithm 1 reads."""
    phi, members = signals.phi, signals.members
    others = [j for j in range(len(phi)) if j != k]
    n_samples, n_queries = phi.shape[1:]
    groups = {value: [[j for j in others if members[j, i] == value] for i in range(n_samples)] for value in (True, False)}
    used = {value: [list(rows) for rows in groups[value]] for value in groups}
    if matched:  # every sample gets as many models as the poorest, the first from model i mod K on, in a circle
        circles = [[(i + step) % len(phi) for step in range(len(phi))] for i in range(n_samples)]
        for value in used:
            fewest = min(len([j for j in range(len(phi)) if j != t and members[j, i] == value])
                         for t in range(len(phi)) for i in range(n_samples))
            used[value] = [[j for j in circles[i] if j in rows][:fewest] for i, rows in enumerate(groups[value])]
    summary = np.mean if centre == "mean" else np.median
    result = np.zeros(n_samples)

    def spread(value, i, a):
        if variance == "per_sample":
            return np.std(phi[used[value][i], i, a], ddof=1)
        squares = sum(((phi[rows, n, a] - phi[rows, n, a].mean()) ** 2).sum() for n, rows in enumerate(groups[value]))
        return np.sqrt(squares / sum(len(rows) - 1 for rows in groups[value]))

    spreads = {(value, a): spread(value, 0, a) for value in (True, False) for a in range(n_queries)}
    for i in range(n_samples):
        for a in range(n_queries):
            terms = {}
            for value in (True, False):
                rows = used[value][i]
                width = spread(value, i, a) if variance == "per_sample" else spreads[value, a]
                width *= np.sqrt(1 + 1 / len(rows)) if matched else 1.0
                middle = summary(phi[rows, i, a])
                terms[value] = (norm.logsf if side == "offline" else norm.logpdf)(phi[k, i, a], middle, width)
            result[i] += (terms[True] - terms[False] if side == "online" else -terms[False]) / n_queries
    return result


@pytest.mark.parametrize("side", ["online", "offline"])
@pytest.mark.parametrize("variance", ["fixed", "per_sample"])
@pytest.mark.parametrize("centre, counts", [
    ("mean", "ignored"), ("median", "ignored"), ("mean", "matched"), ("median", "matched")])
def test_all_targets_at_once_equal_the_plain_algorithm(side, variance, centre, counts):
    signals = make_signals(n_models=8, n_samples=40, n_population=10, seed=2)
    fast = getattr(lira, side)(signals, variance=variance, centre=centre, counts=counts)
    for k in range(8):
        expected = slow(signals, k, side=side, variance=variance, centre=centre, matched=counts == "matched")
        np.testing.assert_allclose(fast[k], expected, rtol=1e-9, atol=1e-9)


def test_the_reference_code_variant():
    """Medians; one spread of all IN log-odds together for both sides; offline is minus the OUT log-density."""
    signals = make_signals(n_models=8, n_samples=50, n_population=10, seed=4)
    phi, members = signals.phi, signals.members
    online, offline = lira.online(signals, variant="reference"), lira.offline(signals, variant="reference")
    for k in (0, 5):
        others = np.arange(8) != k
        inside = np.concatenate([phi[others & members[:, i], i].ravel() for i in range(50)])
        outside = np.concatenate([phi[others & ~members[:, i], i].ravel() for i in range(50)])
        for i in (0, 17, 49):
            middle_in = np.median(phi[others & members[:, i], i], axis=0)
            middle_out = np.median(phi[others & ~members[:, i], i], axis=0)
            ratio = norm.logpdf(phi[k, i], middle_in, inside.std()) - norm.logpdf(phi[k, i], middle_out, inside.std())
            assert online[k, i] == pytest.approx(ratio.mean(), abs=1e-9)
            density = -norm.logpdf(phi[k, i], middle_out, outside.std()) - 0.5 * np.log(2 * np.pi)
            assert offline[k, i] == pytest.approx(density.mean(), abs=1e-9)


def test_the_tail_keeps_its_resolution_where_a_probability_would_be_one():
    world = gaussian_world(n_models=8, n_samples=4)
    extreme = SimpleNamespace(phi=world.phi.copy(), members=world.members)
    tails = []
    for far in (50.0, 60.0):
        extreme.phi[0] = far
        tails.append(lira.offline(extreme)[0])
    assert (tails[1] > tails[0]).all()


def test_the_target_enters_no_reference():
    """Moving one target's log-odds must not move the centres it is compared with."""
    signals = make_signals(n_models=6, n_samples=50, n_population=10, n_queries=1)
    logits = signals.logits.copy()
    logits[0] = logits[0, ::-1]
    moved = replace(signals, logits=logits)
    expected = slow(moved, 0, side="online", variance="fixed", centre="mean", matched=True)
    np.testing.assert_allclose(lira.online(moved)[0], expected, rtol=1e-9)


@pytest.mark.parametrize("n_models", [4, 5])
def test_matching_the_number_of_references_removes_the_bias_of_a_balanced_design(n_models):
    """Models that leak nothing, few references: the paper's score ends far below one half, the matched one at it."""
    worlds = [gaussian_world(n_models=n_models, n_samples=1000, gap=0.0, seed=seed) for seed in range(12)]
    areas = {
        counts: np.mean([auc_many(lira.online(world, counts=counts), world.members).mean() for world in worlds])
        for counts in ("matched", "ignored")}
    assert areas["ignored"] < 0.475
    assert areas["matched"] == pytest.approx(0.5, abs=0.012)
