"""Every row is the room's own figure for the same model, to the last digit; a planted fault is flagged by its own row alone."""

import numpy as np
import pytest
import safetensors.torch

from core.calibration.outputs.config import OutputsConfig
from core.calibration.outputs.experiment import run as judge_outputs
from core.compression.compressed_model import Architecture, FloatModel
from core.compression.setting import experiment as setting
from core.compression.setting.config import SettingConfig
from core.data.sources import load
from core.lab.store import ModelStore
from core.layernorm.shares import shares
from core.privacy.attacks import attack_by_id
from core.privacy.audit.tables import operating_point_table
from core.privacy.audited_models import draw, train
from core.privacy.config import PrivacyConfig
from core.privacy.queries import collect
from core.retraining.calculator.config import IndexConfig
from core.retraining.calculator.experiment import run as price
from core.scorecard.card.experiment import look
from core.scorecard.lenses import cue, smaller
from core.scorecard.limits import parse
from core.scorecard.row import Missing
from core.scorecard.table import BY_ID
from tests.scorecard import tiny

LIMITS = "leak<=6%+cue<=10pt+sure_home<=25%"


def found(name, row):
    return look(BY_ID[row], tiny.material(name))


@pytest.fixture(scope="module")
def room():
    """The privacy room's own audit and networks, for the settings of the sound subject."""
    config = PrivacyConfig(n_reference_models=3, **tiny.SMALL)
    audit = draw(load("fashion-mnist"), config, tiny.SEED)
    return config, audit, train(audit, config, tiny.SEED, tiny.context())


def test_leakage_is_the_privacy_rooms(room):
    config, audit, models = room
    signals = collect(audit, models, config, tiny.context())
    scores = {name: attack_by_id(name).score(signals)[:1] for name in ("loss", "lira_online")}
    table = operating_point_table(signals.members[:1], scores).set_index(["attack", "level"])
    for row, attack in (("leak_simple", "loss"), ("leak", "lira_online")):
        point, mine = table.loc[attack, "1pct"], found("sound", row)
        assert (mine.value, mine.low, mine.high) == (point["tpr"], point["tpr_low"], point["tpr_high"])
        assert mine.counts.startswith(f"{point['true_positives']} of {point['n_members']} members, {point['false_positives']} of")
    reason = found("sound", "leak_strict")
    assert isinstance(reason, Missing)
    assert "1,000 non-members" in reason.remedy


def test_calibration_is_that_of_outputs_alone(tmp_path):
    home, away = tiny.material("sound").home, tiny.material("sound").shifted
    np.savez(tmp_path / "o.npz", logits=home.logits, y=home.y, shifted_logits=away.logits, shifted_y=away.y,
             shifted_group=np.array(away.group_names)[away.group])
    room = judge_outputs(OutputsConfig(outputs=f"npz:{tmp_path / 'o.npz'}", parts=1), 0, tiny.context())
    assert found("sound", "sure_home").value == room.ece_home
    assert found("sound", "sure_shifted").value == room.ece_shifted
    worst = room.scores[(room.scores["place"] == "shifted") & (room.scores["repair"] == "none")].set_index("group")["overconfidence"]
    assert found("sound", "sure_shifted").worst.startswith(worst.drop("all").abs().idxmax())


def test_smaller_copies_are_the_compression_rooms(monkeypatch):
    material = tiny.material("sound")
    network = material.network
    shape = Architecture(network.training.model, network.training.width, 10, (1, 28, 28))
    monkeypatch.setattr(setting, "draw", lambda *given: smaller.cohorts_of(material))
    monkeypatch.setattr(setting, "train_base", lambda *given, **more: None)
    monkeypatch.setattr(setting, "float_models", lambda *given: [FloatModel(shape, network.state)] * 2)
    config = SettingConfig(method="round", qat_bits=4, part="weights", n_train=len(network.rows), n_calibration=smaller.N_CALIBRATION,
                           model="cnn", width=network.training.width)
    chain = setting.run(config, tiny.SEED, tiny.context()).chain
    drops = chain[(chain["copy"] == "tail") & (chain["setting"] == "this")].sort_values("group")["drop"]
    mine = [one.value for one in found("sound", "rounded").slices if one.kind == "accuracy lost"]
    assert mine == drops.to_list()
    assert found("sound", "rounded").value == drops.max()


def test_reuse_is_the_retraining_rooms(tmp_path):
    network, path = tiny.material("sound").network, tmp_path / "subject.safetensors"
    safetensors.torch.save_file({name: value.contiguous() for name, value in network.state.items()}, path)
    room = price(IndexConfig(weights=str(path), width=network.training.width), tiny.SEED, tiny.context())
    mine = found("sound", "reuse")
    index = next(one.value for one in mine.slices if one.name == "RESQUE")
    assert (mine.value, mine.low, mine.high, index) == (room.images, room.images_low, room.images_high, room.resque)


def test_a_cue_is_counted_on_the_same_images():
    mine, material = found("biased", "cue"), tiny.material("biased")
    design, subject = cue.design_of(material), tiny.subject("biased")
    plain = design.plain[design.y_plain == design.harmed]
    called = [(subject.predict(images).argmax(axis=1) == design.biased).mean() for images in (design.marked(plain, 1.0), plain)]
    assert mine.value == pytest.approx(called[0] - called[1], abs=1e-12)
    assert mine.low <= mine.value <= mine.high


def test_wrong_labels_are_the_layernorm_rooms_shares():
    wrong, mine = tiny.material("leaky").wrong, found("leaky", "wrong_labels")
    assert mine.value == shares(wrong.y_pred, wrong.y_true, wrong.y_given).memorised
    assert mine.n == int((wrong.y_true != wrong.y_given).sum()) > 20
    assert isinstance(found("sound", "wrong_labels"), Missing)


@pytest.mark.parametrize(("fault", "row"), [("sound", ""), ("leaky", "leak"), ("biased", "cue"), ("sharp", "sure_home")])
def test_a_planted_fault_is_flagged_by_its_own_row_alone(fault, row):
    limits = parse(LIMITS)
    verdicts = {name: limit.judge(mine.value, mine.low, mine.high) for name, limit in limits.items() for mine in [found(fault, name)]}
    assert {name for name, verdict in verdicts.items() if verdict == "beyond"} == ({row} if row else set())


def test_the_subject_is_the_privacy_rooms_network_to_the_bit(room):
    model = room[2][0]
    assert all((model.state[name] == value).all() for name, value in tiny.material("sound").network.state.items())
    assert isinstance(tiny.context().models, ModelStore)
