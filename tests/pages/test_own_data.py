"""Your data on a room's page: brought, looked at before Run, used, deleted under an open page; on a laptop and on a shared server."""

import io

import numpy as np
import pytest

from core.lab import reading, uploads
from core.lab.errors import InputError
from core.lab.fitting import fitted
from core.subjects import looked
from tests.pages.conftest import press, words

NAME = "<b>holiday ![x](http:x) $a$ =1.npz"


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Files are looked at in this process, by the same readers: starting others is tested in tests/lab."""
    def look(kind, path, name):
        return looked.READERS[kind](path)

    def preview(experiment, config, chosen):
        made, said = fitted(experiment, config, chosen)
        experiment.fingerprint(made)
        return said
    monkeypatch.setattr(uploads, "look", look)
    monkeypatch.setattr(reading, "preview", preview)


def photos(n: int = 600) -> bytes:
    x, y = np.random.default_rng(0).integers(0, 256, (n, 9, 9), dtype=np.uint8), np.arange(n) % 2
    buffer = io.BytesIO()
    np.savez(buffer, x_train=x, y_train=y, x_test=x, y_test=y)
    return buffer.getvalue()


def outputs() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, logits=np.random.default_rng(0).normal(size=(600, 3)), y=np.arange(600) % 3, members=np.arange(600) < 300)
    return buffer.getvalue()


def bring(page, name: str, content: bytes):
    """Open the dialog, drop a file into it, and open it again: this runner draws whole pages alone."""
    press(page, "Your data")
    page.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    return press(page, "Your data")


def test_brought_looked_at_used_and_deleted(open_page, monkeypatch):
    """On a shared server, where nothing but named sets and uploads is taken; the other tests are a laptop's."""
    monkeypatch.setenv("GLASSHOUSE_SHARED", "1")
    page = bring(open_page("privacy"), NAME, photos())
    shown = words(page)
    assert "600 training and 600 test images of 9 x 9 x 1, 2 classes" in shown
    assert "<b>" not in shown.replace("\\<b\\>", "")
    press(page, "Use as data")
    assert page.session_state["privacy:settings"].config.dataset.startswith("npz:upload:")
    shown = words(page)
    assert "Run takes it: fitted to your data: " in shown
    assert "pool" in shown
    assert NAME in page.selectbox(key="privacy:bar:dataset").options
    press(press(page, "Your data"), "Delete")
    assert "was deleted or is another visitor's" in words(page)
    press(page, "Run")
    assert "was deleted or is another visitor's" in words(page)


def test_every_field_takes_what_fits_and_others_are_named(open_page):
    page = bring(open_page("privacy_outputs"), "said.npz", outputs())
    press(page, "Use as outputs")
    assert "Run takes it" in words(page)
    page = bring(open_page("privacy"), "said.npz", outputs())
    assert "Nothing here takes it. These do: Privacy leakage, Your outputs; Calibration, Your outputs; Scorecard, Card." in words(page)
    page = bring(open_page("scorecard"), "said.npz", outputs())
    press(page, "Use as subject")
    assert page.session_state["scorecard:settings"].config.subject.startswith("outputs:npz:upload:")


def test_what_cannot_be_read_says_why(open_page):
    page = bring(open_page("privacy"), "broken.npz", b"no zip")
    assert "numpy.savez wrote" in words(page)
    assert uploads.mine() == []


def test_a_demo_takes_nothing(open_page, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_SHARED", "demo")
    assert not [button for button in open_page("privacy").button if "Your data" in button.label]
    monkeypatch.setattr("core.lab.access._ask", lambda: "v0")
    with pytest.raises(InputError):
        uploads.keep("a.npz", photos())
