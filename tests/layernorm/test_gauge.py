"""One function, stripped at any cost."""

from dataclasses import replace

import numpy as np
import pytest

from core.lab.experiment import metrics_of
from core.layernorm import subjects
from core.layernorm.demonstrations import TITLES, gauge_state, interventions, judged, relative_differences
from core.layernorm.gauge.config import GaugeConfig
from core.layernorm.gauge.experiment import run
from core.layernorm.gauge.result import GaugeResult
from core.layernorm.variations import stripped_norms
from core.models.normalisation import distance
from tests.layernorm.tiny import TINY, context, images

pytestmark = pytest.mark.slow
CONFIG = GaugeConfig(strongest=2.0, points=3, data=TINY.data, depth=3, width=8, heads=2, patch=4, n_train=40, n_test=60,
                     pretraining_samples=3000, pretraining_rate=5e-3)


@pytest.fixture(scope="module")
def shelf():
    return context().models


@pytest.fixture(scope="module")
def result(shelf):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subjects, "load", lambda source: images())
        return run(CONFIG, 0, context(shelf))


@pytest.fixture(scope="module")
def subject(result, shelf):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subjects, "load", lambda source: images())
        return subjects.prepare(CONFIG.room(), 0, context(shelf))[1]


def test_the_function_stays_and_the_cost_does_not(result):
    assert result.logit_difference < 1e-4
    assert result.gauge["accuracy_before"].nunique() == 1
    lost = (result.gauge["accuracy_before"] - result.gauge["accuracy_after"]).to_numpy()
    assert lost[0] == 0.0
    assert lost[-1] == result.cost
    assert result.cost > 0.05, "squares are learnt well, and scales that differ e-fold twice over ruin that"
    assert result.cost_none == 0.0
    assert 0.0 <= result.accuracy <= 1.0
    assert set(metrics_of(GaugeResult)) == {"cost", "cost_none", "cost_learnt", "cost_post", "cost_post_folded", "accuracy",
                                            "logit_difference"}


def test_every_intervention_is_judged_for_both_placements(result):
    for _, part in result.damage.groupby("placement"):
        assert part["intervention"].tolist() == list(TITLES)
        assert (part["n"] == 60).all()


def test_interventions_change_what_they_say(subject):
    norms = stripped_norms(subject, CONFIG.room())
    found = interventions(subject, norms, 0)
    assert found["intact"].displacement == 0.0
    assert distance(found["all"].state, norms) == (0.0, 0.0)
    assert distance(found["scale"].state, norms)[0] == 0.0
    assert distance(found["scale"].state, norms)[1] == pytest.approx(distance(subject.state, norms)[1])
    assert distance(found["bias"].state, norms) == (pytest.approx(distance(subject.state, norms)[0]), 0.0)
    assert found["elsewhere"].displacement == pytest.approx(found["all"].displacement)
    assert found["elsewhere_early"].n_changed == found["early"].n_changed == 32
    name = f"{norms[0].name}.weight"
    np.testing.assert_array_equal(np.sort(found["shuffled"].state[name]), np.sort(subject.state[name]))


def test_strength_zero_is_the_folded_model(subject):
    state = gauge_state(subject, 0.0, 0)
    assert distance(state, [norm for norm in subject.norms if norm.place]) == (0.0, 0.0)
    assert relative_differences(subject, [state])[0] < 1e-5


def test_equal_states_are_judged_once(subject):
    copied = {name: value.clone() for name, value in subject.state.items()}
    other = gauge_state(subject, 1.0, 0)
    asked = []
    counting = replace(subject, readout=lambda state: asked.append(state) or float(len(asked)))
    assert judged(counting, [subject.state, other, copied, other], 1) == [1.0, 2.0, 1.0, 2.0]
    assert len(asked) == 2


def test_strengths_scale_one_direction(subject):
    name = f"{subject.norms[0].name}.weight"
    half, whole = (np.log(gauge_state(subject, strength, 0)[name].numpy()) for strength in (0.5, 1.0))
    np.testing.assert_allclose(2 * half, whole, atol=1e-5)
    assert whole.std() == pytest.approx(1.0, abs=0.6)
