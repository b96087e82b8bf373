"""What every test gets: a home of its own, no meter, and threads that wait asleep. Under CI nothing may be skipped."""

import os

os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # before anything imports torch
# No test reaches out: whatever asks for another machine is refused by this one at once, instead of waiting for a network.
os.environ |= dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
os.environ |= {"no_proxy": "localhost,127.0.0.1,::1", "NO_PROXY": "localhost,127.0.0.1,::1", "HF_HUB_OFFLINE": "1"}

import pytest
from hypothesis import settings

from core.lab import devices

IN_CI = os.environ.get("CI") == "true"

settings.register_profile("house", deadline=None, database=None, derandomize=IN_CI)
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


def pytest_collection_modifyitems(items):
    """Begin with what waits most, so that no worker is left alone with it at the end; skip what needs a GPU where there is none."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in ("browser", "slurm")))
    if devices.cuda_devices() == 0:
        for item in items:
            if item.get_closest_marker("gpu"):
                item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))


def _skipping_fails(report):
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"Nothing may be skipped in CI. {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Turn a skipped test into a failed one in CI."""
    return _skipping_fails((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Turn a skipped module into a failed one in CI."""
    return _skipping_fails((yield))
