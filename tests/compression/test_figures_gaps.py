"""The figures of gaps: what they draw is what the tables hold, with an interval around it."""

import numpy as np
import pytest

from core.compression.frames import all_steps
from core.compression.groups.figures_gaps import alt_gaps, gap_rows, gaps
from core.lab.figure import LIGHT
from core.lab.runs import load_run
from tests.pages import compression_runs


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    home = tmp_path_factory.mktemp("gaps")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_HOME", str(home))
        return load_run(home, compression_runs.store(home))


@pytest.mark.parametrize("family", ("quantise", "prune"))
@pytest.mark.parametrize("measure", ("gap", "disparity"))
def test_intervals_hold_the_mean_of_the_table(run, family, measure):
    steps = all_steps(run, family)
    found = gap_rows(run, steps, "tail", measure)
    table = run.table("settings")
    means = table[table["copy"] == "tail"].groupby("setting")[measure].mean()
    assert found["value"].to_numpy() == pytest.approx(means[found["setting"]].to_numpy())
    assert (found["low"] <= found["value"] + 1e-12).all()
    assert (found["high"] >= found["value"] - 1e-12).all()
    if measure == "gap":
        assert (found["high"] > found["low"])[found["value"] < 1].all(), "40 test images a group leave room"
    figure = gaps(run, LIGHT, family=family, measure=measure)
    assert {trace.name for trace in figure.data if trace.name} == {"long tail", "balanced copy"}
    assert np.isfinite(figure.layout.yaxis.range[1])


def test_the_sentence_says_both_numbers(run):
    assert alt_gaps(run, "gap").startswith("Gap between best and worst group: ")
    assert alt_gaps(run, "disparity").startswith("Widest difference of excess losses: 0 nats in float, ")
