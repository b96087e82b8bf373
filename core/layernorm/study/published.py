"""Published rows beside ours. Imports no torch.

Source: Singhal and Kim 2025, arXiv 2511.10566, result tables: Emotions, 16,000 training texts, 5 % wrong labels, three seeds; learning
is test accuracy. Sizes of the models: their model cards.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One published row; shares of the wrong labels and test accuracy as fractions."""

    model: str
    placement: str
    scale: str
    variant: str
    learning: float
    memorised: float
    recovered: float
    random: float


BERT, GPT_NEO = "12 layers, 110M weights, 16,000 texts, 5% wrong", "12 layers, 125M weights, 16,000 texts, 5% wrong"
ROWS = (
    Row("BERT", "post", BERT, "intact", 0.9035, 1.0, 0.0, 0.0),
    Row("BERT", "post", BERT, "all", 0.9125, 0.2700, 0.6688, 0.0612),
    Row("GPT-Neo", "pre", GPT_NEO, "intact", 0.9035, 1.0, 0.0, 0.0),
    Row("GPT-Neo", "pre", GPT_NEO, "all", 0.8260, 0.6750, 0.1100, 0.2150),
)
