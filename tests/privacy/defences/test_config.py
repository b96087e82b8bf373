"""Settings of defences: every method takes its own values, and what does not go together gets one sentence."""

import pytest

from core.lab.errors import InputError
from core.lab.experiment import load_object
from core.privacy.defence.config import DefenceConfig
from core.privacy.defences import DEFENCES
from core.privacy.defences.evidence import SCHEMAS, complete, evidence_table
from core.privacy.map.config import MapConfig
from core.privacy.map.curves import CURVES, chosen_curves

BAD = {
    "a defence that is none": ({"defence": "prayer"}, "defence must be one of relaxloss, srcm"),
    "a strength outside the knob": ({"defence": "relaxloss", "strength": 99.0}, r"strength of relaxloss \(loss level\) must lie in"),
    "a region that the model lacks": ({"pptp_regions": "stem"}, "a region of cnn must be one of block1"),
    "a rate above 100 %": ({"rewind_rate": 100.5}, r"rewind_rate must lie in \[0, 100\], got 100.5"),
    "a rate below 0 %": ({"rewind_rate": -1.0}, r"rewind_rate must lie in \[0, 100\], got -1"),
    "protection by cross-entropy": ({"defence": "pptp", "partner": "cross_entropy"}, "partner must be relaxloss or ccl"),
    "too concave a partner": ({"defence": "rewinding", "partner": "ccl", "strength": 2.0}, "strength must be at most 1 where CCL"),
    "a head where another is put": ({"model": "cnn+srcm(15,5,inner,unit,pre,clip)"}, "model must be one without a head"),
    "epsilon without delta": ({"defence": "dp_sgd", "model": "mlp", "dp_delta": 0.0}, "dp_delta = 0 beside epsilon = 4:"),
    "a level out of reach": ({"defence": "crl", "crl_temperature": 5.0}, "loss level of CRL must be at least 2.1.*got 0.6: lower t"),
    "the same with more classes": ({"defence": "crl", "strength": 0.3, "dataset": "cifar100", "crl_temperature": 0.2},
                                   "on 100 classes, got 0.3: lower t"),
    "DP-SGD with BatchNorm": ({"defence": "dp_sgd"}, "BatchNorm"),
    "the same from torchvision": ({"defence": "dp_sgd", "model": "torchvision:resnet18"}, "BatchNorm, got torchvision:resnet18"),
}


@pytest.mark.parametrize("settings, sentence", BAD.values(), ids=BAD)
def test_bad_settings_get_one_sentence(settings, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        DefenceConfig(**settings)
    said = str(caught.value)
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("defence", DEFENCES, ids=lambda defence: defence.id)
def test_every_record_is_whole(defence):
    assert callable(load_object(defence.train))
    assert len(set(defence.values)) == 3
    assert defence.explanation.endswith(".")
    assert defence.knob.low > 0
    for value in (*defence.values, 0.0):
        assert defence.knob.low <= defence.strength_of(value) <= defence.knob.high
    assert defence.strength_of(0.0) == defence.values[1]


def test_the_lab_says_what_it_had_to_guess():
    kinds = {defence.id: defence.provenance for defence in DEFENCES}
    assert kinds["srcm"] == kinds["rewinding"] == "reconstructed"
    assert kinds["pptp"] == "our reading of the abstract"
    assert kinds["crl"] == kinds["relaxloss"] == "as published"


def test_curves_of_the_map_are_checked_before_anything_is_trained():
    assert [curve.id for curve in chosen_curves("crl+relaxloss")] == ["relaxloss", "crl"]
    with pytest.raises(InputError, match="defences must be names out of relaxloss"):
        MapConfig(defences="relaxloss+early_stopping")
    with pytest.raises(InputError, match="BatchNorm"):
        MapConfig(defences="dp_sgd")
    assert {"srcm_relaxloss", "rewinding_ccl"} <= {curve.id for curve in CURVES}


def test_combinations_are_as_strong_as_the_partner_alone():
    values = {curve.id: curve.values for curve in CURVES}
    assert values["srcm_relaxloss"] == values["relaxloss"] == (0.3, 0.6, 1.0)
    assert values["rewinding_ccl"] == values["ccl"] == (0.5, 0.75, 0.95)


def test_the_network_follows_the_defence():
    config, why = DefenceConfig().following({"defence": "dp_sgd"})
    assert (config.defence, config.model) == ("dp_sgd", "cnn_groupnorm")
    assert why == "DP-SGD needs a network without BatchNorm, so the model is now: Small CNN, GroupNorm."
    back, why = config.following({"defence": "crl"})
    assert back == DefenceConfig(defence="crl")
    assert "usual one again" in why
    assert config.replace(model="mlp").following({"defence": "crl"})[0].model == "mlp", "that was the visitor's own choice"
    assert DefenceConfig(model="mlp").following({"defence": "dp_sgd"}) == (DefenceConfig(defence="dp_sgd", model="mlp"), "")
    assert DefenceConfig(model="cnn_groupnorm").following({"defence": "crl"}) == (DefenceConfig(defence="crl", model="cnn_groupnorm"), "")
    with pytest.raises(InputError, match="BatchNorm"):
        DefenceConfig().following({"defence": "dp_sgd", "model": "resnet20"})
    with pytest.raises(InputError, match="BatchNorm"):
        config.following({"model": "cnn"})


def test_a_strength_belongs_to_its_defence():
    strong = DefenceConfig(strength=1.0)
    assert strong.following({"defence": "crl"})[0] == DefenceConfig(defence="crl")
    assert "middle" in strong.following({"defence": "crl"})[1]
    assert strong.following({"defence": "crl", "strength": 0.3}) == (DefenceConfig(defence="crl", strength=0.3), "")
    assert strong.following({"epochs": 4}) == (DefenceConfig(strength=1.0, epochs=4), "")
    assert strong.following({"defence": "relaxloss"}) == (strong, "")


def test_the_network_of_a_map_follows_its_curves():
    config, why = MapConfig().following({"defences": "relaxloss+dp_sgd"})
    assert config.model == "cnn_groupnorm"
    assert "DP-SGD needs" in why
    assert config.following({"defences": "relaxloss"})[0] == MapConfig(defences="relaxloss")
    assert MapConfig().following({"epochs": 4}) == (MapConfig(epochs=4), "")
    with pytest.raises(InputError, match="must be names"):
        MapConfig().following({"defences": "prayer"})


def test_a_point_of_the_map_is_a_run_of_its_defence():
    point = MapConfig().point(next(curve for curve in CURVES if curve.id == "srcm_relaxloss"), 0.3)
    assert (point.defence, point.strength, point.srcm_relax_level) == ("srcm", 0.0, 0.3)


def test_evidence_has_one_schema():
    tables = complete({"region_gradient": evidence_table("region_gradient", {"target": 0, "region": ["a", "b"], "auc": 0.5})})
    assert set(tables) == set(SCHEMAS)
    assert tables["region_gradient"]["auc"].tolist() == [0.5, 0.5]
    assert all(len(table) == 0 for name, table in tables.items() if name != "region_gradient")
    for name, table in tables.items():
        assert list(table.columns) == list(SCHEMAS[name])
    with pytest.raises(ValueError, match="must have the columns"):
        evidence_table("epsilon", {"epsilon": 1.0})
    with pytest.raises(ValueError, match="evidence must be one of"):
        complete({"hearsay": tables["epsilon"]})
