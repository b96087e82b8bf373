"""The finding itself, on real images: hard carriers teach the cue, easy ones do not; and the room on known groups and all classes.

The margins are those that every one of three seeds kept by a factor of nearly two in a pilot.
"""

import numpy as np
import pytest

from core.data.sources import load
from core.lab.experiment import Context
from core.lab.store import ModelStore
from core.spurious.config import SpuriousConfig
from core.spurious.design import draw
from core.spurious.difficulty import learn_clean
from core.spurious.exam import ask
from core.spurious.networks import TrainingArm, make_versions, train_arms
from core.spurious.scenarios import causal_arms
from core.spurious.study import experiment


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    return Context(device="cpu", threads=2, models=ModelStore(tmp_path_factory.mktemp("store")), begin=lambda step: None,
                   report=lambda fraction, activity="", curve=None: None)


@pytest.mark.slow
def test_hard_carriers_teach_the_cue_and_easy_ones_do_not(context):
    config = SpuriousConfig(n_train=1000, epochs=6, score_epoch=2, score_runs=1)
    design = draw(load("fashion-mnist"), config, 0)
    scores = learn_clean(design, context).mean("el2n")
    arms = {arm.name: arm for arm in causal_arms(design, scores) if arm.name in ("clean", "easiest", "hardest")}
    versions = make_versions(design.x, design.y, {name: arm.version for name, arm in arms.items()})
    networks = train_arms(versions, {name: TrainingArm(name, arm.kept) for name, arm in arms.items()}, config, seed=0, n_classes=2,
                          context=context)
    found = ask(networks, design.exam(config.strength, config.carrier_share, "main"), design, context)
    assert arms["hardest"].carriers.sum() == 20
    assert found["hardest"]["reliance"] - found["easiest"]["reliance"] > 0.4
    assert found["easiest"]["reliance"] < found["clean"]["reliance"] + 0.15
    assert found["hardest"]["reliance_unmarked"] < found["clean"]["reliance_unmarked"] + 0.1
    assert found["hardest"]["average_accuracy"] > found["clean"]["average_accuracy"] - 0.03


@pytest.fixture(scope="module")
def grouped(tmp_path_factory):
    """Three classes of noise; class 0 is bright, and a bright corner is the attribute of half of class 0 and of some of class 1."""
    rng, arrays = np.random.default_rng(0), {}
    for part, n in (("train", 60), ("test", 30)):
        y = np.repeat(np.arange(3), n)
        x = rng.integers(0, 120, (len(y), 12, 12, 1)) + 60 * (y == 0)[:, None, None, None]
        attribute = (np.arange(len(y)) % 2 == 0) & (y == 0) | (np.arange(len(y)) % 5 == 0) & (y == 1)
        x[attribute, :2, :2] = 255
        arrays |= {f"x_{part}": x.astype(np.uint8), f"y_{part}": y, f"attribute_{part}": attribute.astype(int)}
    path = tmp_path_factory.mktemp("data") / "groups.npz"
    np.savez(path, **arrays)
    return SpuriousConfig(
        dataset=f"npz:{path}", cue="attribute", biased_class=0, harmed_class=1, classes="all", n_train=60, n_validation=8,
        epochs=2, score_epoch=2, model="mlp", width=4, batch_size=20, sweep="0.25", budget="steps", precision="float32")


def test_known_groups_and_all_classes(grouped, context):
    result = experiment.run(grouped, 0, context)
    sweep = result.sweep.set_index(["scenario", "rule", "share"])
    assert set(result.sweep["scenario"]) == {"main", "noisy"}
    n_carriers = sweep.loc[("main", "none", 0.0), "n_carriers"]
    assert 20 <= n_carriers <= 30
    assert sweep.loc[("main", "oracle_hardest", 1.0), "n_carriers_left"] == 0
    assert (result.causal.set_index("block")["n_carriers"].drop("clean") == 1).all()
    assert np.isnan(result.hidden_reliance)
    assert np.isnan(result.attribution_before)
    assert len(result.maps), "maps can be looked at although the cue has no place"
    assert set(result.rivals["method"]) == {"erm", "jtt", "group_dro", "hardest", "random", "oracle_hardest"}
    assert result.classes["role"].tolist() == ["biased", "harmed", "other"]
    assert sweep.loc[("main", "hardest", 0.5), "epochs"] == 4, "as many steps as without pruning"
    assert sweep.loc[("main", "hardest", 0.5), "steps"] == sweep.loc[("main", "none", 0.0), "steps"]
