import ctypes
import os

import pytest

from core.lab import devices
from core.lab.errors import InputError


class Driver:
    """A stand-in for libcuda with ``n`` devices, or one that fails to start."""

    def __init__(self, n, status=0):
        self.n, self.status = n, status

    def cuInit(self, flags):
        return self.status

    def cuDeviceGetCount(self, pointer):
        pointer._obj.value = self.n
        return 0


@pytest.mark.parametrize("driver, n", [(Driver(2), 2), (Driver(0), 0), (Driver(4, status=100), 0)])
def test_devices_are_what_the_driver_shows(monkeypatch, driver, n):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: driver)
    assert devices.cuda_devices() == n


def test_no_driver_means_no_device(monkeypatch):
    def missing(name):
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert devices.cuda_devices() == 0
    assert devices.choose("auto") == "cpu"
    with pytest.raises(InputError, match="device cuda needs an NVIDIA GPU"):
        devices.choose("cuda")


def test_choice_with_a_gpu(monkeypatch):
    monkeypatch.setattr(devices, "cuda_devices", lambda: 1)
    assert [devices.choose(name) for name in ("auto", "cuda", "cpu")] == ["cuda", "cuda", "cpu"]
    with pytest.raises(InputError, match="device must be one of auto, cpu, cuda, got 'tpu'"):
        devices.choose("tpu")


def test_cores_are_those_this_process_may_use():
    assert devices.cpu_cores() == len(os.sched_getaffinity(0))


@pytest.mark.parametrize("cores, slots", [(1, 1), (2, 1), (8, 1), (16, 2), (64, 8)])
def test_one_slot_for_eight_cores(monkeypatch, cores, slots):
    monkeypatch.setattr(devices, "cpu_cores", lambda: cores)
    assert devices.cpu_slots() == slots


def test_slots_by_choice(monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_CPU_SLOTS", "3")
    assert devices.cpu_slots() == 3


@pytest.mark.parametrize("text", ["0", "-1", "257", "two", "1.5", "２"])
def test_wrong_slots(monkeypatch, text):
    monkeypatch.setenv("GLASSHOUSE_CPU_SLOTS", text)
    with pytest.raises(InputError, match=r"GLASSHOUSE_CPU_SLOTS must be a whole number in \[1, 256\]"):
        devices.cpu_slots()
