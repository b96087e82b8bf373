"""What a card must say about itself, over all claims of the house and all runs that ship."""

import pytest

from core.lab import gallery, registry
from core.lab.claims import LOOKED, NEEDS
from core.lab.experiment import metrics_of

LATER = ("privacy_outputs",)  # built since, from the start under today's rules
OLD = [one for one in registry.experiments() if one.name not in LATER and
       one.name.split("_")[0] in ("privacy", "spurious", "layernorm", "compression", "safety") and one.claims]
SHIPPED = [one for experiment in registry.experiments() for one in gallery.wanted(experiment)]


@pytest.mark.parametrize("experiment", OLD, ids=lambda one: one.name)
def test_what_was_set_after_looking_says_so(experiment):
    for claim in experiment.claims:
        if claim.margin_date == LOOKED[0]:
            assert LOOKED in claim.changes, claim.id
        elif claim.preconditions:
            assert NEEDS in claim.changes, claim.id


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: f"{one.experiment.name} {one.name}")
def test_no_share_stands_with_an_interval_of_width_zero(one):
    run = gallery.precomputed(one, whole=False)
    if run is None:
        assert one.gpu, "python -m core gallery build"
        return
    for name, found in run.estimates().items():
        if found.low is not None and found.low == found.high:
            assert metrics_of(one.experiment.result)[name].unit != "%", name
    for verdict in run.verdicts:
        if verdict.verdict in ("holds", "contradicted", "weaker than published"):
            assert verdict.difference.low < verdict.difference.high, verdict.claim.id
