"""Opening any page imports no torch and little of scipy: the server stays small and fast. Looked at in a process of its own."""

import json
import subprocess
import sys

from core.lab.experiment import ROOT
from tests.architecture.source import PAGES, PRODUCT, module

HEAVY = ("torch", "torchvision", "captum", "transformers", "opacus", "sklearn", "matplotlib",
         "scipy.stats", "scipy.optimize", "scipy.ndimage")  # of scipy only what intervals need: the rest is 58 MB of a server
READ_BY_PAGES = ("spec.py", "texts.py", "words.py", "plain.py", "claims.py", "config.py", "result.py", "curves.py")
TORCH_FREE = [path for path in PRODUCT
              if path.startswith(("core/lab/", "core/data/")) or path.endswith(READ_BY_PAGES) or "/figures" in path]
MEGABYTES = 320  # after every page once; 282 on 29 November, of which 200 are Streamlit, pandas, Arrow, Altair, Plotly and SciPy
REPORT = f"print(json.dumps(sorted(set({HEAVY!r}) & set(sys.modules))))"


def loaded_by(code: str) -> list[str]:
    """Return which heavy packages a piece of code has imported."""
    script = f"import json, sys\n{code}\n{REPORT}"
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout.splitlines()[-1])


def test_the_worker_until_it_runs():
    """It waits for its slot before it imports torch: a queue of ten workers must not hold ten copies."""
    assert loaded_by("import core.lab.worker") == []


def test_the_command_line_until_it_runs():
    assert loaded_by("import core.__main__") == []


def test_pages_and_then_lab_data_specs_texts_and_figures():
    """Not imported but opened, one after the other, by Streamlit's own test runner; the first that loads something heavy is named."""
    names = [module(path) for path in TORCH_FREE if path != "core/lab/worker.py"]
    assert len(names) > 100
    code = f"""
import importlib, os
from streamlit.testing.v1 import AppTest
for path in {["app.py", *PAGES]!r}:
    page = AppTest.from_file({str(ROOT)!r} + "/" + path, default_timeout=300).run()
    assert not page.exception, (path, page.exception)
    assert not set({HEAVY!r}) & set(sys.modules), f"{{path}} loads {{set({HEAVY!r}) & set(sys.modules)}}"
size = int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if os.path.exists("/proc") else 0.0
assert size < {MEGABYTES}, f"{{size:.0f}} MB after every page"
for name in {names!r}:
    importlib.import_module(name)
"""
    assert loaded_by(code) == []
