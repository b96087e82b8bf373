"""The README's worked example, pasted as it stands into a copy of the house: it runs from the shell, and it has a page."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.lab import speed
from core.lab.experiment import ROOT
from core.lab.store import home
from core.lab.work import REFERENCE

PASTED = re.findall(r"```python\n# (\S+?)(?:: one line in (\w+))?\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
OPENED = """
from streamlit.testing.v1 import AppTest
page = AppTest.from_file({path!r}, default_timeout=60)
page.query_params["run"] = {run!r}
page.run()
assert not page.exception, page.exception
print(page.title[0].value, "|", page.header[0].value, "|", len(page.get("plotly_chart")))
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the house with the example in it."""
    place = tmp_path_factory.mktemp("house")
    for name in ("core", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, place / name)  # with what is compiled: most of the test would go into compiling it again
    shutil.copy(ROOT / "app.py", place)
    (place / "assets").symlink_to(ROOT / "assets")
    for path, table, code in PASTED:
        paste(place / path, table, code)
    return place


def paste(path: Path, table: str, code: str) -> None:
    """Write a block to its file, or its line into the table of a file that is there."""
    if not table:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
        return
    text = path.read_text(encoding="utf-8")
    begins = re.search(rf"^{table}\b.*[({{]\n", text, re.MULTILINE).end()
    path.write_text(text[:begins] + code + text[begins:], encoding="utf-8")


def python(house: Path, *words: str) -> str:
    """Return what Python prints in the copied house."""
    answer = subprocess.run([sys.executable, *words], cwd=house, capture_output=True, text=True, env=os.environ)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_it_is_short():
    lengths = [sum(bool(line.strip()) for line in code.splitlines()) for _, _, code in PASTED]
    assert [path for path, _, _ in PASTED[:3]] == [
        "core/disagreement/spec.py", "core/disagreement/experiment.py", "core/lab/registry.py"]
    assert sum(lengths[:3]) <= 40, "for the shell"
    assert sum(lengths) <= 90, "with its page"


@pytest.mark.slow
def test_it_runs_and_has_a_page(house):
    speed.keep(home(), one=REFERENCE.one, shared=REFERENCE.all)
    told = json.loads(python(house, "-m", "core", "run", "disagreement", "--set", "epochs=1", "--seeds", "0,1", "--json").splitlines()[-1])
    assert 0.0 < told["metrics"]["disagreement"]["value"] < 1.0
    assert told["metrics"]["same_seed"]["value"] == 0.0
    page = OPENED.format(path=str(house / "pages" / "disagreement.py"), run=told["run"])
    title, answer, figures = python(house, "-c", page).splitlines()[-1].split(" | ")
    assert title == "Do two trainings agree?"
    assert answer.startswith("They differ on ")
    assert figures == "1"
