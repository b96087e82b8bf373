"""A trained network in place of the one that a room would train: ``model=weights:PATH``. Imports no torch.

Its architecture is read off the file, so that whatever a room trains beside it is of the same kind. What is ``core.training.given`` once
torch is there stands here as text, checks and hashes.
"""

import hashlib
from pathlib import Path

from core.data.dataset import ImageDataset
from core.data.files import named
from core.lab.errors import InputError
from core.models.names import check_model
from core.models.weights_file import PICKLED, read_header
from core.subjects.asked import image_shape
from core.subjects.models import model_fingerprint

PREFIX = "weights:"
OTHERS = {"onnx:": "privacy_outputs, calibration_outputs and scorecard", "transformers:": "privacy_outputs, calibration_outputs, safety "
          "and backdoor"}


def is_given(model: str) -> bool:
    """Return whether a setting of a model names weights that somebody brings."""
    return model.startswith(PREFIX)


def check_room_model(text: str) -> None:
    """Refuse a text that names neither an architecture nor weights; whether the file exists is not looked at.

    Raises:
        InputError: One sentence, with the right spelling where a path was meant.
    """
    if is_given(text):
        if not text.removeprefix(PREFIX).strip() or "\0" in text:
            raise InputError(f"weights must be named as weights:PATH, got {text[:80]!r}: write the path of a safetensors file.")
        return
    kind = next((prefix for prefix in OTHERS if text.startswith(prefix)), "")
    if kind:
        raise InputError(f"a network to work on must come as weights:PATH of a known architecture, got {kind}, which can only be asked: "
                         f"give its weights, or take it to {OTHERS[kind]}.")
    rest = text.removeprefix("torchvision:")
    if Path(rest).suffix.lower() in PICKLED:
        raise InputError(f"a network must come as weights:PATH of a safetensors file, since nothing here is unpickled, got {rest[:200]!r}: "
                         f"run python -m core convert {rest[:200]} OUT.safetensors and give weights:OUT.safetensors.")
    if rest.endswith(".safetensors"):
        raise InputError(f"a network that is given must be named weights:PATH, got {text[:200]!r}: write weights:{rest[:200]}.")
    check_model(text)


def check_none_given(model: str, where: str) -> None:
    """Refuse weights where a view trains every network anew.

    Raises:
        InputError: If the model is given.
    """
    if is_given(model):
        raise InputError(f"this view trains its networks anew and takes no weights, got {model[:80]!r}: choose an architecture, or take "
                         f"the weights to {where}.")


def beside_given(model: str, answer: str, brought: str) -> str:
    """Return an answer; where a network was brought, with the sentence that tells what of it was trained here all the same."""
    return f"{answer} {brought}" if is_given(model) else answer


def with_model(content: str, model: str, data: ImageDataset | None) -> str:
    """Return the hash of data, and of a given network once it has been opened for them; the hash of the data alone where there is none.

    Args:
        content: Hash of the data.
        model: The setting.
        data: The data; needed where a network is given.

    Raises:
        InputError: If the weights are missing, damaged, of no known architecture, or do not fit the data.
    """
    if not is_given(model) or data is None:
        return content
    found = model_fingerprint(model, image_shape(data), len(data.class_names))
    return hashlib.blake2b(f"{content} {found}".encode(), digest_size=32).hexdigest()


def guessed(model: str) -> tuple[str, int]:
    """Return architecture and width of given weights as the names of their tensors suggest, for estimates of time alone.

    What is none of the house's, or cannot be read, comes back as it is named.
    """
    try:
        header = read_header(named(model.removeprefix(PREFIX), "a model"))
    except InputError:
        return model, 16
    first = {header.plain[name]: shape[0] for name, shape in header.shapes.items() if shape}
    if "blocks.0.0.weight" in first:
        return "cnn", first["blocks.0.0.weight"]
    if "first.weight" in first:
        return "mlp", max(1, first["first.weight"] // 16)
    if "stem.weight" in first:
        return ("resnet20", first["stem.weight"]) if "stages.8.first.weight" in first else ("resnet18", first["stem.weight"] // 4)
    return model, 16
