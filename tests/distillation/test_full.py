"""The ``full`` presets in slices: their own architectures, losses, augmentation and drops, on a few small images instead of CIFAR-100."""

import math

import pytest

from core.distillation import sub_network
from core.distillation.depth.experiment import run as run_depth
from core.distillation.depth.spec import DISTILLATION_DEPTH
from core.distillation.soft_labels.experiment import run as run_labels
from core.distillation.soft_labels.spec import DISTILLATION
from core.lab.config import canonical
from core.lab.experiment import Context, metrics_of

FEW = {"dataset": "fashion-mnist", "n_train": 100, "n_test": 50, "epochs": 1, "batch_size": 100, "width": 4}


@pytest.fixture(autouse=True)
def timed_once(monkeypatch):
    """Let every sub-network be timed by one pass: no number here is one of time."""
    monkeypatch.setattr(sub_network, "TIMES", 1)


class Kept(dict):
    """Networks in memory: the paper's own are a gigabyte, and that the store keeps what it is given is tested elsewhere."""

    def get(self, identity):
        return super().get(canonical(dict(identity)))

    def put(self, identity, arrays):
        self[canonical(dict(identity))] = dict(arrays)


def here() -> Context:
    return Context(device="cpu", threads=2, models=Kept(), begin=lambda step: None, report=lambda *told: None)


def test_soft_labels_with_a_resnet50_for_a_resnet18():
    full = DISTILLATION.preset("full").config
    assert (full.dataset, full.student, full.teacher, full.form) == ("cifar100", "resnet18", "torchvision:resnet50", "released_ce")
    config = full.replace(**FEW, n_validation=50, encoder_epochs=1, teacher_epochs=1, weights="0.5", temperatures="20", per_class=4)
    found = run_labels(config, 0, here())
    missing = {name for name in metrics_of(type(found)) if math.isnan(getattr(found, name))}
    assert missing == {"gain_more"}  # the paper's size is one
    assert 23e6 < found.costs.set_index("part").at["teacher", "parameters"] < 26e6
    assert found.teacher_size > 1
    assert len(found.arms) == 1 + 6 + 2 + 12


def test_depth_on_four_blocks_a_stage():
    full = DISTILLATION_DEPTH.preset("full").config
    assert (full.dataset, full.per_stage, full.most_dropped) == ("cifar100", (4, 4, 4), 9)
    found = run_depth(full.replace(**FEW, n_statistics=40, ablations=False), 0, here())
    assert set(found.depths["depth"]) == {3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
    missing = {name for name in metrics_of(type(found)) if math.isnan(getattr(found, name))}
    assert missing == {"package_more_mean", "separate_more_mean", "package_beyond_more", "no_leader_mean", "no_mutual_mean", "no_down_mean"}


def test_the_larger_set_moves_no_other_network():
    """Networks of both training sets share one pool of images; those of the smaller one are the same without the larger."""
    lite = DISTILLATION_DEPTH.preset("lite").config.replace(**FEW, n_more=150, blocks=2, most_dropped=2, ablations=False, n_statistics=40)
    both, alone = (run_depth(config, 0, here()).depths.drop(columns="milliseconds")
                   for config in (lite, lite.replace(n_more=0)))
    both = both[~both["arm"].str.startswith("more-")].reset_index(drop=True)
    assert both.equals(alone)
