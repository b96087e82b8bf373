"""The figure of contrasts and the answer: a collapsed network is no finding, and a decided opposite is said."""

import dataclasses

import numpy as np
import pytest

from core.compression.groups.figures_effects import alt_contrasts, contrast_rows, contrasts
from core.compression.groups.words import answer
from core.lab.figure import LIGHT
from core.lab.runs import load_run
from tests.pages import compression_runs


def stored(root, **numbers):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_HOME", str(root))
        return load_run(root, compression_runs.store(root, **numbers))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return stored(tmp_path_factory.mktemp("effects"))


def changed(run, accuracy, copy):
    """Return the run with a sure contrast at 4 bits, and with the accuracy there that is given in one copy."""
    results = []
    for place, result in enumerate(run.results):
        effects, settings = result.effects.copy(), result.settings.copy()
        effects.loc[effects["setting"] == "w4a4", "did"] = 0.3 + 0.001 * place
        settings.loc[settings["setting"] == "float", "accuracy"] = 0.9
        settings.loc[settings["setting"] == "w4a4", "accuracy"] = 0.9
        settings.loc[(settings["setting"] == "w4a4") & (settings["copy"] == copy), "accuracy"] = accuracy
        results.append(dataclasses.replace(result, effects=effects, settings=settings))
    return dataclasses.replace(run, results=tuple(results))


@pytest.mark.parametrize("copy", ("tail", "balanced"))
@pytest.mark.parametrize("accuracy, fallen", [(0.61, False), (0.59, True)])
def test_a_collapsed_network_is_no_finding(run, accuracy, fallen, copy):
    there = changed(run, accuracy, copy)
    rows = contrast_rows(there, "quantise", "did").set_index("setting")
    assert bool(rows.at["w4a4", "is_collapsed"]) == fallen
    drawn = contrasts(there, LIGHT, family="quantise")
    place = list(rows.index).index("w4a4")
    assert (drawn.data[0].marker.symbol[place] == "x-thin-open") == fallen
    assert drawn.layout.yaxis.ticktext[place].endswith("collapsed") == fallen
    assert ("4 bits" in alt_contrasts(there)) != fallen


@pytest.mark.parametrize("rounded, pruned, said", [
    (0.05, 0.05, "Small groups: "), (0.05, -0.05, "Small groups at 2 bits: "), (-0.05, -0.05, "Not small groups: ")])
def test_the_answer_says_what_is_decided(tmp_path, rounded, pruned, said):
    run = stored(tmp_path, did_qat=rounded, did_prune=pruned)
    assert answer(run).startswith(said)
    assert np.isfinite(run.estimate("did_qat").low)
