"""Classifiers of a few thousand weights in folders as transformers saves them, whose heads were fitted to data that a child could sort."""

from pathlib import Path

import numpy as np
import torch

from core.data.torchvision_import import import_torchvision
from core.models.transformers_import import quiet_transformers
from tests.subjects.models import CLASSES, SIDE, images

WORDS = ("<unk>", "<pad>", "good", "bad", "film", "story", "the", "a", "very", "was")
SIZES = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}


def image_folder(folder: Path, names: tuple[str, ...] = ("0", "1", "2")) -> str:
    """Save a vision transformer that tells the bands of ``tests.subjects.models`` apart; ``names`` in the order of its outputs."""
    import_torchvision("transforms")
    torch.manual_seed(3)
    with quiet_transformers() as t:
        network = t.ViTForImageClassification(t.ViTConfig(
            **SIZES, image_size=SIDE, patch_size=4, num_channels=1, id2label=dict(enumerate(names)),
            label2id={name: place for place, name in enumerate(names)})).eval()
        t.ViTImageProcessor(size={"height": SIDE, "width": SIDE}, image_mean=[0.4], image_std=[0.2]).save_pretrained(folder)
    x, y = images(300)
    pixels = torch.from_numpy(((x / 255 - 0.4) / 0.2).astype(np.float32)).movedim(-1, 1)
    _fit(network.classifier, network.vit(pixel_values=pixels).last_hidden_state[:, 0], np.array([names.index(str(k)) for k in y]), CLASSES)
    network.save_pretrained(folder)
    return f"transformers:{folder}"


def texts(n: int, seed: int = 0) -> tuple[list[str], list[str]]:
    rng = np.random.default_rng(seed)
    labels = [("bad", "good")[place % 2] for place in range(n)]
    return [" ".join([*rng.choice(WORDS[4:], rng.integers(2, 6)), label]) for label in labels], labels


def text_folder(folder: Path, **settings: object) -> str:
    """Save a small BERT that tells good films from bad ones."""
    import_torchvision("transforms")
    torch.manual_seed(3)
    from tokenizers import Tokenizer, models, pre_tokenizers
    with quiet_transformers() as t:
        tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="<unk>"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        fast = t.PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>")
        network = t.BertForSequenceClassification(t.BertConfig(
            **SIZES, vocab_size=len(WORDS), max_position_embeddings=32, pad_token_id=1, initializer_range=0.5,
            id2label={0: "bad", 1: "good"}, label2id={"bad": 0, "good": 1})).eval()
    fast.save_pretrained(folder)
    said, labels = texts(200)
    inner = network.bert(**fast(said, padding=True, return_tensors="pt")).pooler_output
    _fit(network.classifier, inner, np.array([label == "good" for label in labels], dtype=int), 2)
    network.save_pretrained(folder, **settings)
    return f"transformers:{folder}"


def texts_file(folder: Path, n: int = 160) -> str:
    """Write texts with parts and groups; those that have drifted speak of things that the model was not fitted to."""
    said, labels = texts(n, seed=1)
    rows = [f"{text},{label},{('train', 'test', 'shifted')[place % 3]},{'ab'[place // 3 % 2]}"
            for place, (text, label) in enumerate(zip(said, labels, strict=True))]
    (folder / "texts.csv").write_text("review,sentiment,split,group\n" + "\n".join(rows) + "\n")
    return f"csv:{folder / 'texts.csv'}"


@torch.no_grad()
def _fit(head: torch.nn.Linear, features: torch.Tensor, y: np.ndarray, n_classes: int) -> None:
    inputs = torch.cat([features.detach(), torch.ones(len(features), 1)], 1)
    weights = torch.linalg.lstsq(inputs, 6 * torch.nn.functional.one_hot(torch.from_numpy(y), n_classes).float()).solution
    head.weight.copy_(weights[:-1].T)
    head.bias.copy_(weights[-1])
