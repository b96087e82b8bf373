"""Randomly initialised transformers of a few hundred weights, saved as transformers saves them: nothing is downloaded."""

from pathlib import Path

import torch

from core.data.torchvision_import import import_torchvision

WORDS = ("[PAD]", "[UNK]", "red", "blue", "green", "one", "two", "three", "is", "not", "a", "colour", "number")
COLOURS, NUMBERS = ("red", "blue", "green"), ("one", "two", "three")


def bodies(n_layers: int = 3):
    """Return a Post-LN encoder with LayerNorm and a Pre-LN decoder with RMSNorm."""
    import_torchvision("transforms")
    from transformers import BertConfig, BertModel, LlamaConfig, LlamaModel
    torch.manual_seed(0)
    size = {"vocab_size": len(WORDS), "hidden_size": 12, "num_hidden_layers": n_layers, "num_attention_heads": 2,
            "intermediate_size": 16, "max_position_embeddings": 32}
    encoder = BertModel(BertConfig(**size, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1))
    decoder = LlamaModel(LlamaConfig(**size, num_key_value_heads=1, pad_token_id=0, bos_token_id=1, eos_token_id=1))
    with torch.no_grad():
        for body in (encoder, decoder):  # fresh norms are 1 and 0, of which nothing could be stripped
            for name, parameter in body.named_parameters():
                if "norm" in name.lower():
                    parameter.add_(0.3 * torch.randn_like(parameter))
    return {"post": encoder, "pre": decoder}


def save(folder: Path, n_layers: int = 3) -> dict[str, str]:
    """Save both models with a tokeniser of whole words; return their names for a config by placement."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    found = bodies(n_layers)
    from transformers import PreTrainedTokenizerFast
    from transformers.utils import logging
    logging.disable_progress_bar()
    words = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    for placement, body in found.items():
        body.save_pretrained(folder / placement)
        PreTrainedTokenizerFast(tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(folder / placement)
    return {placement: f"transformers:{folder / placement}" for placement in found}


def write_texts(path: Path, n: int = 60) -> str:
    """Write texts about colours and numbers, told apart by one word; return the source's name."""
    rows = ["text,label"]
    for index in range(n):
        word = (COLOURS, NUMBERS)[index % 2][index // 2 % 3]
        claim = f"is {'not ' if index % 5 == 0 else ''}a {('colour', 'number')[index // 7 % 2]}"
        rows.append(f"{word} {claim},{('colour', 'number')[index % 2]}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return f"csv:{path}"
