"""The report of a run: one page that stands alone, small, without a script, and the interactive one when it is asked for."""

import re

import pytest

from core.lab import registry
from core.lab.claims import decide
from core.lab.experiment import load_object
from core.lab.gallery import precomputed, wanted
from core.lab.report import export_html
from core.lab.standing import counts, standing, worst_first

EXPERIMENT = registry.find("privacy_defence")


@pytest.fixture(scope="module")
def run():
    """A run that ships."""
    return next(run for one in wanted(EXPERIMENT) if (run := precomputed(one)) is not None)


def test_a_report_is_small_needs_no_script_and_fetches_nothing(run):
    page = export_html(run).decode()
    assert len(page) < 1.5e6
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=['\"](?!data:)", page)
    assert page.count("<svg") == page.count("</svg>") > 3


def test_the_first_page_stands_alone(run):
    page = export_html(run).decode()
    first = page[:page.index("</header>")]
    texts = load_object(EXPERIMENT.texts)
    for said in (EXPERIMENT.question, "Of 100 training images", "How sure", "Published claims", "Not tested here", texts.untested[0]):
        assert said in first
    assert first.count("<svg") == 1


def test_the_interactive_report_carries_its_script_once(run):
    page = export_html(run, interactive=True).decode()
    assert page.count("<script>/**") == 1 or page.count("plotly.js v") == 1
    assert "Plotly.newPlot" in page


def test_the_contradicted_stand_first_and_are_named():
    claims = {claim.id: claim for claim in registry.find("privacy").claims if claim.kind == "paper" and not claim.preconditions}
    claim = next(iter(claims.values()))
    sign = 1.0 if claim.expected == "above" else -1.0
    far = 0.5 if not claim.margin else 4 * claim.margin
    names = (claim.effect, claim.control or "none")
    good = decide(claim, dict(zip(names, ([sign * far + 0.001 * n for n in range(5)], [0.0] * 5), strict=True)))
    bad = decide(claim, dict(zip(names, ([-sign * far + 0.001 * n for n in range(5)], [0.0] * 5), strict=True)))
    assert (good.verdict, bad.verdict) == ("holds", "contradicted")
    assert [one.verdict for one in worst_first([good, bad])] == ["contradicted", "holds"]
    assert standing([good, bad]) == f"Of 2 published claims 1 holds, 1 is contradicted. Contradicted: {claim.statement}."
    assert counts(["holds", "holds", "inconclusive"]) == "2 hold, 1 is open"
