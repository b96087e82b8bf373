"""Weights that torch pickled, written as safetensors by a process with limits: ``python -m core convert IN.pt OUT.safetensors``.

torch's reader of weights alone builds tensors and plain containers and runs no code of the file; nothing else here is ever unpickled.
"""

import resource
import subprocess
import sys
from pathlib import Path

from core.data.files import check_regular
from core.lab.errors import InputError
from core.lab.experiment import ROOT

WHAT = "a file that torch.save wrote"
MOST_BYTES = 8 * 2**30
MEMORY, SECONDS = 32 * 2**30, 600
INSIDE = ("state_dict", "model_state_dict", "model", "net", "network", "weights", "params", "ema", "module")


def convert(source: Path, target: Path) -> str:
    """Write the weights of a file that torch pickled as safetensors; return what was done, in words.

    Raises:
        InputError: If the file holds anything but weights, or the target exists or is no safetensors file.
    """
    check_regular(source, WHAT, MOST_BYTES)
    if target.suffix != ".safetensors" or target.exists() or not target.resolve().parent.is_dir():
        raise InputError(f"weights must be written to a new file that ends in .safetensors, got {target}: choose another name.")
    command = [sys.executable, "-m", "core.subjects.convert", str(source.resolve()), str(target.resolve())]
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise InputError(f"{WHAT} must be read within {SECONDS} seconds, got {source}: save its state_dict alone.") from None
    if done.returncode:
        told = done.stderr.strip().splitlines()
        raise InputError(told[-1] if done.returncode == InputError.exit_status and told else
                         f"{WHAT} must hold weights alone, got {source} that cannot be read: save its state_dict.")
    return done.stdout.strip()


def main(source: str, target: str) -> None:
    """Read and write with a limit on memory, on time and on files."""
    for what, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 2 * MOST_BYTES)):
        resource.setrlimit(what, (limit, limit))
    import safetensors.torch
    import torch

    try:
        stored = torch.load(source, map_location="cpu", weights_only=True)
    except Exception as error:  # torch's reader raises many kinds, and their words quote the file
        raise InputError(f"{WHAT} must hold weights alone, got {source} ({type(error).__name__}), which may be a whole pickled network or "
                         "TorchScript: save network.state_dict() where it was trained, or export it as ONNX.") from None
    state, place = _state(stored)
    tensors = {name: value.detach().contiguous().clone() for name, value in state.items() if isinstance(value, torch.Tensor)}
    if not tensors or not all(isinstance(name, str) for name in tensors):
        raise InputError(f"{WHAT} must hold a network's state, tensors by name, got {source} without: save network.state_dict().")
    safetensors.torch.save_file(tensors, target, {"format": "pt"})
    left = len(state) - len(tensors)
    sys.stdout.write(f"{len(tensors)} tensors of {sum(one.numel() for one in tensors.values()):,} numbers"
                     + (f", found under {place}" if place else "")
                     + (f"; {left} entries that are no tensors were left out" if left else "") + "\n")


def _state(stored: object) -> tuple[dict, str]:
    """Return the tensors by name, and where in a checkpoint they lay."""
    if isinstance(stored, dict):
        for place in INSIDE:
            if isinstance(inner := stored.get(place), dict) and inner:
                return inner, place
        return stored, ""
    return {}, ""


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_status)
