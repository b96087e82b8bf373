import math
import sys
import types

import pytest

from core.lab import energy
from core.lab.errors import InputError


class Tracker:
    """A stand-in for codecarbon's tracker: reads 1 kWh more at each look, and fails where it is told to."""

    broken = ""

    def __init__(self, **settings):
        self.settings, self._total_energy, self.stopped = settings, types.SimpleNamespace(kWh=0.0), False
        Tracker.last = self
        if self.broken == "init":
            raise RuntimeError("no sensor")

    def start(self):
        if self.broken == "start":
            raise OSError("no sensor")

    def flush(self):
        if self.broken == "flush" and self._total_energy.kWh:
            raise ValueError("the sensor went away")
        self._total_energy.kWh += 1.0
        return 0.4 * self._total_energy.kWh

    def stop(self):
        self.stopped = True
        if self.broken == "stop":
            raise RuntimeError("no sensor")


@pytest.fixture
def tracker(monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_ENERGY", "on")
    monkeypatch.setitem(sys.modules, "codecarbon", types.SimpleNamespace(OfflineEmissionsTracker=Tracker))
    monkeypatch.setattr(Tracker, "broken", "")
    return Tracker


def test_a_sound_meter(tracker, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_COUNTRY", "FRA")
    with energy.metered() as meter:
        assert meter.read() == energy.Energy(1.0, 0.4)
        assert meter.read() == energy.Energy(2.0, 0.8)
    assert tracker.last.stopped
    assert tracker.last.settings["country_iso_code"] == "FRA"
    assert tracker.last.settings["output_methods"] == []


@pytest.mark.parametrize("broken", ["init", "start", "flush", "stop"])
def test_a_broken_meter_costs_its_reading_only(tracker, monkeypatch, broken):
    monkeypatch.setattr(Tracker, "broken", broken)
    with energy.metered() as meter:
        readings = [meter.read() for _ in range(3)]
    if broken == "stop":
        assert readings[0] == energy.Energy(1.0, 0.4)
    else:
        assert math.isnan(readings[-1].energy_kwh)
        assert math.isnan(readings[-1].co2_kg)


def test_a_missing_library_costs_the_reading_only(monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_ENERGY", "on")
    monkeypatch.setitem(sys.modules, "codecarbon", None)
    with energy.metered() as meter:
        assert math.isnan(meter.read().energy_kwh)


def test_the_job_s_own_error_passes(tracker):
    with pytest.raises(ZeroDivisionError), energy.metered():
        raise ZeroDivisionError
    assert tracker.last.stopped


def test_off_is_not_measured(tracker, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_ENERGY", "off")
    tracker.last = None
    with energy.metered() as meter:
        assert math.isnan(meter.read().energy_kwh)
    assert tracker.last is None


def test_the_real_tracker(monkeypatch):
    """codecarbon itself on this machine: energy grows, and CO2e follows the assumed grid."""
    monkeypatch.setenv("GLASSHOUSE_ENERGY", "on")
    with energy.metered() as meter:
        first = meter.read()
        sum(i * i for i in range(2_000_000))
        second = meter.read()
    assert 0.0 <= first.energy_kwh < second.energy_kwh < 0.01
    assert 0.0 < second.co2_kg / second.energy_kwh < 1.5  # kg per kWh of any grid


@pytest.mark.parametrize("given", ["Germany", "DE", "XXX", "../../etc"])
def test_a_country_is_a_code_of_the_standard(monkeypatch, given):
    """A name would silently be read as the world's average, so it is refused before a run begins."""
    monkeypatch.setenv("GLASSHOUSE_COUNTRY", given)
    with pytest.raises(InputError, match="three letters by ISO 3166"):
        energy.country()


def test_small_letters_name_the_same_country(monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_COUNTRY", "fra")
    assert energy.country() == "FRA"
