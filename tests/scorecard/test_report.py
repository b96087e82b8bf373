"""The report: one page without a network, its JSON twin by its schema, the model card, the command line's exit statuses."""

import contextlib
import io
import json
import re

import jsonschema
import pytest
from huggingface_hub import ModelCard

from core.__main__ import main
from core.lab.runs import load_run, locate
from core.scorecard import reading
from core.scorecard.report import content, pdf, svg
from core.scorecard.report.page import Signature, page
from core.scorecard.report.schema import SCHEMA

ASKED = ["run", "scorecard", "--set", "subject=outputs:example", "--set"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A place for results that the tests of this file share: the first run computes, the others read what was kept."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def shared(home, own_home, monkeypatch):
    """The shared place as this test's own."""
    monkeypatch.setenv("GLASSHOUSE_HOME", str(home))
    return home


@pytest.fixture(scope="module")
def told(home):
    """What the shell says of a card with a limit that is exceeded."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.setenv("GLASSHOUSE_HOME", str(home))
        assert main([*ASKED, "limits=hiring+worst_group>=99%", "--json"]) == 3
    return json.loads(said.getvalue().splitlines()[-1])


@pytest.fixture
def run(shared, told):
    root, name = locate(told["run"])
    return load_run(root, name)


def test_exit_status_three_where_a_limit_is_exceeded_and_zero_where_not(shared, told, capsys):
    assert told["limits"]["beyond"] == ["worst_group"]
    assert told["limits"]["not_measured"] == ["cue", "leak", "pruned", "rounded"]
    assert told["limits"]["within"] == ["sure_home"]
    assert main([*ASKED, "limits=worst_group>=72.6%+sure_home<=30%"]) == 0, "an interval that reaches across decides nothing"
    assert "Within         Calibration error, home" in capsys.readouterr().out
    assert main([*ASKED, "limits=gold"]) == 2
    assert main(["run", "scorecard", "--set", "subject=outputs:npz:/nowhere.npz"]) == 2


def test_the_page_needs_no_network_and_describes_its_figures(run):
    made = page(run, 0, Signature("Ada <b>", "Reviewer", "2026-11-29", "fine")).decode()
    assert len(made) < 1_500_000
    assert "<script" not in made
    assert set(re.findall(r"(?:src|href)=", made)) == set()
    assert set(re.findall(r"https?://[^\s\"']+", made)) <= {"http://www.w3.org/2000/svg"}
    assert made.count("<svg") == len(re.findall(r"<svg [^>]*role=\"img\" aria-label=\"[^\"]{20,}\"", made)) >= 3
    assert "Ada &lt;b&gt;" in made
    assert content.record(run)["sha256"] in made
    for said in ("What was not looked at", "Before signing", "138 of 190 rows of class 6", "set on 2026-11-29", "needs the network itself"):
        assert said in made


def test_the_twin_keeps_its_schema_and_its_hash(run):
    found = json.loads(json.dumps(content.record(run), allow_nan=False))
    jsonschema.validate(found, dict(SCHEMA))
    assert content.digest(found) == found["sha256"]
    assert content.digest(found | {"answer": "Within"}) != found["sha256"]
    assert [row["row"] for row in found["rows"]] == [line.lens.id for line in reading.card(run)]


def test_the_model_card_reads_as_one(shared, told, tmp_path):
    assert main(["export", told["run"], "--to", str(tmp_path / "card.md")]) == 0
    card = ModelCard.load(tmp_path / "card.md")
    results = {one.metric_type: one.metric_value for one in card.data.eval_results}
    assert results["worst_group"] == "72.6% (62.7% to 81.2%)"
    assert "138 of 190" in (tmp_path / "card.md").read_text()


@pytest.mark.skipif(pdf.browser() is None, reason="no Chromium at hand")
def test_on_paper_it_takes_at_most_four_pages(run):
    made = pdf.pdf(page(run))
    assert made.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page[^s]", made)) <= 4


def test_without_a_browser_the_remedy_is_told(monkeypatch, shared, told, tmp_path, capsys):
    monkeypatch.setattr(pdf, "browser", lambda: None)
    assert main(["export", told["run"], "--to", str(tmp_path / "card.pdf")]) == 2
    assert "export .html and print that" in capsys.readouterr().err
    assert not (tmp_path / "card.pdf").exists()


def test_a_file_is_named_by_its_name_alone():
    assert reading.title_of("outputs:npz:/home/somebody/release 2.npz") == "release 2.npz"


@pytest.mark.parametrize("start, end, anchor", [(20, 60, "start"), (380, 440, "end"), (12, 450, "start")], ids=["after", "before", "upon"])
def test_the_name_of_a_band_is_never_cut(start, end, anchor):
    drawn = svg._beside(start, end, 40, "careful (3)", svg.ON_PAPER)
    x = float(re.search(r'x="([\d.]+)"', drawn)[1])
    reach = 6.8 * len("careful (3)")
    left, right = (x, x + reach) if anchor == "start" else (x - reach, x)
    assert f'text-anchor="{anchor}"' in drawn
    assert left >= 0
    assert right <= svg.WIDTH
