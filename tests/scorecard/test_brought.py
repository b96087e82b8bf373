"""Models and outputs that somebody brings: which rows they open, and what is compared with what."""

from dataclasses import replace

import numpy as np
import pytest
import safetensors.torch

from core.lab.errors import InputError
from core.privacy.attacks import attack_by_id
from core.scorecard.brought import of_model
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.card.data import data_fingerprint
from core.scorecard.card.experiment import look
from core.scorecard.given import of_outputs, signals_of
from core.scorecard.row import Found, Missing
from core.scorecard.side_by_side import pairs_of
from core.scorecard.table import BY_ID, LENSES
from core.subjects.outputs import read_outputs
from tests.privacy.synthetic import make_signals
from tests.scorecard import tiny


@pytest.fixture
def weights(tmp_path):
    """The path of the sound subject's weights, as somebody would bring them."""
    path = tmp_path / "mine.safetensors"
    safetensors.torch.save_file({name: value.contiguous() for name, value in tiny.material("sound").network.state.items()}, path)
    return f"weights:{path}"


def test_weights_open_the_lenses_that_need_a_network(weights):
    config = ScorecardConfig(subject=weights, n_rows=400)
    material = of_model(weights, config, 0, tiny.context())
    assert material.title == "mine.safetensors"
    assert material.has >= {"outputs", "shifted", "membership", "weights", "training_data"}
    assert "references" not in material.has
    mine, house = (look(BY_ID["cue"], one) for one in (material, tiny.material("sound")))
    assert (mine.value, mine.n) == (house.value, house.n), "the same network, the same images, the same mark"
    assert len(material.home.y) == len(material.shifted.y) == 200
    assert isinstance(look(BY_ID["sure_shifted"], material), Found)
    assert isinstance(look(BY_ID["leak"], material), Missing)


def test_outputs_with_members_and_references_are_attacked_as_in_the_privacy_room(tmp_path):
    whole = make_signals(seed=1, leak=2.0)
    signals = replace(whole, logits=whole.logits[:, :, :1], population_logits=whole.population_logits[:, :, :1], label_only_correct=None)
    np.savez(tmp_path / "o.npz", logits=signals.logits[0, :, 0], y=signals.y, members=signals.members[0],
             reference_logits=signals.logits[1:, :, 0], reference_members=signals.members[1:])
    given = read_outputs(f"npz:{tmp_path / 'o.npz'}")
    material = of_outputs(given, "o.npz", 0, tiny.context())
    mine = look(BY_ID["leak"], material)
    assert isinstance(mine, Found)
    assert np.array_equal(attack_by_id("lira_online").score(signals_of(given, True))[0], attack_by_id("lira_online").score(signals)[0])
    assert isinstance(look(BY_ID["sure_shifted"], material), Missing)
    assert len(material.home.y) == int((~signals.members[0]).sum()), "what was trained on tells nothing of calibration"


def test_a_missing_model_is_one_sentence():
    with pytest.raises(InputError, match=r"mine\.onnx"):
        data_fingerprint(ScorecardConfig(subject="onnx:/nowhere/mine.onnx"))


def test_two_subjects_on_the_same_rows_are_compared_pair_by_pair():
    first, second = tiny.material("sound"), tiny.material("sharp")
    said = [{lens.id: look(lens, one) for lens in LENSES if lens.id in ("worst_group", "sure_home")} for one in (first, second)]
    every = [{**dict.fromkeys((lens.id for lens in LENSES), Missing("", "")), **found} for found in said]
    pairs = {pair[0]: pair for pair in pairs_of(first, second, *every)}
    assert pairs["worst_group"][1] == 0.0, "a sharper network decides nothing otherwise"
    assert pairs["worst_group"][2] < 0.0 < pairs["worst_group"][3]
    _, difference, low, high, _, how = pairs["sure_home"]
    assert difference == pytest.approx(said[1]["sure_home"].value - said[0]["sure_home"].value)
    assert 0.05 < low < difference < high
    assert "same rows" in how
