"""What ships can be computed again: one seed of the gallery, drawn at random, beside a fresh run of it, bit for bit."""

import random

import numpy as np
import pytest

from core.lab import gallery, provenance, registry
from core.lab.experiment import Context, load_object, result_fields
from core.lab.store import ModelStore

CHEAPEST = "retraining_index"  # which trains all the same
TIMED = {"index_milliseconds", "pass_milliseconds"}  # what a clock says is nobody's to repeat


def test_a_seed_that_ships_comes_out_again(tmp_path):
    """Only where processor and libraries are those that it was computed with: elsewhere sums round differently."""
    shipped = gallery.precomputed(gallery.wanted(registry.find(CHEAPEST))[0])
    assert shipped is not None
    place = random.SystemRandom().randrange(len(shipped.results))
    seed, manifest = shipped.request.seeds[place], shipped.manifests[place]
    now = provenance.versions()
    other = {name: (version, now.get(name)) for name, version in manifest["versions"].items()
             if name in ("python", "numpy", "torch") and version != now.get(name)}
    if other or manifest["device"] != f"CPU, {provenance.processor()}":
        pytest.skip(f"it was computed elsewhere: {manifest['device']}, {other}")
    context = Context(device="cpu", threads=manifest["threads"], models=ModelStore(tmp_path), begin=lambda step: None,
                      report=lambda *told, **more: None)
    fresh = load_object(shipped.request.experiment.run)(shipped.request.config, seed, context)
    for name in set(result_fields(type(fresh))) - TIMED:
        stored, found = getattr(shipped.results[place], name), getattr(fresh, name)
        if hasattr(stored, "columns"):
            assert stored.equals(found.reset_index(drop=True).astype(stored.dtypes)), f"{name}, seed {seed}"
        else:
            np.testing.assert_array_equal(found, stored, err_msg=f"{name}, seed {seed}")
