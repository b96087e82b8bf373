"""Whether the weights of torchvision's pretrained vision transformers are at hand, before a run begins. Imports no torch.

They lie as safetensors in ``GLASSHOUSE_DATA/torchvision``, or torchvision downloads them once into its own cache.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from safetensors import SafetensorError, safe_open

from core.data.torchvision_sets import data_folder
from core.lab import access
from core.lab.errors import InputError
from core.lab.experiment import ROOT
from core.models.checkpoints import CheckpointStatus

LAYER = "encoder.layers.encoder_layer_"
DOWNLOAD_SECONDS = 900
FEWEST_BLOCKS = 3  # of a study: a number below is no remedy


def weights_file(name: str) -> Path:
    """Return where the weights of torchvision's model ``name`` are looked for first."""
    return data_folder() / "torchvision" / f"{name}.safetensors"


def at_hand() -> list[CheckpointStatus]:
    """Return the status of the vision transformer that texts of the house propose, without reading or fetching it."""
    name = "vit_b_16"
    here = weights_file(name).is_file() or any(_cache().glob(f"{name}-*.pth"))
    remedy = "" if here else (f"Run once with a network and torchvision:{name} chosen, or save its weights as safetensors to "
                              f"{weights_file(name)}.")
    return [CheckpointStatus(f"torchvision:{name}", "ViT-B/16", here, remedy)]


def _cache() -> Path:
    """Return where torchvision keeps what it downloaded."""
    home = os.environ.get("TORCH_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "torch"
    return Path(home).expanduser() / "hub" / "checkpoints"


def vision_fingerprint(name: str, n_blocks: int) -> str:
    """Return a hash of the weights of torchvision's ViT ``name``; they are downloaded first where they are missing.

    Raises:
        InputError: If they are missing and cannot be downloaded, are no vision transformer's, or have fewer than ``n_blocks`` blocks.
    """
    path = weights_file(name)
    if path.is_file():
        check_blocks(name, _layers(path, name), n_blocks)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()
    content, found = _fetched(name)
    check_blocks(name, found, n_blocks)
    return hashlib.blake2b(content.encode()).hexdigest()


def check_blocks(name: str, found: int, n_blocks: int) -> None:
    """Refuse more blocks than a vision transformer has.

    Raises:
        InputError: If ``n_blocks`` is larger than ``found``.
    """
    if n_blocks > found:
        raise InputError(f"at most the {found} blocks of {name} can be kept, got {n_blocks}: "
                         f"{'lower the number of layers' if found >= FEWEST_BLOCKS else f'choose a model with at least {FEWEST_BLOCKS}'}.")


def _layers(path: Path, name: str) -> int:
    """Return how many blocks a file of weights holds."""
    try:
        with safe_open(path, framework="numpy") as file:
            numbers = {key.removeprefix(LAYER).partition(".")[0] for key in file.keys() if key.startswith(LAYER)}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path} must be a safetensors file, got one that cannot be read ({type(error).__name__}): "
                         "write it again.") from error
    if not numbers:
        raise InputError(misfit(name))
    return len(numbers)


def misfit(name: str) -> str:
    """Return the sentence about weights that are another model's."""
    return f"the weights of {name} must fit torchvision's model of that name, got {weights_file(name)} that does not: remove the file."


def _fetched(name: str) -> tuple[str, int]:
    """Let torchvision fetch weights in a process of its own; return the address they have, which ends in their hash, and the blocks."""
    access.check_download(f"the weights of {name}")
    command = [sys.executable, "-m", "core.models.vision_checkpoints", name]
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS,
                              check=False)
    except subprocess.TimeoutExpired as error:
        raise InputError(f"the weights of {name} must lie at {weights_file(name)} or be downloaded within {DOWNLOAD_SECONDS} seconds, got "
                         "neither: put the file there, or choose the patch transformer.") from error
    lines = done.stdout.split()
    if done.returncode or len(lines) != 2:
        told = done.stderr.strip().splitlines()
        raise InputError(told[-1] if told else f"the weights of {name} must lie at {weights_file(name)}, got none: put the file there.")
    return lines[0], int(lines[1])
