"""Transformers of the BERT, GPT and LLaMA families as classifiers of texts: pretrained body, mean over tokens, new linear head.

Everything outside transformers' own blocks is kept the same for encoders and decoders, so that what differs between two models
is the models.
"""

import copy

import numpy as np
import torch
from torch import Tensor, nn

from core.lab.errors import InputError
from core.models.checkpoints import Checkpoint
from core.models.from_folder import pretrained
from core.models.normalisation import is_norm
from core.models.readers import give_biases

PADDING = -1
FEWEST_BLOCKS = 3
_DROPOUT_RATES = ("attention_dropout", "dropout_prob")  # what attention modules keep as plain numbers


class TextClassifier(nn.Module):
    """A transformer's body, the mean over the tokens that are there, and a linear head."""

    def __init__(self, body: nn.Module, n_classes: int) -> None:
        """Put a fresh head on ``body``, from torch's global generator; layers that read a norm with a bias get one, too."""
        super().__init__()
        self.body = body
        self.head = nn.Linear(body.config.hidden_size, n_classes)
        give_biases(body)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (B, C) and pooled features (B, D) of tokens (B, T), int64, ``PADDING`` where there is none."""
        tokens = tokens[:, :int((tokens >= 0).sum(1).max())]  # no work for columns that are padding in the whole batch
        mask = tokens >= 0
        states = self.body(input_ids=tokens.clamp(min=0), attention_mask=mask.long()).last_hidden_state.to(self.head.weight.dtype)
        weight = mask.unsqueeze(-1).to(states.dtype)
        features = (states * weight).sum(1) / weight.sum(1)
        return self.head(features), features

    def set_dropout(self, probability: float) -> None:
        """Set the rate of every dropout, also of those that attention keeps as plain numbers."""
        for module in self.modules():
            if isinstance(module, nn.Dropout):
                module.p = probability
            for name in _DROPOUT_RATES:
                if isinstance(getattr(module, name, None), float):
                    setattr(module, name, probability)

    def with_random_weights(self) -> "TextClassifier":
        """Return the same architecture with random weights from torch's global generator."""
        config = copy.deepcopy(self.body.config)
        config.vocab_size = self.body.get_input_embeddings().num_embeddings
        config.pad_token_id = None
        body = type(self.body)(config)
        if getattr(body, "pooler", None) is not None:
            body.pooler = None
        return TextClassifier(body, self.head.out_features)


def load_text_classifier(checkpoint: Checkpoint, *, n_classes: int, n_blocks: int = 0) -> tuple[TextClassifier, object]:
    """Return a pretrained classifier with a fresh head, in float32, and its tokeniser.

    Args:
        checkpoint: Where the pretrained body lies.
        n_classes: Number of logits.
        n_blocks: Take only the first blocks; 0 takes all. The final norm of a shortened body, which was learnt for other inputs, is
            reset to scale 1 and bias 0.

    Raises:
        InputError: If transformers is missing, cannot load the model, or the model has fewer blocks.
    """
    body, tokenizer = pretrained(checkpoint, "AutoModel", precision=torch.float32, what="a pretrained model",
                                 remedy="use a text model of the BERT, GPT or LLaMA family", may_lack="pooler")
    return classifier_of(body, n_classes=n_classes, n_blocks=n_blocks, name=checkpoint.title), tokenizer


def classifier_of(body: nn.Module, *, n_classes: int, n_blocks: int = 0, name: str = "this model") -> TextClassifier:
    """Return a classifier on a transformers body, shortened to its first ``n_blocks`` blocks (0: all), without an unused pooler.

    Raises:
        InputError: If the body has fewer blocks, or none can be found.
    """
    if getattr(body, "pooler", None) is not None:
        body.pooler = None
    body.config.use_cache = False
    blocks = blocks_of(body, name)
    if n_blocks > len(blocks):
        raise InputError(f"at most the {len(blocks)} blocks of {name} can be kept, got {n_blocks}: "
                         f"{fewer_blocks(len(blocks))}.")
    if 0 < n_blocks < len(blocks):
        inside = {id(module) for module in blocks.modules()}
        del blocks[n_blocks:]
        body.config.num_hidden_layers = n_blocks
        for path, module in body.named_modules():
            if id(module) not in inside and is_norm(module) and "embed" not in path.lower():
                _reset_norm(module)
    return TextClassifier(body, n_classes)


def fewer_blocks(found: int) -> str:
    """Return what to do where a model has too few blocks: a study needs three, so that a number below is no remedy."""
    return "lower the number of blocks" if found >= FEWEST_BLOCKS else f"choose a model with at least {FEWEST_BLOCKS}"


def blocks_of(body: nn.Module, name: str = "this model") -> nn.ModuleList:
    """Return the list of a transformer's blocks: the longest list of modules in it.

    Raises:
        InputError: If there is none.
    """
    lists = [module for module in body.modules() if isinstance(module, nn.ModuleList)]
    if not lists:
        raise InputError(f"a transformer must hold its blocks in a list, got none in {name}: choose a model of the BERT, GPT or "
                         "LLaMA family.")
    return max(lists, key=len)


def tokenize(tokenizer: object, texts: tuple[str, ...], most_tokens: int) -> Tensor:
    """Return texts as tokens, int64 (N, T), longer ones cut to ``most_tokens``; ``PADDING`` stands on the right.

    Raises:
        InputError: If a text has no token.
    """
    found = tokenizer(list(texts), truncation=True, max_length=most_tokens, padding=False)["input_ids"]
    lengths = [len(ids) for ids in found]
    if not min(lengths):
        raise InputError(f"every text must have at least one token, got none in {texts[lengths.index(0)][:40]!r}: remove the row.")
    tokens = np.full((len(found), max(lengths)), PADDING, dtype=np.int64)
    for row, ids in enumerate(found):
        tokens[row, :len(ids)] = ids
    return torch.from_numpy(tokens)


def drop_unused_words(network: TextClassifier, tokens: Tensor) -> Tensor:
    """Remove the word embeddings that never occur in ``tokens`` and return the tokens renumbered.

    Exact: an embedding that is never looked up changes no output and receives no gradient. The optimiser gets much cheaper.
    """
    used, places = torch.unique(tokens.clamp(min=0), return_inverse=True)
    old = network.body.get_input_embeddings()
    new = nn.Embedding(len(used), old.embedding_dim, dtype=old.weight.dtype, device=old.weight.device)
    new.weight.data.copy_(old.weight.data[used])
    network.body.set_input_embeddings(new)
    return torch.where(tokens >= 0, places, PADDING)


def _reset_norm(module: nn.Module) -> None:
    for name, value in (("weight", 1.0), ("bias", 0.0)):
        if getattr(module, name, None) is not None:
            getattr(module, name).data.fill_(value)
