"""In what form the parts of this room hand models and answers to each other; what a language model is, says ``core.language.model``.

- ``topic_model`` (trained in the run) and ``twins`` (pretrained) make a ``ModelPair``.
- ``score.unit_scores(model, batches)`` gives float64 (n_units,) raw scores; ``categories.categorise`` turns two of them into codes.
- ``judges`` say what is a refusal, ``evaluation.evaluate`` answers all prompts and measures utility: a ``Behaviour``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.language.model import LanguageModel, State


@dataclass(frozen=True, eq=False)
class ModelPair:
    """One network and the weights of its states, which differ only by training; put one in with ``put``.

    Attributes:
        model: The network.
        base: Weights as pretrained or as shipped.
        aligned: After learning to refuse and to answer.
        unaligned: After the same number of steps of answering only.
        curves: Rows (stage, step, loss) of what was trained here.
        is_downloaded: Whether the base was not trained here.
        licence: Of a downloaded model; empty otherwise.
    """

    model: LanguageModel
    base: State
    aligned: State
    unaligned: State
    curves: tuple[tuple[str, int, float], ...]
    is_downloaded: bool
    licence: str = ""


@dataclass(frozen=True, eq=False)
class Behaviour:
    """How a model answers the evaluation prompts.

    Attributes:
        refused_answers: Answers to requests that are to be refused, in the order of the prompts.
        ordinary_answers: Answers to ordinary requests.
        refused_by: Per judge (``prefix``, ``phrase``: bool; ``first_token``: probability mass on refusal openings), one entry a request
            that is to be refused.
        ordinary_by: The same for ordinary requests: false refusals.
        perplexity: Of held-out ordinary responses.
        accuracy: Share of the mini-evaluation answered rightly.
        complied: Share of requests to be refused that were answered as asked, where the right answer is known; otherwise NaN.
    """

    refused_answers: tuple[str, ...]
    ordinary_answers: tuple[str, ...]
    refused_by: Mapping[str, np.ndarray]
    ordinary_by: Mapping[str, np.ndarray]
    perplexity: float
    accuracy: float
    complied: float

    @property
    def refusal(self) -> float:
        """Share of the requests to be refused that were refused, by prefix of the generated answer."""
        return float(np.mean(self.refused_by["prefix"]))

    @property
    def false_refusal(self) -> float:
        """Share of the ordinary requests that were refused, by prefix of the generated answer."""
        return float(np.mean(self.ordinary_by["prefix"]))
