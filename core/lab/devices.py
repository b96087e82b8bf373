"""Which processors there are, asked without importing torch."""

import ctypes
import os

from core.lab.errors import InputError

DEVICES = ("auto", "cpu", "cuda")


def cpu_cores() -> int:
    """Return how many CPU cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def cuda_devices() -> int:
    """Return how many CUDA devices the driver shows; 0 where there is no driver."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


def cpu_slots() -> int:
    """Return how many jobs may compute on the CPU at once: one for every eight cores, or ``GLASSHOUSE_CPU_SLOTS``."""
    text = os.environ.get("GLASSHOUSE_CPU_SLOTS", "")
    if not text:
        return max(1, cpu_cores() // 8)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 256:
        raise InputError(f"GLASSHOUSE_CPU_SLOTS must be a whole number in [1, 256], got {text!r}.")
    return int(text)


def choose(device: str) -> str:
    """Return ``cpu`` or ``cuda`` for a requested device.

    Raises:
        InputError: If the name is unknown, or CUDA is asked for where there is none.
    """
    if device not in DEVICES:
        raise InputError(f"device must be one of {', '.join(DEVICES)}, got {device!r}.")
    if device == "cuda" and cuda_devices() == 0:
        raise InputError("device cuda needs an NVIDIA GPU and its driver, got none: choose cpu or auto.")
    return "cuda" if device != "cpu" and cuda_devices() else "cpu"
