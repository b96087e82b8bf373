"""Pretrained transformers with labelled texts, some labels wrong, as subjects of the protocol."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from core.data.texts import TextDataset, load_texts, split
from core.lab.seeds import generator, torch_seed
from core.layernorm.config import LayerNormConfig
from core.layernorm.pretrained import Subject, Task
from core.layernorm.variants import PLACEMENT_TITLES, Placement
from core.layernorm.wrong_labels import labels_given
from core.measures.linear_probe import probe_accuracy
from core.models.checkpoints import WHEELS, obtain
from core.models.normalisation import find_norms
from core.models.readers import find_readers
from core.models.text_classifier import TextClassifier, drop_unused_words, load_text_classifier, tokenize
from core.training.forked import one_thread
from core.training.precision import resolve_precision
from core.training.variation import Feed
from core.training.workbench import state_of

READOUT_BATCH = 64


@dataclass(frozen=True, eq=False)
class LabelledTexts:
    """The texts of one seed: training, then validation, then test texts, each part ordered by length to spare padding.

    Attributes:
        dataset: Where they come from.
        texts: N of them.
        y_true: Right labels, int64 (N,).
        y_given: Labels given, int64 (N,); right for test texts.
        n_train: How many are trained on.
        n_valid: How many are for validation.
    """

    dataset: TextDataset
    texts: tuple[str, ...]
    y_true: np.ndarray
    y_given: np.ndarray
    n_train: int
    n_valid: int


def labelled_texts(config: LayerNormConfig, seed: int) -> LabelledTexts:
    """Return the texts of a seed with their wrong labels, the same for every model.

    Raises:
        InputError: If the texts are missing or too few, or the class that is to be mislabelled does not occur.
    """
    dataset = load_texts(config.data)
    parts = split(dataset, (config.n_train, config.n_valid, config.n_test), generator(seed, "texts"))
    lengths = np.array([len(text) for text in dataset.texts])
    rows = np.concatenate([part[np.argsort(lengths[part], kind="stable")] for part in parts])
    y_true = dataset.y[rows]
    y_given = labels_given(y_true, config, len(dataset.class_names), seed)
    return LabelledTexts(dataset, tuple(dataset.texts[row] for row in rows), y_true, y_given, config.n_train, config.n_valid)


def text_subject(config: LayerNormConfig, placement: Placement, labelled: LabelledTexts, *, seed: int) -> Subject:
    """Return a pretrained model with a fresh head and the texts as its tokens.

    Args:
        config: Names the model and says how many of its layers and how many tokens of a text are kept.
        placement: Which of the two models.
        labelled: The texts.
        seed: Draws the head, and random weights for training from scratch.

    Raises:
        InputError: If the model cannot be had, or has fewer layers or no norms.
    """
    name = config.model_of(placement)
    checkpoint = obtain(name)
    n_classes = len(labelled.dataset.class_names)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(torch_seed(seed, "head"))
        network, tokenizer = load_text_classifier(checkpoint, n_classes=n_classes, n_blocks=config.depth)
        tokens = drop_unused_words(network, tokenize(tokenizer, labelled.texts, config.most_tokens))
        torch.manual_seed(torch_seed(seed, "random weights"))
        fresh = state_of(network.with_random_weights()) if config.scratch else None
    n_train, y_true = labelled.n_train, labelled.y_true
    towards = torch.from_numpy(np.concatenate([labelled.y_given[:n_train], y_true[n_train:]]))
    feed = Feed(tokens, towards, n_train, n_classes, as_they_are)
    task = Task(feed, labelled.n_valid, y_true, labelled.y_given, labelled.dataset.class_names, None, labelled.texts)
    readout = TextReadout(network, tokens, labelled, resolve_precision(config.precision, "cpu") == torch.bfloat16)
    return Subject(
        placement=placement, name=name, title=f"{checkpoint.title}, {config.depth} layers ({PLACEMENT_TITLES[placement]})",
        network=network, task=task, state=state_of(network), fresh=fresh, norms=find_norms(network), reads=find_readers(network) or None,
        readout=readout, readout_kind="probe", pretraining=pd.DataFrame(), is_downloaded=True,
        licence=WHEELS[name].licence if name in WHEELS else "")


@dataclass(frozen=True, eq=False)
class TextReadout:
    """Test accuracy of a linear probe on the features of some weights, fitted to right labels."""

    network: TextClassifier
    tokens: Tensor
    labelled: LabelledTexts
    half_precision: bool

    def __call__(self, state: Mapping[str, Tensor]) -> float:
        """Return the accuracy, a fraction in [0, 1]; the network keeps the weights."""
        self.network.load_state_dict(state)
        return probe_accuracy(self.features(), self.labelled.y_true, self.labelled.n_train + self.labelled.n_valid)

    @torch.no_grad()
    def features(self) -> np.ndarray:
        """Return the pooled features (N, D) of all texts."""
        self.network.eval()
        with one_thread(), torch.autocast(self.tokens.device.type, dtype=torch.bfloat16, enabled=self.half_precision):
            return torch.cat([self.network(batch)[1] for batch in self.tokens.split(READOUT_BATCH)]).cpu().numpy()


def as_they_are(tokens: Tensor) -> Tensor:
    """Return tokens as a text classifier takes them."""
    return tokens
