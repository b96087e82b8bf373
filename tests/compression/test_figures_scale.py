"""The links of the chain: what was measured at few settings is drawn there only, and dots and lines are the means of the table."""

import dataclasses

import numpy as np
import pytest

from core.compression.figures_causes import CAUSES, cause_rows, causes
from core.compression.figures_scale import AT_FEW, link
from core.compression.frames import TRAINED, ladder
from core.lab.figure import DARK, LIGHT
from core.lab.runs import load_run
from tests.pages import compression_runs


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    home = tmp_path_factory.mktemp("links")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_HOME", str(home))
        return load_run(home, compression_runs.store(home))


def table_means(run, name, edge, settings):
    """Return the means of a column of the chain over the groups of one edge, by setting, straight from the tables."""
    keys = ["seed", "copy", "group"]
    mine = run.table("groups").query("copy == 'tail' and edge == @edge")[keys]
    chain = run.table("chain").merge(mine, on=keys)
    return chain.groupby("setting")[name].mean().reindex(settings).dropna()


@pytest.mark.parametrize("family, between", (("quantise", "w4a4"), ("prune", "p80")))
@pytest.mark.parametrize("name", AT_FEW)
def test_what_few_settings_have_is_drawn_as_dots_there(run, name, family, between):
    figure = link(run, LIGHT, family=family, name=name)
    order = [step.setting for step in ladder(run, family)] + [TRAINED[family]]
    for trace, edge in zip(figure.data, ("head", "tail"), strict=True):
        means = table_means(run, name, edge, order)
        assert set(means.index) == {"float", between, TRAINED[family]}
        assert trace.mode == "markers"
        assert [round(x - 0.1) for x in trace.x][:2] == [order.index(setting) for setting in means.index[:2]]
        assert np.asarray(trace.y) == pytest.approx(means.to_numpy())
        assert figure.layout.yaxis.range[1] > max(trace.y)


@pytest.mark.parametrize("family", ("quantise", "prune"))
def test_closeness_has_every_setting(run, family):
    figure = link(run, DARK, family=family, name="closeness")
    settings = [step.setting for step in ladder(run, family)]
    for edge, title in (("head", "largest groups"), ("tail", "smallest groups")):
        line = next(trace for trace in figure.data if trace.name == title)
        assert np.asarray(line.y) == pytest.approx(table_means(run, "closeness", edge, settings).to_numpy())
        assert len(line.y) == len(settings)


def test_a_link_that_nobody_measured_is_not_drawn(run):
    results = tuple(dataclasses.replace(one, chain=one.chain.assign(eigenvalue=np.nan)) for one in run.results)
    assert link(dataclasses.replace(run, results=results), LIGHT, name="eigenvalue") is None


def test_excess_loss_can_be_seen_against_the_trace_of_the_float_network(run):
    rows = cause_rows(run, "p80")
    known = run.table("groups").query("copy == 'tail'")
    figure = causes(run, LIGHT, family="prune", setting="p80", cause="trace")
    assert figure.layout.xaxis.title.text == CAUSES["trace"][1]
    assert sorted(np.concatenate([trace.x for trace in figure.data])) == pytest.approx(sorted(known["trace"]))
    assert len(rows) == len(known)
