"""What ships with the house is whole, current and small."""

import math
from dataclasses import replace

import pytest

from core import __main__ as cli
from core.lab import gallery, registry, runs
from core.lab.errors import InputError
from core.lab.experiment import Shipped
from core.lab.runs import load_run, run_ids
from core.lab.store import GALLERY
from tests.lab import toy
from tests.lab.experiments import TOY, ToyConfig
from tests.lab.registered import register

FURTHER = Shipped("longer", "Toy of six models", ToyConfig(n_models=6), (0, 1, 2))


def test_the_gallery_is_neither_stale_nor_short():
    """After a change of settings, version or data: ``python -m core gallery build``."""
    assert gallery.missing() == []


@pytest.mark.parametrize("run", run_ids(GALLERY))
def test_every_entry_is_whole_and_has_three_seeds(run):
    loaded = load_run(GALLERY, run)
    assert loaded is not None
    assert len(loaded.results) >= 3
    assert all(verdict.effect.low is not None for verdict in loaded.verdicts if not math.isnan(verdict.effect.value))
    assert all(not manifest["commit"].endswith("+changes") for manifest in loaded.manifests), "build the gallery from a committed tree"


def test_every_claim_is_measured_by_an_entry():
    """An entry may leave out what costs much, as long as another of its experiment has it."""
    measured = {(run.request.experiment.name, verdict.claim.id) for folder in (GALLERY / "runs").glob("*")
                for run in [load_run(GALLERY, folder.name)] for verdict in run.verdicts if verdict.effect.low is not None}
    shipping = [experiment for experiment in registry.experiments() if gallery.wanted(experiment)]
    assert shipping
    assert {(experiment.name, claim.id) for experiment in shipping for claim in experiment.claims} <= measured


def test_the_gallery_is_light():
    assert gallery.size_bytes() < 20_000_000


def test_a_new_version_makes_it_stale(monkeypatch):
    changed = tuple(replace(experiment, version=experiment.version + 1) for experiment in registry.experiments())
    register(monkeypatch, *changed)
    assert gallery.missing()


@pytest.fixture
def own_gallery(at_once, monkeypatch, tmp_path):
    """An empty gallery for a toy that ships a further run beside its presets."""
    for module in (gallery, runs):
        monkeypatch.setattr(module, "GALLERY", tmp_path / "gallery")
    lite, full = TOY.presets
    experiment = replace(TOY, presets=(lite, replace(full, gallery_seeds=())), shipped=(FURTHER,))
    register(monkeypatch, experiment)
    return experiment


def build(*words):
    """Build the gallery by the command line; return its exit status."""
    return cli.main(["gallery", "build", *words])


def test_further_runs_are_built_beside_those_of_presets(own_gallery, capsys):
    assert len(gallery.missing()) == 2
    assert build() == 0
    assert gallery.missing() == []
    held = [gallery.precomputed(one) for one in gallery.wanted(own_gallery)]
    assert [run.request.preset for run in held] == ["lite", "longer"]
    assert [len(run.results[0].models) for run in held] == [3, 6]
    assert "complete" in capsys.readouterr().out


def test_one_further_run_is_built_by_its_name(own_gallery, capsys):
    assert build("--preset", "longer") == 1, "the preset's is still missing"
    assert "lacks toy lite" in capsys.readouterr().err
    assert [load_run(gallery.GALLERY, run).request.preset for run in run_ids(gallery.GALLERY)] == ["longer"]


def test_a_run_that_was_made_before_ships_under_its_new_name(own_gallery):
    toy.submit(FURTHER.seeds, n_models=6)  # as "custom"
    before = len(toy.run_ids())
    build("--preset", "longer")
    assert len(toy.run_ids()) == before
    assert gallery.precomputed(gallery.wanted(own_gallery)[1]) is not None


def test_what_nothing_asks_for_any_more_is_stale_and_goes(own_gallery, monkeypatch):
    build()
    register(monkeypatch, replace(own_gallery, shipped=()))
    assert "which nothing asks for" in " ".join(gallery.missing())
    gallery.prune()
    assert gallery.missing() == []
    assert len(run_ids(gallery.GALLERY)) == 1


def test_further_runs_without_seeds_are_not_there_yet(own_gallery, monkeypatch):
    later = replace(own_gallery, shipped=(replace(FURTHER, seeds=()),))
    register(monkeypatch, later)
    assert [one.name for one in gallery.chosen(None, None)] == ["lite"]
    assert gallery.chosen("toy", "longer") == []
    with pytest.raises(InputError, match=r"a preset of toy must be one of lite, full, longer, got 'nothing'\."):
        gallery.chosen(None, "nothing")
