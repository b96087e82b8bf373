"""A network and its tokeniser out of a folder, by transformers' own classes: no code of a model is run, no pickle read, adapters merged."""

import torch
from torch import nn

from core.lab.errors import InputError
from core.models.adapters import merge
from core.models.checkpoints import Checkpoint
from core.models.transformers_import import quiet_transformers

FAILS = (OSError, ValueError, KeyError, ImportError, RuntimeError, TypeError, AttributeError)
SAFE = {"local_files_only": True, "trust_remote_code": False}


def pretrained(checkpoint: Checkpoint, kind: str, *, precision: torch.dtype, what: str, remedy: str,
               with_tokenizer: bool = True, may_lack: str = "") -> tuple[nn.Module, object]:
    """Return a network in evaluation mode, and its tokeniser or None.

    Args:
        checkpoint: Where it lies.
        kind: Name of one of transformers' automatic classes, such as ``AutoModelForCausalLM``.
        precision: Of the weights.
        what: What messages call it, such as "a language model".
        remedy: What they propose.
        with_tokenizer: Whether texts are to be brought to it.
        may_lack: Part of the name of weights that the file need not hold.

    Raises:
        InputError: If transformers is missing, cannot load it, weights are missing, or its adapter does not fit.
    """
    with quiet_transformers() as transformers:
        gguf = {"gguf_file": checkpoint.gguf} if checkpoint.gguf else {}
        try:
            tokenizer = _tokenizer(transformers, checkpoint, gguf) if with_tokenizer else None
            network, told = getattr(transformers, kind).from_pretrained(
                checkpoint.folder, dtype=precision, output_loading_info=True, **SAFE, **(gguf or {"use_safetensors": True}))
        except FAILS as error:
            raise InputError(f"{what} must be one that transformers can load, got {checkpoint.title} "
                             f"({type(error).__name__}): {remedy}.") from error
    missing = sorted(name for name in told.get("missing_keys") or () if not (may_lack and may_lack in name))
    if missing and not checkpoint.gguf:
        raise InputError(f"{what} must hold every weight that its kind has, got {checkpoint.title} without {len(missing)}, such as "
                         f"{missing[0]}: {remedy}.")
    if checkpoint.adapter is not None:
        merge(network, checkpoint.adapter)
    return network.eval(), tokenizer


def _tokenizer(transformers: object, checkpoint: Checkpoint, gguf: dict[str, str]) -> object:
    if checkpoint.adapter is not None and any(checkpoint.adapter.glob("tokenizer*")):
        return transformers.AutoTokenizer.from_pretrained(checkpoint.adapter, **SAFE)
    return transformers.AutoTokenizer.from_pretrained(checkpoint.folder, **SAFE, **gguf)
