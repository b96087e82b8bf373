"""A trained classifier that somebody brings: ``onnx:PATH``, ``weights:PATH`` or ``transformers:FOLDER``, opened where it is computed.

Imports no torch. Before a run begins it is opened once in a process of its own with limits, so that every fault is a sentence and the
caller stays small.
"""

import functools
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data.files import named
from core.lab.errors import InputError
from core.lab.experiment import ROOT
from core.models.checkpoints import PREFIX
from core.models.weights_file import read_header
from core.subjects.folders import class_names, is_folder, kind_of
from core.subjects.onnx import OnnxModel, read_onnx

NONE, OWN = "none", "own"
PREFIXES = ("onnx:", "weights:", PREFIX)
MEMORY, SECONDS = 64 * 2**30, 240
BATCH = 256


@dataclass(frozen=True, eq=False)
class Opened:
    """A model that can be asked.

    Attributes:
        words: What it is, in words.
        architecture: Its name for ``core.models.registry.build``; empty where it is not known.
        width: Its width, likewise.
        ask: Takes uint8 images (N, H, W, C) and a name of ``pixels.SCALES``; returns what it says (N, C) and features (N, D) or None.
        scale: The scale that it is known to want; empty where it is not known; ``OWN`` where it sees to that itself.
        notes: Grows by what had to be changed about images.
        network: The torch module of weights; None for ONNX.
        class_names: Names of its classes in the order of its outputs; empty where it has none.
    """

    words: str
    architecture: str
    width: int
    ask: Callable[[np.ndarray, str], tuple[np.ndarray, np.ndarray | None]]
    scale: str
    notes: list[str]
    network: object = None
    class_names: tuple[str, ...] = ()


def check_model_source(text: str) -> None:
    """Refuse a text that names no model; whether its file exists is not looked at.

    Raises:
        InputError: One sentence.
    """
    if text == NONE or (text.startswith(PREFIXES) and text.partition(":")[2].strip() and "\0" not in text):
        return
    raise InputError("a trained model must be none, onnx:PATH, weights:PATH (safetensors; python -m core convert makes them of .pt) or "
                     f"transformers:FOLDER, got {text[:200]!r}.")


def path_of(source: str) -> Path:
    """Return the file that a source names."""
    return named(source.partition(":")[2], "a model")


def model_fingerprint(source: str, image_shape: tuple[int, int, int], n_classes: int) -> str:
    """Return the hash of a model's file, once it has been opened for images (C, H, W) and has answered with ``n_classes`` classes.

    Raises:
        InputError: If it is missing, damaged, unknown, or does not fit the data.
    """
    found = _content(source)
    _tried(source, found, image_shape, n_classes)
    return found


def model_words(source: str, image_shape: tuple[int, int, int], n_classes: int) -> str:
    """Return what a model is, in words; see ``model_fingerprint``, which opens it for both.

    Raises:
        InputError: As ``model_fingerprint``.
    """
    return _tried(source, _content(source), image_shape, n_classes)


def _content(source: str) -> str:
    """Return the hash of a model's file or folder."""
    check_model_source(source)
    if is_folder(source):
        return kind_of(source)[0].fingerprint
    path = path_of(source)
    if source.startswith("weights:"):
        read_header(path)
    content, found = read_onnx(path)
    del content
    return found


@functools.lru_cache(maxsize=64)
def _tried(source: str, _found: str, image_shape: tuple[int, int, int], n_classes: int) -> str:
    """Open a model in a process of its own and return what it is, in words; equal files are tried once."""
    command = [sys.executable, "-m", "core.subjects.models", source, *map(str, image_shape), str(n_classes)]
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise InputError(f"a model must be read and answer once within {SECONDS} seconds, got {path_of(source)}: choose a smaller "
                         "one.") from None
    if done.returncode:
        told = done.stderr.strip().splitlines()
        raise InputError(told[-1] if done.returncode == InputError.exit_status and told else
                         f"a model must open and answer, got {path_of(source)} that ends the process that reads it: export it again.")
    return done.stdout.strip()


def open_model(source: str, image_shape: tuple[int, int, int], *, device: str = "cpu", threads: int = 1) -> Opened:
    """Return a model, opened for images (C, H, W).

    Raises:
        InputError: If it is missing, damaged, unknown, or does not fit the data.
    """
    check_model_source(source)
    if is_folder(source):
        return _open_folder(source, device)
    path = path_of(source)
    if source.startswith("onnx:"):
        model = OnnxModel(read_onnx(path)[0], device=device, threads=threads, name=path.name)
        return Opened("an ONNX model", "", 0, lambda images, scale: (model.ask(images, scale), None), "", model.notes)
    from core.subjects.torch_model import ask_network
    from core.subjects.weights import load_weights

    network, found = load_weights(path, image_shape)
    ask = functools.partial(ask_network, network.to(device), device=device)
    is_ours = not found.name.startswith("torchvision:")
    return Opened(f"weights of {found.name.removeprefix('torchvision:')}" + (f", width {found.width}" if is_ours else ""), found.name,
                  found.width, ask, "house" if is_ours else "", [], network)


def _open_folder(source: str, device: str) -> Opened:
    from core.subjects.folder_model import image_asker

    found, kind = kind_of(source)
    if kind != "images":
        raise InputError(f"images can be shown to a classifier of images alone, got {found.title}, which takes texts: give texts as "
                         "dataset=csv:PATH.")
    notes: list[str] = []
    return Opened(f"{found.title}, a classifier of transformers", "", 0, image_asker(found, device, notes), OWN, notes,
                  class_names=class_names(found))


def main(source: str, *numbers: str) -> None:
    """Open a model, ask it once, print what it is."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    channels, height, width, n_classes = map(int, numbers)
    if channels:
        opened = open_model(source, (channels, height, width))
        words, (said, _) = opened.words, opened.ask(np.zeros((2, height, width, channels), np.uint8), opened.scale or "one")
    else:
        from core.subjects.folder_model import text_asker

        found, _ = kind_of(source)
        words, (said, _) = f"{found.title}, a classifier of texts of transformers", text_asker(found, "cpu")(("one", "two words"))
    if said.shape[1] not in (n_classes, 1 if n_classes == 2 else n_classes):
        raise InputError(f"a model must tell the data's {n_classes} classes apart, got {path_of(source).name} that tells {said.shape[1]}: "
                         "choose the data that it was trained on.")
    if not np.isfinite(said).all():
        raise InputError(f"a model must answer with finite numbers, got {path_of(source).name} that answers NaN or infinity to plain "
                         "questions: take an earlier checkpoint.")
    sys.stdout.write(f"{words}\n")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_status)
