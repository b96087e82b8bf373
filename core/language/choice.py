"""Which language models a room can be asked about. Imports no torch."""

from types import MappingProxyType

from core.lab.errors import InputError
from core.models.checkpoints import PREFIX, WHEELS, check_checkpoint, check_tokenizer, obtain
from core.models.model_folder import read_folder

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
        text = f"{text!r}, which looks like a path: write {PREFIX}{text}" if text.startswith(("/", "~", "./", "../")) else repr(text)
    else:
        if text != "minilm":
            return
    raise InputError(f"model must be topics, smollm2 or transformers:FOLDER_OR_ID of a LLaMA-shaped language model, got {text}.")


NEEDED = ("self_attn.o_proj", "self_attn.v_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")


def check_shape(source: str) -> None:
    """Refuse a model whose tensors are not those of LLaMA's blocks, before anything is loaded; a GGUF file says so only later.

    Raises:
        InputError: If it writes no text, has no such blocks or no tokeniser; or a folder or a model of the Hub is missing.
    """
    if source == TOPICS or source in WHEELS:
        return
    checkpoint = obtain(source)
    if checkpoint.gguf:
        return
    check_tokenizer(checkpoint)
    found = read_folder(checkpoint.folder)
    said = found.config.get("architectures")
    writes = any(str(name).endswith(("ForCausalLM", "LMHeadModel")) for name in said) if isinstance(said, list) else said is None
    missing = [name for name in NEEDED if f"model.layers.0.{name}.weight" not in found.shapes]
    if not writes or missing or "intermediate_size" not in found.config:  # the last: a configuration of another family's beside them
        family = str(found.config.get("model_type", "unknown"))[:40]
        why = ", which writes no text" if not writes else f" without {' and '.join(missing[:2])}" if missing else ""
        raise InputError(f"a model must be LLaMA-shaped (one that writes text, with a gated MLP), got {checkpoint.title} of the family "
                         f"{family}{why}: choose one of the LLaMA, Mistral, Qwen or SmolLM families.")
