"""A classifier of transformers with its own head, asked for logits and for what enters its last layer, a batch at a time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from core.lab.errors import InputError
from core.models.checkpoints import Checkpoint
from core.models.from_folder import pretrained
from core.subjects.folders import Preprocessing, class_names, preprocessing_of
from core.subjects.pixels import fitted

BATCH, MOST_TOKENS = 32, 512
REMEDY = "save it again with transformers' save_pretrained"
Asked = tuple[np.ndarray, np.ndarray | None]


def image_asker(checkpoint: Checkpoint, device: str, notes: list[str]) -> Callable[[np.ndarray, str], Asked]:
    """Return what answers uint8 images (N, H, W, C) with logits and features; the folder's own preprocessing comes first.

    Raises:
        InputError: If the folder cannot be loaded.
    """
    network, _ = pretrained(checkpoint, "AutoModelForImageClassification", precision=torch.float32, what="a classifier of images",
                            remedy=REMEDY, with_tokenizer=False)
    network, before = network.to(device), preprocessing_of(checkpoint.folder)
    head = _head(network, len(class_names(checkpoint)))

    def ask(images: np.ndarray, _scale: str) -> Asked:
        batches = (images[start:start + BATCH] for start in range(0, len(images), BATCH))
        try:
            return _gathered(network, head, ({"pixel_values": _pixels(batch, before, notes, device)} for batch in batches))
        except (RuntimeError, ValueError) as error:
            raise InputError(f"a classifier must take images of shape {images.shape[1:]} (height, width, channels), got {checkpoint.title} "
                             f"that fails on them ({type(error).__name__}): choose the data that it was trained on.") from None

    return ask


def text_asker(checkpoint: Checkpoint, device: str) -> Callable[[Sequence[str]], Asked]:
    """Return what answers texts with logits and features; longer texts are cut to what the model takes.

    Raises:
        InputError: If the folder cannot be loaded.
    """
    network, tokenizer = pretrained(checkpoint, "AutoModelForSequenceClassification", precision=torch.float32, what="a classifier of texts",
                                    remedy=REMEDY)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    if getattr(network.config, "pad_token_id", None) is None:
        network.config.pad_token_id = tokenizer.pad_token_id
    longest = min(MOST_TOKENS, tokenizer.model_max_length, (getattr(network.config, "max_position_embeddings", None) or MOST_TOKENS) - 2)
    network, head = network.to(device), _head(network, len(class_names(checkpoint)))

    def ask(texts: Sequence[str]) -> Asked:
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))  # texts of a length together: less padding
        inputs = (tokenizer([texts[row] for row in order[start:start + BATCH]], truncation=True, max_length=longest, padding=True,
                            return_tensors="pt").to(device) for start in range(0, len(texts), BATCH))
        said, features = _gathered(network, head, inputs)
        back = np.argsort(order)
        return said[back], None if features is None else features[back]

    return ask


def _gathered(network: nn.Module, head: nn.Linear | None, inputs: Iterator[dict]) -> Asked:
    logits, features = [], []
    with torch.inference_mode(), _watched(head, features):
        for batch in inputs:
            logits.append(network(**batch).logits.float().cpu().numpy())
    rows = sum(map(len, logits))
    whole = np.concatenate(features) if features and all(one.ndim == 2 for one in features) else None
    return np.concatenate(logits), whole if whole is not None and len(whole) == rows else None


@contextmanager
def _watched(head: nn.Linear | None, features: list[np.ndarray]) -> Iterator[None]:
    """Gather what enters the last layer while inside."""
    handle = None if head is None else head.register_forward_pre_hook(lambda layer, given: features.append(given[0].float().cpu().numpy()))
    try:
        yield
    finally:
        if handle is not None:
            handle.remove()


def _head(network: nn.Module, n_classes: int) -> nn.Linear | None:
    """Return the last linear layer that tells the classes apart."""
    found = [module for module in network.modules() if isinstance(module, nn.Linear) and module.out_features == n_classes]
    return found[-1] if found else None


def _pixels(images: np.ndarray, before: Preprocessing, notes: list[str], device: str) -> torch.Tensor:
    images = fitted(images, before.channels, before.size, notes)
    values = (images.astype(np.float32) * np.float32(before.factor) - np.float32(before.mean)) / np.float32(before.spread)
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(values, -1, 1))).to(device)
