"""What ships with the house is whole, current and small."""

import pytest

from core.lab import gallery, registry
from core.lab.runs import load_run, run_ids
from core.lab.store import GALLERY


def test_the_gallery_is_neither_stale_nor_short():
    """After a change of settings, version or data: ``python -m core gallery build``."""
    assert gallery.missing() == []


@pytest.mark.parametrize("run", run_ids(GALLERY))
def test_every_entry_is_whole_and_has_three_seeds(run):
    loaded = load_run(GALLERY, run)
    assert loaded is not None
    assert len(loaded.results) >= 3
    assert all(verdict.effect.low is not None for verdict in loaded.verdicts)
    assert all(not manifest["commit"].endswith("+changes") for manifest in loaded.manifests), "build the gallery from a committed tree"


def test_the_gallery_is_light():
    assert gallery.size_bytes() < 20_000_000


def test_a_new_version_makes_it_stale(monkeypatch):
    from dataclasses import replace
    changed = tuple(replace(experiment, version=experiment.version + 1) for experiment in registry.EXPERIMENTS)
    monkeypatch.setattr(registry, "EXPERIMENTS", changed)
    assert gallery.missing()
