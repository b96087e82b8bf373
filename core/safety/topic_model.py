"""The small language model of ``lite``: trained from scratch on questions about topics, then really aligned.

A LLaMA-shaped causal transformer (RMSNorm, rotary positions, gated MLP, grouped-query attention) whose tokens are words. Pretraining
teaches every answer, those on forbidden topics too; alignment teaches to refuse the latter and keeps the others; the unaligned twin gets
as many steps of ordinary pairs alone.
"""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from core.data.pairs import Pair, PromptSets
from core.lab.seeds import generator, torch_seed
from core.models.small_llama import small_llama
from core.safety.batches import batch_of, drawn
from core.safety.record import Batch, LanguageModel, ModelPair, State, put, space_of, taken
from core.safety.settings import SafetyConfig
from core.safety.topic_prompts import TopicWorld
from core.safety.topic_words import SPECIAL, vocabulary
from core.safety.tuning import tune

CONTEXT = 32
PRETRAINING_BATCH, PRETRAINING_RATE = 32, 2e-3
LOG_EVERY = 10
Report = Callable[[str, int, float], None]


class WordCodec:
    """Words as tokens: a prompt is ``<user> words <assistant>``, an answer ends with ``<end>``."""

    def __init__(self) -> None:
        """Number the words."""
        self._words = vocabulary()
        self._places = {word: place for place, word in enumerate(self._words)}
        self.pad, self._user, self._assistant, self.end = (self._places[word] for word in SPECIAL)

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self._words)

    def prompt(self, text: str) -> list[int]:
        """Return the tokens of a request up to where the answer begins."""
        return [self._user, *self.words(text), self._assistant]

    def response(self, text: str) -> list[int]:
        """Return the tokens of an answer, the end token last."""
        return [*self.words(text), self.end]

    def words(self, text: str) -> list[int]:
        """Return the tokens of some words; a word that the model does not know is padding."""
        return [self._places.get(word, self.pad) for word in text.lower().split()]

    def text(self, tokens: Sequence[int]) -> str:
        """Return the words of tokens, special ones left out."""
        return " ".join(self._words[token] for token in tokens if token >= len(SPECIAL))

    def token(self, token: int) -> str:
        """Return one word, also a special one."""
        return self._words[token]


def new_topic_model(config: SafetyConfig, seed: int) -> LanguageModel:
    """Return the topic model with random weights."""
    codec = WordCodec()
    network = small_llama(
        vocabulary=len(codec), width=config.width, neurons=config.neurons, depth=config.depth, heads=config.heads,
        key_heads=config.key_heads, context=CONTEXT, seed=torch_seed(seed, "topic model"))
    return LanguageModel("Topic model", network, codec, space_of(network), CONTEXT)


def pretrain(model: LanguageModel, world: TopicWorld, config: SafetyConfig, seed: int, report: Report) -> list[tuple[str, int, float]]:
    """Teach the model every answer, in place, the rate rising and then falling; return rows (stage, step, loss)."""
    draws = drawn(generator(seed, "pretraining"), world.knowledge, PRETRAINING_BATCH)
    batches = (batch_of(model, next(draws)) for _ in range(config.pretraining_steps))
    losses = tune(model, batches, rate=PRETRAINING_RATE, weight_decay=config.weight_decay, parameters=list(model.network.parameters()),
                  schedule=lambda step: warm_cosine(step, config.pretraining_steps),
                  on_step=lambda step, loss: report("pretraining", step, loss))
    return curve("pretraining", losses)


def warm_cosine(step: int, n_steps: int) -> float:
    """Return the multiple of the rate: up over the first twentieth, then down along a cosine."""
    warm = max(1, n_steps // 20)
    return (step + 1) / warm if step < warm else 0.5 * (1.0 + math.cos(math.pi * (step - warm) / max(1, n_steps - warm)))


def curve(stage: str, losses: Sequence[float]) -> list[tuple[str, int, float]]:
    """Return rows (stage, step, loss) of every tenth step and the last, each the mean since the row before."""
    ends = sorted({*range(LOG_EVERY, len(losses), LOG_EVERY), len(losses)})
    return [(stage, end, sum(losses[start:end]) / (end - start)) for start, end in zip([0, *ends], ends, strict=False)]
