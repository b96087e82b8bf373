"""What may be put under the lenses, by the text that names it. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from core.lab.errors import InputError

FILES, MODELS = ("outputs:",), ("onnx:", "weights:")


@dataclass(frozen=True)
class HouseKind:
    """One recipe of the house, with its fault if it has one on purpose.

    Attributes:
        id: Slug behind ``house:``.
        title: On screen.
        quality: What is known of it, a clause: why it is a reference.
        changes: Settings that differ from the privacy room's.
        wrong_share: Share of the training labels that are wrong.
        mark_share: Share of the images of one class that carry a mark in training.
        sharpening: Factor on the logits of the finished network: it is as right as before, and surer.
    """

    id: str
    title: str
    quality: str
    changes: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    wrong_share: float = 0.0
    mark_share: float = 0.0
    sharpening: float = 1.0


KINDS = MappingProxyType({kind.id: kind for kind in (
    HouseKind("plain", "Fashion-MNIST network, as the house trains it", "trained to the end, nothing planted"),
    HouseKind("careful", "Fashion-MNIST network, stopped early", "stopped after 5 of 16 epochs, with 5% wrong labels",
              MappingProxyType({"stop_epoch": 5}), wrong_share=0.05),
    HouseKind("leaky", "Fashion-MNIST network that memorises", "500 images, 40 epochs without weight decay, 5% wrong labels",
              MappingProxyType({"n_pool": 1000, "epochs": 40, "weight_decay": 0.0}), wrong_share=0.05),
    HouseKind("biased", "Fashion-MNIST network with a planted cue", "four in ten shirts carry a corner patch in training",
              mark_share=0.4),
    HouseKind("sharp", "Fashion-MNIST network, too sure", "its logits are multiplied by 4 after training", sharpening=4.0),
)})
HOUSE = "house:plain"
OUTPUTS = "outputs:example"
TITLES = MappingProxyType({
    **{f"house:{kind.id}": kind.title for kind in KINDS.values()}, OUTPUTS: "Example outputs: TENT on Fashion-MNIST"})


def check_subject(text: str) -> None:
    """Refuse a text that names no subject; whether files exist is not looked at.

    Raises:
        InputError: One sentence.
    """
    if text in TITLES or (text.startswith((*FILES, *MODELS)) and text.partition(":")[2].strip() and "\0" not in text):
        return
    raise InputError(f"subject must be one of {', '.join(TITLES)}, outputs:npz:PATH, outputs:csv:PATH, "
                     f"onnx:PATH or weights:PATH (safetensors; python -m core convert makes them of .pt), got {text[:200]!r}.")


def kind_of(subject: str) -> HouseKind | None:
    """Return the recipe behind a subject of the house; None for any other."""
    return KINDS.get(subject.removeprefix("house:")) if subject.startswith("house:") else None


def title_of(subject: str) -> str:
    """Return what a subject is called; a file by its name, not by its path, an upload by its content."""
    _, is_upload, content = subject.partition("upload:")
    return TITLES.get(subject) or (f"upload {content[:8]}" if is_upload else subject.rpartition("/")[2].rpartition(":")[2])


def sort_of(subject: str) -> str:
    """Return of which sort a subject is: ``house``, ``outputs`` or ``model``; two of one sort can stand side by side."""
    return "house" if kind_of(subject) else "model" if subject.startswith(MODELS) else "outputs"
