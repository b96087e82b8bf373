"""Rewinding: acceptance test 8 of the card, scores against slow gradients, and that zeroing collapses where rewinding recovers."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from core.models.registry import build
from core.privacy.defences.critical_weights import critical_masks, inverted, rewound
from core.privacy.defences.entanglement import concentration, entanglement_evidence
from core.privacy.defences.rewinding import first_models, rewind_and_tune, scores_of
from core.privacy.defences.weight_scores import WeightScores, layer_types
from core.privacy.defences.weight_scores import _summed as summed
from core.training.trained import CURVE_COLUMNS
from tests.privacy.defences.jobs import make_job, run

FEW = {"n_pool": 100, "epochs": 4, "fine_tune_epochs": 2, "rewind_steps": 5, "threads": 1}


def made_scores(values):
    values = np.asarray(values, dtype=np.float32)
    return WeightScores(("a", "b"), (4, values.shape[1] - 4), ("conv", "linear"), values, values[:, ::-1].copy(), values)


@given(st.lists(st.integers(0, 3), min_size=6, max_size=40), st.floats(0, 100))
def test_exactly_the_asked_number_is_chosen_even_among_ties(values, rate):
    shapes = {"a": torch.zeros(2, 2), "b": torch.zeros(len(values) - 4)}
    (mask,) = critical_masks(made_scores([values]), shapes, rate=rate, ranking="global")
    chosen = torch.cat([mask["a"].flatten(), mask["b"]]).numpy()
    assert chosen.sum() == round(rate / 100 * len(values))
    if 0 < chosen.sum() < len(values):
        assert np.array(values)[chosen].min() >= np.array(values)[~chosen].max()


def test_ranking_within_layers_takes_the_rate_of_each():
    shapes = {"a": torch.zeros(2, 2), "b": torch.zeros(4)}
    scores = made_scores([[9, 8, 7, 6, 1, 2, 3, 4]])
    (by_layer,) = critical_masks(scores, shapes, rate=50, ranking="layer")
    assert by_layer["a"].flatten().tolist() == [True, True, False, False]
    assert by_layer["b"].tolist() == [False, False, True, True]
    (overall,) = critical_masks(scores, shapes, rate=50, ranking="global")
    assert overall["a"].all()
    assert not overall["b"].any()


def test_rewinding_by_hand():
    state = {"w": torch.tensor([1.0, 2.0, 3.0]), "steps": torch.tensor(7)}
    mask = {"w": torch.tensor([False, True, False])}
    assert rewound(state, mask, {"w": torch.tensor([9.0, 8.0, 7.0])})["w"].tolist() == [1.0, 8.0, 3.0]
    assert rewound(state, mask, None)["w"].tolist() == [1.0, 0.0, 3.0]
    assert rewound(state, mask, None)["steps"] is state["steps"]
    assert inverted(mask)["w"].tolist() == [True, False, True]


def test_scores_are_gradient_times_weight():
    """One step against autograd in float64, weight by weight; two steps move the weights in between."""
    torch.manual_seed(0)
    network = build("mlp", n_classes=3, image_shape=(1, 8, 8), width=1).eval()
    x, y = torch.randn(6, 1, 8, 8), torch.tensor([0, 1, 2, 0, 1, 2])
    twin = build("mlp", n_classes=3, image_shape=(1, 8, 8), width=1).double()
    twin.load_state_dict(network.state_dict())
    expected = 0.0
    for _ in range(2):
        twin.zero_grad()
        F.cross_entropy(twin(x.double())[0], y).backward()
        expected = expected + torch.cat([(weight.grad * weight).abs().detach().flatten() for weight in twin.parameters()])
        with torch.no_grad():
            for weight in twin.parameters():
                weight -= 0.1 * weight.grad
    np.testing.assert_allclose(summed(network, [lambda: F.cross_entropy(network(x)[0], y)] * 2, 0.1), expected, rtol=1e-4, atol=1e-9)


def test_layer_types():
    network = build("cnn", n_classes=3, image_shape=(1, 12, 12), width=4)
    named = dict(zip([name for name, _ in network.named_parameters()], layer_types(network), strict=True))
    assert named == {name: "conv" if name.endswith(".0.weight") else "norm" if ".1." in name else "linear" for name in named}


def test_scores_of_models_do_not_depend_on_processes():
    one, two = (scores_of(make_job("rewinding", **{**FEW, "threads": threads}), make_job("rewinding", **FEW).plain()) for threads in (1, 2))
    np.testing.assert_array_equal(one.vulnerability, two.vulnerability)
    np.testing.assert_array_equal(one.learnability, two.learnability)
    assert (one.vulnerability >= 0).all()
    assert one.vulnerability.shape == (4, sum(one.sizes))


@pytest.mark.parametrize("to", ["init", "fresh", "zero", "early_epoch"])
def test_rewound_weights_keep_their_bits_through_tuning(to):
    """With momentum and weight decay on, and for every model of the run."""
    job = make_job("rewinding", rewind_to=to, rewind_rate=7.0, **FEW)
    assert job.training.momentum > 0
    assert job.training.weight_decay > 0
    scores = scores_of(job, job.plain())
    models = rewind_and_tune(job, arm="tune_others", rate=7.0, scores=lambda: scores)
    masks = critical_masks(scores, job.plain()[0].state, rate=7.0, ranking="global")
    for plain, model, mask in zip(job.plain(), models, masks, strict=True):
        assert sum(int(part.sum()) for part in mask.values()) == round(0.07 * sum(scores.sizes))
        for name, part in mask.items():
            assert torch.equal(model.state[name][part], model.initial_state[name][part])
            if to == "init":
                assert torch.equal(model.state[name][part], plain.initial_state[name][part])
            if to == "zero":
                assert not model.state[name][part].any()
        assert not torch.equal(model.state["hidden.weight"], model.initial_state["hidden.weight"])


def test_the_other_arm_tunes_only_what_was_rewound():
    job = make_job("rewinding", **FEW)
    scores = scores_of(job, job.plain())
    models = rewind_and_tune(job, arm="tune_critical", rate=10.0, scores=lambda: scores)
    for plain, model, mask in zip(job.plain(), models, critical_masks(scores, job.plain()[0].state, rate=10.0, ranking="global"),
                                  strict=True):
        for name, part in mask.items():
            assert torch.equal(model.state[name][~part], plain.state[name][~part])


def test_zeroing_collapses_where_rewinding_recovers():
    """The card calls it safe: what matters of a critical weight is its place, not its value, and without the place nothing is left.

    Many epochs first, so that few weights carry the network.
    """
    settings = {"epochs": 20, "fine_tune_epochs": 5, "rewind_steps": 10, "partner": "cross_entropy", "threads": 1}
    job = make_job("rewinding", **settings)
    scores = scores_of(job, job.plain())
    accuracy = {arm: np.mean([model.curves[CURVE_COLUMNS[1]][-1] for model in rewind_and_tune(
        job, arm=arm, rate=10.0, scores=lambda: scores)]) for arm in ("zero", "tune_others", "tune_critical")}
    assert accuracy["zero"] < accuracy["tune_others"] - 0.1
    assert accuracy["zero"] < accuracy["tune_critical"] - 0.1


def test_the_control_neither_scores_nor_rewinds():
    def never():
        raise AssertionError("asked for scores")

    job = make_job("rewinding", **FEW)
    for plain, model in zip(job.plain(), rewind_and_tune(job, arm="no_rewind", rate=3.0, scores=never), strict=True):
        for name, value in plain.state.items():
            assert torch.equal(model.initial_state[name], value)


def test_rate_zero_is_the_control():
    job = make_job("rewinding", **FEW)
    scores = scores_of(job, job.plain())
    arms = [rewind_and_tune(job, arm=arm, rate=0.0, scores=lambda: scores) for arm in ("no_rewind", "tune_others")]
    for control, model in zip(*arms, strict=True):
        for name, value in control.state.items():
            assert torch.equal(model.state[name], value)


def test_concentration_by_hand():
    held, gini = concentration(np.ones(10), np.array([0.0, 0.3, 1.0]))
    np.testing.assert_allclose(held, [0.0, 0.3, 1.0])
    assert gini == pytest.approx(0.0)
    held, gini = concentration(np.array([0.0, 0, 0, 4]), np.array([0.25, 1.0]))
    np.testing.assert_allclose(held, [1.0, 1.0])
    assert gini == pytest.approx(0.75)  # 1 - 1/n when one weight holds everything


def test_correlations_are_those_of_numpy():
    scores = made_scores(np.random.default_rng(0).random((2, 60)))
    table = entanglement_evidence(scores, 0)["entanglement"].set_index(["model", "layer_type"])
    expected = np.corrcoef(scores.vulnerability[1][:4], scores.learnability[1][:4])[0, 1]
    assert table.loc[(1, "conv"), "correlation"] == pytest.approx(expected)
    assert table.loc[(1, "conv"), "magnitude_correlation"] == pytest.approx(1.0)
    assert table.loc[(0, "all"), "share_of_weights"] == 1.0


def test_the_whole_method_with_its_evidence():
    defended, job = run("rewinding", **FEW)
    assert len(defended.models) == 4
    assert set(defended.evidence) == {"entanglement", "score_mass", "score_sample", "rewind_sweep"}
    sweep = defended.evidence["rewind_sweep"]
    assert set(sweep["arm"]) == {"no_rewind", "zero", "tune_critical", "tune_others"}
    assert len(first_models(job).plain()) == len(first_models(job).audit.members) == 2
