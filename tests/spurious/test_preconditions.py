"""A cue that was not learned says nothing about a paper: not testable here, with what would make it testable."""

import dataclasses
from pathlib import Path

import pytest

from core.lab.runs import Run
from core.spurious.study.claims import LEARNED
from core.spurious.study.spec import SPURIOUS
from tests.pages import spurious_runs

SEEDS = (100, 101, 102, 103, 104)


def run(learned: float) -> Run:
    results = [spurious_runs.result(seed, effect=0.0) for seed in range(5)]
    results = [dataclasses.replace(one, reliance=one.reliance_clean + learned + 0.002 * seed) for seed, one in enumerate(results)]
    return Run(spurious_runs.request(seeds=SEEDS), tuple(results), (), Path("/nowhere"))


@pytest.mark.parametrize("learned", [0.0, 0.02])
def test_no_paper_is_contradicted_where_the_cue_was_not_learned(learned):
    found = run(learned).verdicts
    for verdict in found:
        if LEARNED in verdict.claim.preconditions:
            assert verdict.verdict == "not testable here", verdict.claim.id
            assert "the network learned the cue" in verdict.reason
            assert "To test it, take a stronger mark" in verdict.reason
    assert not [one.claim.id for one in found if one.claim.kind == "paper" and one.claim.source.startswith("Mulchandani")
                and one.claim.id not in ("hidden", "identifiable", "easy-carriers") and one.verdict == "contradicted"]


def test_where_it_was_learned_the_same_claims_are_tested():
    tested = [one.claim.id for one in run(0.5).verdicts if LEARNED in one.claim.preconditions and one.verdict != "not testable here"]
    assert {"hard-carriers", "difficulty", "hard-half", "severs"} <= set(tested)


def test_every_claim_of_the_cue_has_a_precondition_of_learning():
    without = {claim.id for claim in SPURIOUS.claims if not claim.preconditions}
    assert without <= {"price", "maps"}, "what pruning costs and whether maps are sound does not need the cue"
