"""The two experiments on small networks, end to end: what comes back, what is not trained twice, what the figures draw."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.lab.config import to_dict
from core.lab.experiment import Context, metrics_of, result_fields
from core.lab.figure import DARK, LIGHT, Look
from core.lab.runs import Request, Run
from core.privacy.defence import experiment as one
from core.privacy.defence.config import DefenceConfig
from core.privacy.defence.figures import FIGURES
from core.privacy.defence.result import DefenceResult
from core.privacy.defence.spec import PRIVACY_DEFENCE
from core.privacy.defence.words import answer
from core.privacy.defences.evidence import SCHEMAS
from core.privacy.map import experiment as every
from core.privacy.map.answer import answer as map_answer
from core.privacy.map.config import MapConfig
from core.privacy.map.figures import FIGURES as MAP_FIGURES
from core.privacy.map.headline import accuracy_at_equal_leakage
from core.privacy.map.result import MapResult
from core.privacy.map.spec import PRIVACY_MAP
from tests.privacy.defences.jobs import Shelf, patterns

TINY = {"n_reference_models": 3, "n_pool": 100, "n_population": 100, "width": 4, "epochs": 2, "batch_size": 25, "fine_tune_epochs": 1,
        "precision": "float32", "dataset": "npz:patterns.npz"}
LOOKS = {"light": LIGHT, "dark": DARK, "projector": Look(LIGHT.ink, 1.4)}
SHELF = Shelf()


def context(shelf=SHELF):
    return Context(device="cpu", threads=1, models=shelf, begin=lambda step: None, report=lambda *a, **k: None)


@pytest.fixture(scope="module")
def toy():
    """Both experiments read the patterns instead of a data set."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (one, every):
            patch.setattr(module, "load", lambda source: patterns())
        yield


@pytest.fixture(scope="module")
def runs(toy):
    """Methods of the lab, and the one with a guarantee."""
    names = ("relaxloss", "srcm", "rewinding", "pptp")
    found = {name: finished(PRIVACY_DEFENCE, DefenceConfig(defence=name, **TINY), one.run) for name in names}
    private = DefenceConfig(defence="dp_sgd", model="cnn_groupnorm", **TINY)
    return found | {"dp_sgd": finished(PRIVACY_DEFENCE, private, one.run)}


@pytest.fixture(scope="module")
def whole_map(toy):
    """The six curves of the lite map."""
    return finished(PRIVACY_MAP, MapConfig(**TINY), every.run)


def finished(experiment, config, run, seeds=(0,)):
    results = tuple(run(config, seed, context()) for seed in seeds)
    return Run(Request(experiment, config, seeds, "toy", "lite", "cpu", 0.0), results, (), Path("/nowhere"))


@pytest.mark.parametrize("name", ["relaxloss", "srcm", "rewinding", "pptp"])
def test_one_defence_gives_everything_that_the_record_promises(runs, name):
    result = runs[name].results[0]
    assert isinstance(result, DefenceResult)
    for field in metrics_of(DefenceResult):
        assert isinstance(getattr(result, field), float)
    for table, schema in SCHEMAS.items():
        assert list(getattr(result, table).columns) == list(schema)
    assert result.auc_drop == pytest.approx(result.auc_plain - result.auc)
    assert result.accuracy_cost == pytest.approx(result.test_accuracy_plain - result.test_accuracy)
    assert set(result.roc["which"]) == {"plain", "defended"}
    shown = {"relaxloss": "loss_levels", "srcm": "ring_occupancy", "rewinding": "rewind_sweep", "pptp": "region_scan"}
    for method, table in shown.items():
        assert (len(getattr(result, table)) > 0) == (method == name)


def test_all_defences_share_the_same_plain_models(runs):
    values = {run.results[0].auc_plain for name, run in runs.items() if name != "dp_sgd"}  # which has another network
    assert len(values) == 1


def test_a_stored_plain_model_is_never_trained_again(runs):
    puts = SHELF.puts
    again = one.run(DefenceConfig(defence="srcm", **TINY), 0, context())
    assert SHELF.puts == puts
    for field in metrics_of(DefenceResult):
        np.testing.assert_equal(getattr(again, field), getattr(runs["srcm"].results[0], field))


def test_the_map_holds_every_point_and_a_baseline(whole_map):
    result = whole_map.results[0]
    assert isinstance(result, MapResult)
    counts = result.points["curve"].value_counts().to_dict()
    assert counts.pop("plain") == 1
    assert counts.pop("early_stopping") >= 2
    assert counts == dict.fromkeys(("relaxloss", "srcm", "crl", "rewinding", "pptp", "label_smoothing"), 3)
    # networks that learned next to nothing leave curves that share no range of leakage
    may_be_open = {"gap_correlation", "gap_correlation_shuffled", "crl_advantage", "relaxloss_itself", "norm_correlation",
                   "gap_correlation_same"}
    assert not np.isnan([getattr(result, name) for name in set(metrics_of(MapResult)) - may_be_open]).any()
    last = result.points[result.points["curve"] == "early_stopping"].sort_values("strength").iloc[-1]
    plain = result.points[result.points["curve"] == "plain"].iloc[0]
    assert last["auc"] == pytest.approx(plain["auc"], abs=1e-6)
    assert last["test_accuracy"] == pytest.approx(plain["test_accuracy"], abs=1e-6)


def test_every_claim_is_judged(whole_map):
    for verdict in whole_map.verdicts:
        assert verdict.verdict in ("inconclusive", "not testable here")  # one seed decides nothing
        assert verdict.p is None
    assert {claim.id for claim in PRIVACY_MAP.claims} >= {"s1", "s2", "s3", "c1", "c2", "c3", "w1", "w2", "w3", "p1", "p2", "gap"}


def test_curves_that_were_not_asked_for_leave_their_effects_open(toy):
    result = every.run(MapConfig(defences="relaxloss", **TINY), 0, context())
    assert np.isnan(result.srcm_drop)
    assert np.isnan(result.region_spread)
    assert np.isnan(result.rewind_over_zero)
    assert not np.isnan(result.norm_auc)


def test_what_is_read_from_the_tables_by_hand(whole_map):
    points = pd.DataFrame({
        "curve": ["plain", "crl", "srcm", "rewinding", "early_stopping"], "position": [-1, 1, 1, 1, 0], "auc": [0.9, 0.8, 0.7, 0.6, 0.5],
        "feature_norm_auc": [0.6, 0.55, 0.9, 0.5, np.nan], "loss_gap": [1.0, 2.0, 9.0, 3.0, np.nan],
        "test_accuracy": [0.8, 0.79, 0.78, 0.75, 0.7]})
    sweep = pd.DataFrame({"arm": ["no_rewind", "tune_others", "tune_others"], "rate": [0.0, 1.0, 3.0], "auc_loss": [0.7, 0.65, 0.6]})
    result = dataclasses.replace(whole_map.results[0], points=points, rewind_sweep=sweep)
    assert (result.norm_correlation, result.gap_correlation_same) == pytest.approx((1.0, -1.0)), "without the ring and what has no length"
    assert (result.rewinding_accuracy, result.auc_loss_tuned, result.auc_loss_rewound_few) == (0.75, 0.7, 0.65)


def test_curves_are_compared_at_equal_leakage():
    lower = [(0.5, 0.7), (0.9, 0.9)]
    assert accuracy_at_equal_leakage([(0.5, 0.75), (0.9, 0.95)], lower) == pytest.approx(0.05)
    assert accuracy_at_equal_leakage(lower, lower) == 0.0
    # only the shared range counts: from .7 to .9 the second lies at .8 to .9, the first at 1.0
    assert accuracy_at_equal_leakage([(0.7, 1.0), (0.95, 1.0)], lower) == pytest.approx(0.15, abs=1e-3)
    assert np.isnan(accuracy_at_equal_leakage([(0.1, 0.5), (0.2, 0.6)], lower))


def cases(runs, whole_map):
    return [(figure, run) for run in runs.values() for figure in FIGURES] + [(figure, whole_map) for figure in MAP_FIGURES]


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_figures_are_coloured_and_ranged(runs, whole_map, look):
    drawn = set()
    for figure, run in cases(runs, whole_map):
        plot = figure.draw(run, look)
        if plot is None:
            continue
        drawn.add(figure.id)
        layout = plot.to_dict()["layout"]
        assert layout["font"]["color"] == look.ink
        for axis in (axis for name, axis in layout.items() if re.fullmatch(r"[xy]axis\d*", name)):
            assert "range" in axis, figure.id
            assert len(axis["title"].get("text", "")) < 33
        assert all(note["font"]["color"] == look.ink for note in layout.get("annotations", ()))
    assert drawn == {figure.id for figure in (*FIGURES, *MAP_FIGURES)}


def test_descriptions_are_one_short_sentence(runs, whole_map):
    for figure, run in cases(runs, whole_map):
        said = figure.alt(run)
        assert 20 < len(said) < 160, figure.id
        assert "nan" not in said
        assert not re.search(r"[<>*_`]", said)


def test_answers_name_the_defence_and_say_that_one_seed_decides_nothing(runs, whole_map):
    assert answer(runs["srcm"]).startswith("Not decided: SRCM takes the attack from AUC")
    assert map_answer(whole_map).startswith("Not decided: for two points")


def test_every_field_is_described_once():
    for result in (DefenceResult, MapResult):
        assert set(result_fields(result)) == {field.name for field in dataclasses.fields(result)}
    assert set(to_dict(MapConfig())) - {"defences"} <= set(to_dict(DefenceConfig()))
