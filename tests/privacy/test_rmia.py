import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.measures.roc import auc_many
from core.privacy.attacks import rmia
from tests.privacy.synthetic import make_signals


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.5, 1.0, 2.0]))
def test_binary_search_equals_the_whole_matrix(seed, gamma):
    random = np.random.default_rng(seed)
    # A coarse grid makes ties between x and z common.
    x, z = random.integers(-6, 6, (3, 40)) / 4.0, random.integers(-6, 6, (3, 25)) / 4.0
    matrix = (x[:, :, None] - np.log(gamma) >= z[:, None, :]).mean(axis=2)
    np.testing.assert_array_equal(rmia.share_beaten(x, z, gamma=gamma), matrix)


def slow_ratios(signals, k, *, a):
    """The paper's definitions for one target with one query: offline ratio of pool and population."""
    p, pz = np.exp(signals.log_prob_true[..., 0]), np.exp(signals.population_log_prob_true[..., 0])
    others = np.arange(len(p)) != k
    outside = np.array([p[others & ~signals.members[:, i], i].mean() for i in range(p.shape[1])])
    ratio = p[k] / (((1 + a) * outside + 1 - a) / 2)
    return ratio, pz[k] / (((1 + a) * pz[others].mean(axis=0) + 1 - a) / 2)


@pytest.mark.parametrize("a", [0.0, 0.3, 1.0])
def test_offline_equals_the_definition(a):
    signals = make_signals(n_models=5, n_samples=60, n_population=40, n_queries=1)
    scores, log_ratios = rmia.offline(signals, a=a), rmia.ratio_offline(signals, a=a)
    for k in range(5):
        ratio_x, ratio_z = slow_ratios(signals, k, a=a)
        np.testing.assert_allclose(np.exp(log_ratios[k]), ratio_x, rtol=1e-10)
        np.testing.assert_allclose(scores[k], (ratio_x[:, None] / ratio_z >= 1.0).mean(axis=1), atol=1e-12)


def test_online_equals_the_definition():
    signals = make_signals(n_models=5, n_samples=60, n_population=40, n_queries=1)
    p = np.exp(signals.log_prob_true[..., 0])
    log_ratios = rmia.ratio_online(signals)
    for k in range(5):
        others = np.arange(5) != k
        for i in range(60):
            inside, outside = p[others & signals.members[:, i], i].mean(), p[others & ~signals.members[:, i], i].mean()
            assert log_ratios[k, i] == pytest.approx(np.log(p[k, i] / ((inside + outside) / 2)), abs=1e-10)


def test_the_ends_of_a():
    outside = np.array([0.2, 0.9])
    np.testing.assert_allclose(rmia.expected_average(outside, 1.0), outside)
    np.testing.assert_allclose(rmia.expected_average(outside, 0.0), (outside + 1) / 2)


@pytest.mark.parametrize("a", [0.0, 0.5])
def test_score_grows_with_the_ratio_and_gamma_only_rescales(a):
    signals = make_signals(n_models=5, n_samples=300, n_population=200)
    ratio = rmia.ratio_offline(signals, a=a)
    for gamma in (0.5, 1.0, 3.0):
        score = rmia.offline(signals, a=a, gamma=gamma)
        assert (score >= 0).all()
        assert (score <= 1).all()
        for k in range(5):
            assert (np.diff(score[k][np.argsort(ratio[k])]) >= 0).all()
    assert (rmia.offline(signals, a=a, gamma=3.0) <= rmia.offline(signals, a=a, gamma=1.0)).all()


def test_a_is_learned_on_the_references_alone():
    signals = make_signals(n_models=6, n_samples=300, n_population=100)
    areas = np.stack([auc_many(rmia.ratio_offline(signals, a=a), signals.members) for a in rmia.OFFLINE_GRID])
    for k, chosen in enumerate(rmia.choose_a(signals)):
        assert chosen == rmia.OFFLINE_GRID[np.delete(areas, k, axis=1).mean(axis=1).argmax()]


def test_impossible_probabilities_stay_finite():
    signals = make_signals(n_models=4, n_samples=20, n_population=10)
    logits = signals.logits * 1000
    extreme = type(signals)(
        logits=logits, y=signals.y, members=signals.members, population_logits=signals.population_logits * 1000,
        population_y=signals.population_y, sample_ids=signals.sample_ids)
    for score in (rmia.online, rmia.offline, rmia.ratio_offline, rmia.ratio_online):
        assert np.isfinite(score(extreme)).all()


@pytest.mark.parametrize("call, words", [
    (lambda signals: rmia.offline(signals, a=1.5), "a must lie"), (lambda signals: rmia.online(signals, gamma=0.0), "gamma")])
def test_unusable_settings_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call(make_signals(n_models=4, n_samples=20, n_population=10))
