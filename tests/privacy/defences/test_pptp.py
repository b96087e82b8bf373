"""PPTP: acceptance test 9 of the card, the controls' sizes, the choice of regions, and routing of two losses."""

import numpy as np
import pandas as pd
import pytest
import torch

from core.measures.gradients import gradient_norms
from core.models.regions import regions_of
from core.models.registry import build
from core.privacy.defences.defended import train_defended
from core.privacy.defences.partner import partner_loss
from core.privacy.defences.pptp import parameter_names, protect, routed, tune_region
from core.privacy.defences.region_gradient import region_norms
from core.privacy.defences.region_scan import ALL, candidates, choose_regions, region_mask, region_scan, size_matched_mask
from core.privacy.defences.rewinding import fine_tuning, first_models
from core.training.losses import cross_entropy
from tests.privacy.defences.jobs import make_job, run

FEW = {"n_pool": 100, "epochs": 3, "fine_tune_epochs": 2, "threads": 1}


@pytest.fixture(scope="module")
def job():
    return make_job("pptp", **FEW)


def mask_of(job, names):
    return region_mask(job.plain()[0].state, parameter_names(job), job.training.model, names)


@pytest.mark.parametrize("names", ["block1", "block2", "hidden", "block1+block2", "hidden+head"])
def test_frozen_regions_keep_every_bit_running_averages_included(job, names):
    prefixes = tuple(prefix for name in names.split("+") for prefix in regions_of("cnn")[name])
    for plain, model in zip(job.plain(), tune_region(job, "region", names, mask_of(job, names)), strict=True):
        changed = {name for name, value in plain.state.items() if not torch.equal(model.state[name], value)}
        assert changed
        assert all(name.startswith(prefixes) for name in changed)
        if names == "block1":
            assert "blocks.0.1.running_mean" in changed


def test_scanning_everything_is_plain_fine_tuning(job):
    loss, _ = partner_loss(job)
    tuned = train_defended(job, "pptp", {"case": "by hand"}, loss=loss, training=fine_tuning(job),
                           starts=lambda: [model.state for model in job.plain()])
    for one, other in zip(tuned, tune_region(job, "all", ALL, mask_of(job, ALL)), strict=True):
        for name, value in one.state.items():
            assert torch.equal(other.state[name], value)


def test_masks_hold_regions_and_controls_hold_as_many(job):
    total = 0
    for region in regions_of("cnn"):
        mask = mask_of(job, region)
        size = sum(int(part.sum()) for part in mask.values())
        control = size_matched_mask(mask, seed=0, name=region)
        assert sum(int(part.sum()) for part in control.values()) == size
        assert {name: part.shape for name, part in control.items()} == {name: part.shape for name, part in mask.items()}
        total += size
    assert total == sum(value.numel() for name, value in job.plain()[0].state.items() if name in parameter_names(job))
    assert not all(torch.equal(one, two) for one, two in zip(
        size_matched_mask(mask, seed=0, name="a").values(), size_matched_mask(mask, seed=0, name="b").values(), strict=True))


def test_candidates_are_regions_prefixes_suffixes_and_all():
    assert candidates("mlp") == {"first": "region", "second": "region", "head": "region", "first+second": "prefix",
                                 "second+head": "suffix", "all": "all"}
    assert len(candidates("cnn")) == 5 + 3 + 3 + 1


def test_the_scan_with_its_controls():
    job = first_models(make_job("pptp", model="mlp", **FEW))
    table = region_scan(job, lambda kind, name, mask: tune_region(job, kind, name, mask), parameter_names(job), controls=True)
    assert table.groupby("kind")["region"].nunique().to_dict() == {"all": 1, "control": 3, "prefix": 1, "region": 3, "restore": 3,
                                                                  "suffix": 1}
    sizes = table[table["target"] == 0].set_index(["kind", "region"])["n_weights"]
    assert (sizes["region"] == sizes["control"]).all()
    whole = table[table["kind"] == "region"].groupby("target")["risk_share"].sum()
    assert ((whole == 0) | np.isclose(whole, 1) | whole.isna()).all()
    row = table[(table["kind"] == "region") & (table["target"] == 1)]
    np.testing.assert_allclose(row["accuracy"] + row["utility_cost"], (row["accuracy"] + row["utility_cost"]).iloc[0])


def scan_of(*rows):
    return pd.DataFrame(rows, columns=["kind", "region", "privacy_gain", "utility_cost"])


def test_the_choice_is_the_most_private_within_the_budget():
    rows = [("region", "a", 0.05, 0.10), ("region", "b", 0.03, 0.01), ("prefix", "a+b", 0.04, 0.02), ("all", "all", 0.9, 0.0),
            ("control", "b", 0.8, 0.0)]
    assert choose_regions(scan_of(*rows), 0.02) == "a+b"
    assert choose_regions(scan_of(*rows), 0.015) == "b"
    assert choose_regions(scan_of(*rows), 0.0) == "b"  # none is affordable: the cheapest
    assert choose_regions(scan_of(*rows), 1.0) == "a"


def test_protection_trains_the_chosen_regions_only(job):
    named = make_job("pptp", pptp_regions="head+block1", pptp_rewind=True, **FEW)
    models = protect(named, "block1+head", parameter_names(named))
    for plain, model in zip(named.plain(), models, strict=True):
        assert torch.equal(model.initial_state["head.weight"], plain.initial_state["head.weight"])
        assert torch.equal(model.state["hidden.weight"], plain.state["hidden.weight"])
        assert not torch.equal(model.state["head.weight"], plain.state["head.weight"])


def test_routing_one_loss_everywhere_is_plain_training(job):
    both = train_defended(job, "pptp", {"case": "routed"}, routine=routed("cnn", "block2+head", cross_entropy()))
    for plain, model in zip(job.plain(), both, strict=True):
        for name, value in plain.state.items():
            assert torch.equal(model.state[name], value)


def test_routing_sends_each_loss_to_its_region(job):
    """A private loss without gradient leaves its regions to weight decay alone, and does not touch the others' gradient."""
    def none(logits, features, labels, epoch):
        return 0.0 * logits.sum()

    models = train_defended(make_job("pptp", weight_decay=0.0, **FEW), "pptp", {"case": "silent"}, routine=routed("cnn", "head", none))
    for model in models:
        assert torch.equal(model.state["head.weight"], model.initial_state["head.weight"])
        assert not torch.equal(model.state["hidden.weight"], model.initial_state["hidden.weight"])


def test_squared_norms_of_regions_add_up_to_that_of_all_weights():
    torch.manual_seed(0)
    network = build("cnn", n_classes=3, image_shape=(1, 12, 12), width=4).eval()
    x, y = torch.randn(60, 1, 12, 12), torch.randint(0, 3, (60,))
    parts = region_norms(network, x, y, regions_of("cnn"))
    whole = gradient_norms(network, x, y).parameters.numpy()
    np.testing.assert_allclose(np.sqrt(sum(part**2 for part in parts.values())), whole, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("schedule", ["two_phases", "joint"])
def test_the_whole_method(schedule):
    defended, _ = run("pptp", model="mlp", pptp_schedule=schedule, **FEW)
    assert len(defended.models) == 4
    assert set(defended.evidence) == {"region_scan", "region_gradient"}
    assert set(defended.evidence["region_gradient"]["region"]) == {"first", "second", "head"}
