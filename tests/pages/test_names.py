"""Names that come from somebody's data are text on every page: never Markdown, so that no page fetches what a name says."""

import dataclasses
import re

import pandas as pd
import pytest

from core.lab import runs
from core.lab.experiment import ROOT, result_fields
from core.lab.runs import Run, load_run, read_request
from core.lab.store import GALLERY
from pages._ui import stored

EVIL = "![seen](http://evil.test/x.png) :red[**now**]"
SHIPPED = {path.parent.name: request for path in (GALLERY / "runs").glob("*/spec.json")
           if (request := read_request(GALLERY, path.parent.name))}
ROOMS = {request.experiment.name: run for run, request in SHIPPED.items() if "classes" in result_fields(request.experiment.result)}


def poisoned(run: Run) -> Run:
    """Return a run in whose tables the name of every class is hostile."""
    names = {str(name) for result in run.results for column in ("name", "class") if column in result.classes
             for name in result.classes[column]}
    assert names

    def named(cell: object) -> object:
        return EVIL if isinstance(cell, str) and cell in names else cell

    def table(value: object) -> object:
        return value.map(named) if isinstance(value, pd.DataFrame) else value
    results = tuple(dataclasses.replace(result, **{field.name: table(getattr(result, field.name)) for field in dataclasses.fields(result)})
                    for result in run.results)
    return dataclasses.replace(run, results=results)


@pytest.mark.parametrize("room", ROOMS)
def test_class_names_are_shown_as_they_were_typed(room, open_page, monkeypatch):
    monkeypatch.setattr(stored, "load_run", lambda root, run: poisoned(load_run(root, run)))
    for module in (runs, stored):
        monkeypatch.setattr(module, "GALLERY", GALLERY)
    page = open_page(room, run=ROOMS[room])
    said = [str(text) for kind in ("title", "header", "subheader", "markdown", "caption", "metric", "table", "alert", "expander")
            for element in page.get(kind) for text in (getattr(element, "value", ""), getattr(element, "label", ""), element.proto)]
    assert len(said) > 20
    raw = re.compile(r"(?<!\\)!\[seen|(?<!\\):red\[")
    assert [text[:300] for text in said if raw.search(text)] == []


def test_the_server_listens_to_this_machine_alone():
    settings = (ROOT / ".streamlit" / "config.toml").read_text()
    assert re.search(r'^address = "localhost"', settings, re.MULTILINE)
    assert re.search(r'^allowedHosts = \["localhost", "127\.0\.0\.1", "::1"\]', settings, re.MULTILINE)
