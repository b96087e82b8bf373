"""Experiments of a test's own, where the registry can find them: it knows specs by the place of their text only."""

import pytest

from core.lab import registry
from core.lab.experiment import Experiment


def register(monkeypatch: pytest.MonkeyPatch, *experiments: Experiment) -> None:
    """Make the registry hold exactly these, in this process."""
    for experiment in experiments:
        monkeypatch.setitem(globals(), experiment.name, experiment)
    monkeypatch.setattr(registry, "SPECS", {experiment.name: f"{__name__}:{experiment.name}" for experiment in experiments})
