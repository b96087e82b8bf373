"""The links of the chain: dots and lines are the means of the table, at every setting."""

import dataclasses

import numpy as np
import pytest

from core.compression.frames import TRAINED, ladder
from core.compression.groups.figures_causes import CAUSES, cause_rows, causes
from core.compression.groups.figures_scale import link
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


@pytest.mark.parametrize("family", ("quantise", "prune"))
@pytest.mark.parametrize("name", ("closeness", "gradient_norm", "eigenvalue", "trace"))
def test_links_have_every_setting(run, family, name):
    figure = link(run, DARK, family=family, name=name)
    settings = [step.setting for step in ladder(run, family)]
    for edge, title in (("head", "largest groups"), ("tail", "smallest groups")):
        line, trained = (trace for trace in figure.data if trace.text and title in trace.text[0])
        assert np.asarray(line.y) == pytest.approx(table_means(run, name, edge, settings).to_numpy())
        assert len(line.y) == len(settings)
        assert np.asarray(trained.y) == pytest.approx(table_means(run, name, edge, [TRAINED[family]]).to_numpy())
        assert figure.layout.yaxis.range[1] > max(line.y)


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


def test_excess_loss_can_be_seen_against_the_variance_that_logits_keep(run):
    rows = cause_rows(run, "p80")
    chain = run.table("chain").query("copy == 'tail'").pivot(index=["seed", "group"], columns="setting", values="logit_variance")
    wanted = (chain["p80"] / chain["float"]).loc[list(zip(rows["seed"], rows["group"], strict=True))]
    assert rows["variance_left"].to_numpy() == pytest.approx(wanted.to_numpy())
    assert causes(run, LIGHT, cause="variance_left").layout.xaxis.title.text == CAUSES["variance_left"][1]
