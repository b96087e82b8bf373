"""The rivals: their arithmetic by hand and against scikit-learn, and what they do to a group that plain training forgets."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from core.lab.errors import InputError
from core.spurious.rivals import RIVALS
from core.spurious.rivals.dfr import balanced_rows, fit_logistic, refit_last_layer
from core.spurious.rivals.group_dro import group_dro_routine, group_means, raised
from core.spurious.rivals.jtt import error_set, jtt_routine
from core.spurious.rivals.routines import weighted_routine
from core.training.config import TrainingConfig
from core.training.evaluate import predict_many
from core.training.many import Machine, train_many, train_wanted
from core.training.wanted import Images, Wanted

CONFIG = TrainingConfig(model="mlp", width=1, epochs=12, batch_size=30, learning_rate=0.03, precision="float32")


def test_table_names_the_labels():
    assert [rival.id for rival in RIVALS] == ["erm", "jtt", "group_dro", "dfr"]
    assert all(rival.labels and rival.rule.endswith(".") for rival in RIVALS)
    assert [rival.needs_groups for rival in RIVALS] == [False, False, True, True]


def test_error_set_by_hand():
    assert error_set(np.array([[2.0, 1.0], [0.0, 1.0], [3.0, 0.0]]), np.array([0, 0, 1])).tolist() == [False, True, True]


def test_group_means_and_weights_by_hand():
    """Group 0 has losses 1 and 3, group 2 has 4, group 1 is absent; exp(0.5 * 2) and exp(0.5 * 4) decide the weights."""
    means = group_means(torch.tensor([1.0, 4.0, 3.0]), torch.tensor([0, 2, 0]), 3)
    assert means.tolist() == [2.0, 0.0, 4.0]
    grown = np.exp([1.0, 0.0, 2.0])
    np.testing.assert_allclose(raised(torch.full((3,), 1 / 3), means, 0.5), grown / grown.sum(), rtol=1e-6)


@given(st.lists(st.floats(0, 5), min_size=2, max_size=6), st.floats(0.001, 1))
def test_weights_sum_to_one_and_favour_the_worst(losses, step):
    before = torch.full((len(losses),), 1 / len(losses), dtype=torch.float64)
    after = raised(before, torch.tensor(losses, dtype=torch.float64), step)
    assert after.sum().item() == pytest.approx(1.0)
    assert after.argmax().item() == int(np.argmax(losses)) or after.max().item() == pytest.approx(after[np.argmax(losses)].item())


def forgotten_group(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return images, labels and groups: a bright left side tells the label of all but a few, the faint right side that of all."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    against = rng.random(n) < 0.06
    x = rng.integers(0, 120, (n, 8, 8, 1))
    x[:, :, :3] += np.where(y ^ against, 110, 0)[:, None, None, None]
    x[:, 3:5, 5:7] += np.where(y, 90, 0)[:, None, None, None]
    return x.astype(np.uint8), y, 2 * y + against


@pytest.fixture(scope="module")
def trained():
    """Plain training, JTT and GroupDRO side by side on one pool, and weights of one everywhere."""
    x, y, groups = forgotten_group(300, 0)
    members = np.ones((4, len(x)), bool)
    plain = train_many(x, y, members[:1], CONFIG, seed=0, n_classes=2, checkpoints=(1,), processes=1)[0]
    errors = error_set(plain.checkpoint_logits[1], y)
    routines = [None, jtt_routine(errors, 8.0), group_dro_routine(groups, 0.1), weighted_routine(torch.ones(len(x)))]
    wanted = [Wanted(row, CONFIG, place, routine=routine, start=plain.initial_state)
              for place, (row, routine) in enumerate(zip(members, routines, strict=True))]
    models = train_wanted(Images(x, y, 2), wanted, seed=0, machine=Machine(processes=1))
    return plain, models, errors


def test_rivals_beside_it_leave_a_plain_network_plain(trained):
    plain, models, _ = trained
    for name, value in plain.state.items():
        np.testing.assert_array_equal(models[0].state[name], value)


def test_equal_weights_are_plain_training():
    """One step per epoch, so that the order of images cannot matter: weights of 3 everywhere change nothing but rounding."""
    x, y, _ = forgotten_group(30, 1)
    members = np.ones((1, 30), bool)
    plain = train_many(x, y, members, CONFIG, seed=0, n_classes=2, processes=1)[0]
    weighted = train_many(x, y, members, CONFIG, seed=0, n_classes=2, routine=weighted_routine(torch.full((30,), 3.0)), processes=1)[0]
    for name, value in plain.state.items():
        np.testing.assert_allclose(weighted.state[name], value, rtol=1e-4, atol=1e-5)


def test_a_weight_is_as_good_as_a_copy():
    """Full batches: an image that counts twice trains as if it stood in the pool twice."""
    x, y, _ = forgotten_group(20, 2)
    config = CONFIG.replace(batch_size=64)
    twice = np.arange(20) < 5
    weights = torch.from_numpy(np.where(twice, 2.0, 1.0))
    weighted = train_many(x, y, np.ones((1, 20), bool), config, seed=0, n_classes=2, routine=weighted_routine(weights), processes=1)[0]
    x2, y2 = np.concatenate([x, x[twice]]), np.concatenate([y, y[twice]])
    copied = train_many(x2, y2, np.ones((1, 25), bool), config, seed=0, n_classes=2, processes=1)[0]
    for name, value in copied.state.items():
        np.testing.assert_allclose(weighted.state[name], value, rtol=1e-4, atol=1e-5)


def test_a_single_group_is_plain_training():
    x, y, _ = forgotten_group(60, 3)
    members = np.ones((1, 60), bool)
    plain = train_many(x, y, members, CONFIG, seed=0, n_classes=2, processes=1)[0]
    grouped = train_many(x, y, members, CONFIG, seed=0, n_classes=2, routine=group_dro_routine(np.full(60, 7), 0.1), processes=1)[0]
    for name, value in plain.state.items():
        np.testing.assert_allclose(grouped.state[name], value, rtol=1e-4, atol=1e-5)


def test_rivals_help_the_group_that_contradicts_the_cue(trained):
    """Here the forgotten group is in training and among the early errors, which is what JTT and GroupDRO need."""
    _, models, errors = trained
    _, _, groups = forgotten_group(300, 0)
    against = groups % 2 == 1
    assert errors[against].mean() > errors[~against].mean() + 0.3
    x, y, groups = forgotten_group(4000, 9)
    logits, _ = predict_many(models[:3], x, CONFIG, n_classes=2, processes=1)
    worst = [min((score.argmax(1) == y)[groups == group].mean() for group in range(4)) for score in logits]
    assert worst[1] > worst[0] + 0.05
    assert worst[2] > worst[0] + 0.05


def test_logistic_regression_against_scikit_learn():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 5))
    y = (x[:, 0] + 0.5 * rng.normal(size=120) > 0).astype(int)
    weights, bias = fit_logistic(x, y, penalty=2.0)
    peer = LogisticRegression(C=0.5, tol=1e-10, max_iter=5000).fit(x, y)
    np.testing.assert_allclose(weights, peer.coef_[0], atol=1e-4)
    assert bias == pytest.approx(peer.intercept_[0], abs=1e-4)


def test_balanced_rows_hold_every_group_equally_often():
    groups = np.array([0] * 9 + [4] * 3 + [2] * 5)
    rows = balanced_rows(groups, np.random.default_rng(0))
    assert len(set(rows.tolist())) == 9
    assert np.bincount(groups[rows], minlength=5).tolist() == [3, 0, 3, 0, 3]


def test_dfr_drops_a_cue_that_balanced_groups_do_not_support():
    """A feature that follows the label in most images, but not in balanced groups, loses its weight."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 600)
    against = rng.random(600) < 0.1
    cue, core = np.where(y ^ against, 1.0, -1.0), (2 * y - 1) + rng.normal(0, 1, 600)
    features = np.stack([cue + rng.normal(0, 0.1, 600), core, np.ones(600)], axis=1)
    plain, _ = fit_logistic(features[:, :2], y, penalty=1.0)
    layer = refit_last_layer(features, y, 2 * y + against, penalty=1.0, n_draws=3, rng=rng)
    assert abs(layer.weights[0]) < 0.4 * abs(plain[0])
    assert layer.weights[1] > 0.5
    assert layer.weights[2] == 0
    accuracy = ((layer.margin(features) > 0) == y)[against].mean()
    assert accuracy > 0.75


def test_what_the_rivals_refuse():
    with pytest.raises(InputError, match=r"at least 1, got 0\.5"):
        jtt_routine(np.zeros(3, bool), 0.5)
    with pytest.raises(InputError, match="must be positive, got 0"):
        group_dro_routine(np.zeros(3, int), 0.0)
    with pytest.raises(InputError, match="both classes"):
        refit_last_layer(np.zeros((3, 2)), np.zeros(3), np.zeros(3), penalty=1.0, n_draws=1, rng=np.random.default_rng(0))
