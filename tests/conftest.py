"""What every test gets: a home of its own, no meter, and threads that wait asleep."""

import os

os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # before anything imports torch

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None, database=None, derandomize="CI" in os.environ)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """No test reads or writes the results and data of whoever runs it, and only the energy tests measure energy."""
    monkeypatch.setenv("GLASSHOUSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GLASSHOUSE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("GLASSHOUSE_ENERGY", "off")
    for name in ("GLASSHOUSE_CLUSTER", "GLASSHOUSE_PARTITION", "GLASSHOUSE_CPU_SLOTS", "GLASSHOUSE_COUNTRY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"
