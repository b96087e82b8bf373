"""What a visitor brings is looked at in a process of its own: whatever it does there, the server gets a sentence."""

import os
import signal
import sys
import time

import pytest

from core.lab import access, reading, registry
from core.lab.errors import InputError
from core.privacy.audit.spec import PRIVACY

LITE = PRIVACY.presets[0].config


@pytest.fixture
def in_app(monkeypatch):
    monkeypatch.setattr(access, "_ask", lambda: "laptop")


def test_what_the_form_offers_is_read_here(in_app, monkeypatch):
    monkeypatch.setattr(reading.subprocess, "run", None)
    assert reading.fingerprint(PRIVACY, LITE) == PRIVACY.fingerprint(LITE)


def test_another_process_says_the_same_sentence(in_app, tmp_path):
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "set.npz"
    path.write_bytes(b"no zip")
    config = LITE.replace(dataset=f"npz:{path}")
    with pytest.raises(InputError) as here:
        PRIVACY.fingerprint(config)
    with pytest.raises(InputError) as there:
        reading.fingerprint(PRIVACY, config)
    assert str(there.value) == str(here.value)
    with pytest.raises(InputError, match="GLASSHOUSE_ALLOW"):  # the rules of the app bind the reader, too
        reading.fingerprint(PRIVACY, LITE.replace(dataset="npz:/etc/passwd"))


@pytest.mark.parametrize("harm", ["kill", "sleep", "memory"])
def test_a_reader_that_is_harmed_ends_in_a_sentence(harm, in_app, tmp_path, monkeypatch):
    code = {"kill": f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})", "sleep": "import time; time.sleep(60)",
            "memory": "from core.lab import reading; reading._limit(); b'x' * (7 << 30)"}[harm]
    (tmp_path / "reader").write_text(f"#!/bin/sh\nexec {sys.executable} -c \"{code}\"\n")
    os.chmod(tmp_path / "reader", 0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "reader"))
    monkeypatch.setattr(reading, "SECONDS", 10 if harm == "memory" else 1)
    began = time.monotonic()
    with pytest.raises(InputError, match="data must be read within"):
        reading.fingerprint(PRIVACY, LITE.replace(dataset="npz:/x.npz"))
    assert time.monotonic() - began < 20
    assert registry.find("privacy") is PRIVACY
