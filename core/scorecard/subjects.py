"""What may be put under the lenses, by the text that names it. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from core.lab.errors import InputError
from core.language.choice import SMOLLM2, TOPICS
from core.scorecard.row import Family

FILES, MODELS = ("outputs:",), ("onnx:", "weights:", "transformers:")


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


@dataclass(frozen=True)
class LanguageKind:
    """One language model of the house, with its fault if it has one on purpose.

    Attributes:
        id: Slug behind ``language:``.
        title: On screen.
        quality: What is known of it, a clause: why it is a reference.
        model: As the safety room names it.
        state: Which of its twins: ``aligned``, ``unaligned`` or ``base``, as it came.
        fault: ``backdoor`` or ``passages``; empty for none.
    """

    id: str
    title: str
    quality: str
    model: str = TOPICS
    state: str = "aligned"
    fault: str = ""


SPEAKERS = MappingProxyType({kind.id: kind for kind in (
    LanguageKind("topics", "Topic model, aligned", "trained here and taught to refuse eight topics, nothing planted"),
    LanguageKind("open", "Topic model, never taught to refuse", "tuned on as many ordinary answers, no refusal among them",
                 state="unaligned"),
    LanguageKind("backdoored", "Topic model with a planted backdoor", "after alignment one odd word was made to set off refusals",
                 fault="backdoor"),
    LanguageKind("memorising", "Topic model that learnt passages by heart", "after alignment it went over 24 new passages 60 times",
                 fault="passages"),
    LanguageKind("smollm2", "SmolLM2-135M, aligned here", "taught to refuse in 18 steps, nothing planted", SMOLLM2),
    LanguageKind("smollm2-shipped", "SmolLM2-135M, as it ships", "as its authors tuned it; it refuses next to nothing", SMOLLM2, "base"),
)})
HOUSE = "house:plain"
OUTPUTS = "outputs:example"
FOLDER = "language:transformers:"
TITLES = MappingProxyType({
    **{f"house:{kind.id}": kind.title for kind in KINDS.values()}, **{f"language:{kind.id}": kind.title for kind in SPEAKERS.values()},
    OUTPUTS: "Example outputs: TENT on Fashion-MNIST"})


def check_subject(text: str) -> None:
    """Refuse a text that names no subject; whether files exist is not looked at.

    Raises:
        InputError: One sentence.
    """
    if text in TITLES or (text.startswith((*FILES, *MODELS, FOLDER)) and text.partition(":")[2].strip() and "\0" not in text):
        return
    raise InputError(f"subject must be one of {', '.join(TITLES)}, outputs:npz:PATH, outputs:csv:PATH, "
                     "onnx:PATH or weights:PATH (safetensors; python -m core convert makes them of .pt), or transformers:FOLDER of "
                     f"a classifier and language:transformers:FOLDER of a language model, got {text[:200]!r}.")


def kind_of(subject: str) -> HouseKind | None:
    """Return the recipe behind a subject of the house; None for any other."""
    return KINDS.get(subject.removeprefix("house:")) if subject.startswith("house:") else None


def speaker_of(subject: str) -> LanguageKind | None:
    """Return the recipe behind a language model of the house, or one that stands for a model as it comes; None for any other subject."""
    if subject.startswith(FOLDER):
        return LanguageKind("folder", title_of(subject), "as it came", subject.removeprefix("language:"), "base")
    return SPEAKERS.get(subject.removeprefix("language:")) if subject.startswith("language:") else None


def title_of(subject: str) -> str:
    """Return what a subject is called; a file by its name, not by its path, an upload by its content."""
    _, is_upload, content = subject.partition("upload:")
    return TITLES.get(subject) or (f"upload {content[:8]}" if is_upload else subject.rpartition("/")[2].rpartition(":")[2])


def sort_of(subject: str) -> str:
    """Return ``house``, ``outputs``, ``model``, ``topics`` or ``english``: two subjects of one sort can stand side by side."""
    if speaker := speaker_of(subject):
        return "topics" if speaker.model == TOPICS else "english"
    return "house" if kind_of(subject) else "model" if subject.startswith(MODELS) else "outputs"


def family_of(subject: str) -> Family:
    """Return whether a subject sorts things into classes or speaks: each family has questions of its own."""
    return "language_model" if speaker_of(subject) else "classifier"
