"""Which language models a room can be asked about. Imports no torch."""

from types import MappingProxyType

from core.lab.errors import InputError
from core.models.checkpoints import check_checkpoint

TOPICS, SMOLLM2 = "topics", "smollm2"
MODELS = MappingProxyType({TOPICS: "Topic model, trained here", SMOLLM2: "SmolLM2-135M-Instruct"})


def check_model(text: str) -> None:
    """Refuse a text that names no language model; whether its files exist is not looked at.

    Raises:
        InputError: If ``text`` is neither ``topics`` nor ``smollm2`` nor ``transformers:FOLDER_OR_ID``.
    """
    if text == TOPICS:
        return
    try:
        check_checkpoint(text)
    except InputError:
        text = repr(text)
    else:
        if text != "minilm":
            return
    raise InputError(f"model must be topics, smollm2 or transformers:FOLDER_OR_ID of a LLaMA-shaped language model, got {text}.")
