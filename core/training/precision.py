"""Which arithmetic a network trains in, and where."""

import functools
from pathlib import Path

import torch

from core.lab.errors import InputError

_BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16"}


@functools.cache
def cpu_has_bfloat16() -> bool:
    """Return whether this processor multiplies bfloat16 in hardware; without that bfloat16 is slower than float32."""
    try:
        words = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return False
    return not _BFLOAT16_FLAGS.isdisjoint(words)


def resolve_precision(precision: str, device: str) -> torch.dtype:
    """Return the dtype that ``precision`` ("auto", "float32", "bfloat16") means on ``device``."""
    if precision == "float32":
        return torch.float32
    if precision == "bfloat16":
        return torch.bfloat16
    has_it = cpu_has_bfloat16() if device == "cpu" else torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if has_it else torch.float32


def check_device(device: str) -> None:
    """Refuse a device that is not here.

    Raises:
        InputError: If ``device`` is neither ``cpu`` nor a CUDA device that torch can use.
    """
    if device == "cpu":
        return
    if device == "cuda" or (device.startswith("cuda:") and device[5:].isdigit()):
        if torch.cuda.is_available() and int(device[5:] or 0) < torch.cuda.device_count():
            return
        raise InputError(
            f"device {device!r} is not available: this machine has {torch.cuda.device_count()} CUDA devices, use cpu."
        )
    raise InputError(f"device must be cpu, cuda or cuda:NUMBER, got {device!r}.")
