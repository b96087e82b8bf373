"""Which language models a room can be asked about. Imports no torch."""

from types import MappingProxyType

from core.lab import folders
from core.lab.errors import InputError
from core.models.checkpoints import WHEELS, check_checkpoint, obtain

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


def check_shape(source: str) -> None:
    """Refuse a model that its own configuration does not call LLaMA-shaped, before anything is loaded; a GGUF file says so only later.

    Raises:
        InputError: If it writes no text, or has no gated MLP with key and value heads; or a folder or a model of the Hub is missing.
    """
    if source == TOPICS or source in WHEELS:
        return
    checkpoint = obtain(source)
    said = None if checkpoint.gguf else folders.read_json(checkpoint.folder / "config.json")
    if not isinstance(said, dict):
        return
    writes = any(str(name).endswith("ForCausalLM") for name in said.get("architectures") or ())
    if not writes or not {"intermediate_size", "num_key_value_heads"} <= set(said):
        family = str(said.get("model_type", "unknown"))[:40]
        raise InputError(f"a model must be LLaMA-shaped (one that writes text, with a gated MLP), got {checkpoint.title} of the family "
                         f"{family}: choose one of the LLaMA, Mistral, Qwen or SmolLM families.")
