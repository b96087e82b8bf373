"""A pretrained language model with units. What GGUF files hold is dequantised once and kept, since reading them takes half a minute."""

import json

import numpy as np
import torch
from torch import nn

from core.lab.experiment import Context, Models
from core.language.codec import ChatCodec, chat_codec, from_bytes, to_bytes
from core.language.model import LanguageModel, space_of
from core.models.causal import causal_of, load_causal
from core.models.checkpoints import Checkpoint, checkpoint_fingerprint, obtain

VERSION = 1
CONFIG, CODEC = "config", "codec"  # names of the two arrays of bytes that stand beside the weights


def language_model(source: str, precision: str, context: Context) -> LanguageModel:
    """Return the named model on the run's device, in evaluation mode, no weight asking for a gradient.

    Args:
        source: ``smollm2`` or ``transformers:FOLDER_OR_ID``.
        precision: ``float32`` or ``bfloat16``.
        context: Device, and the store that keeps what a GGUF file holds.

    Raises:
        InputError: If the model is missing and cannot be fetched, cannot be loaded, or is not LLaMA-shaped.
    """
    network, codec, title = _kept(source, context.models) or _loaded(source, precision, context.models)
    space = space_of(network, title)
    network.requires_grad_(False)
    network.to(device=context.device, dtype=getattr(torch, precision))
    return LanguageModel(title, network, codec, space, int(getattr(network.config, "max_position_embeddings", 2048)))


def _kept(source: str, models: Models) -> tuple[nn.Module, ChatCodec, str] | None:
    if source.startswith("transformers:"):
        return None  # safetensors load quickly by themselves; a folder's GGUF file is found only by reading the folder
    found = models.get(_identity(checkpoint_fingerprint(source)))
    if found is None:
        return None
    settings, codec = json.loads(found.pop(CONFIG).tobytes()), from_bytes(found.pop(CODEC).tobytes())
    return causal_of(settings, {name: torch.from_numpy(value) for name, value in found.items()}), codec, settings["title"]


def _loaded(source: str, precision: str, models: Models) -> tuple[nn.Module, ChatCodec, str]:
    checkpoint = obtain(source)
    network, tokenizer = load_causal(checkpoint, torch.float32 if checkpoint.gguf else getattr(torch, precision))
    space_of(network, checkpoint.title)
    codec = chat_codec(tokenizer, checkpoint.title)
    if checkpoint.gguf and not source.startswith("transformers:"):
        models.put(_identity(checkpoint.fingerprint), _arrays(network, codec, checkpoint))
    return network, codec, checkpoint.title


def _arrays(network: nn.Module, codec: ChatCodec, checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    settings = {**network.config.to_dict(), "title": checkpoint.title}
    settings.pop("quantization_config", None)
    weights = {name: parameter.detach().numpy() for name, parameter in network.named_parameters()}
    return {**weights, CONFIG: np.frombuffer(json.dumps(settings).encode(), np.uint8), CODEC: np.frombuffer(to_bytes(codec), np.uint8)}


def _identity(fingerprint: str) -> dict[str, object]:
    return {"what": "dequantised language model", "model": fingerprint, "version": VERSION}
