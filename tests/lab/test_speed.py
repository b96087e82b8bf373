"""What is known of this machine's speed, and what follows for estimates."""

import json
import time

import pytest

from core.lab import folders, registry, speed
from core.lab.claims import FEWEST
from core.lab.config import apply_settings
from core.lab.work import REFERENCE, Speed, Work


def test_before_a_calibration_the_machine_is_taken_for_the_reference(tmp_path):
    assert speed.speed(tmp_path) == REFERENCE
    assert not REFERENCE.is_measured
    assert Work(3.0, 4.0).seconds() == 7.0


def test_a_calibration_is_kept_and_scales_each_part_by_itself(tmp_path):
    speed.keep(tmp_path, one=REFERENCE.one / 2, shared=REFERENCE.all * 4)
    found = speed.speed(tmp_path)
    assert found == Speed(REFERENCE.one / 2, REFERENCE.all * 4, is_measured=True)
    assert Work(3.0, 8.0).seconds(found) == pytest.approx(3.0 * 2 + 8.0 / 4)


@pytest.mark.parametrize("change", [("processor", lambda: "another"), ("versions", lambda: {"torch": "0.0"})])
def test_another_processor_or_torch_is_another_machine(tmp_path, monkeypatch, change):
    speed.keep(tmp_path, one=1000.0, shared=2000.0)
    monkeypatch.setattr(speed.provenance, *change)
    assert speed.speed(tmp_path) == REFERENCE


def test_another_number_of_cores_is_another_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(speed.devices, "cpu_cores", lambda: 2)
    speed.keep(tmp_path, one=1000.0, shared=2000.0)
    monkeypatch.setattr(speed.devices, "cpu_cores", lambda: 3)
    assert speed.speed(tmp_path) == REFERENCE


@pytest.mark.parametrize("kept", [
    [], {"one": 1.0}, {"one": "x", "all": 2.0, "made": 0}, {"one": float("1e300"), "all": 2.0, "made": time.time()},
    {"one": 0.0, "all": 0.0, "made": time.time()}, {"one": 900.0, "all": 900.0, "made": time.time() - 2 * speed.KEPT_SECONDS}])
def test_a_damaged_senseless_or_old_calibration_is_none(tmp_path, kept):
    speed.keep(tmp_path, one=1000.0, shared=2000.0)
    (place,) = (tmp_path / "speed").iterdir()
    place.write_text(json.dumps(kept))
    assert speed.speed(tmp_path) == REFERENCE
    folders.write_json(place, {"one": 900.0, "all": 900.0, "made": time.time()})
    assert speed.speed(tmp_path).is_measured


@pytest.mark.parametrize("experiment", registry.experiments(), ids=lambda experiment: experiment.name)
def test_a_preset_for_a_gpu_can_give_a_verdict_and_be_tried_in_ten_minutes(experiment):
    """As far as the cost model goes: none of them has met a GPU yet."""
    for preset in experiment.presets:
        if preset.gpu and (preset.slice or preset.seconds <= 600):
            assert len(preset.seeds) >= FEWEST
            short = apply_settings(preset.config, list(preset.slice))
            assert preset.seconds * experiment.work(short).seconds() / experiment.work(preset.config).seconds() <= 600, preset.name


@pytest.mark.parametrize("experiment", registry.experiments(), ids=lambda experiment: experiment.name)
def test_presets_say_what_the_cost_model_says(experiment):
    """One set of numbers: what a preset is said to take on the reference machine is what its settings amount to."""
    for preset in experiment.presets:
        if not preset.gpu:
            assert preset.seconds == pytest.approx(experiment.work(preset.config).seconds(), rel=0.3), preset.name
            assert experiment.expected(preset.config, Speed(REFERENCE.one / 3, REFERENCE.all / 3)) == pytest.approx(
                3 * experiment.work(preset.config).seconds())
        else:
            assert experiment.expected(preset.config, REFERENCE, on_gpu=True) == preset.seconds


def test_long_presets_of_the_papers_rooms_have_such_a_slice():
    rooms = {"privacy", "privacy_defence", "privacy_map", "spurious", "layernorm", "compression", "compression_repair", "safety"}
    assert rooms <= {experiment.name for experiment in registry.experiments() if any(preset.slice for preset in experiment.presets)}
