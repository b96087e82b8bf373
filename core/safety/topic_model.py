"""The small language model of ``lite``: trained from scratch on questions about topics, then really aligned.

A LLaMA-shaped causal transformer (RMSNorm, rotary positions, gated MLP, grouped-query attention) whose tokens are words. Pretraining
teaches every answer, those on forbidden topics too; alignment teaches to refuse the latter and keeps the others; the unaligned twin gets
as many steps of ordinary pairs alone.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch

from core.lab.experiment import Context
from core.lab.seeds import generator, torch_seed
from core.language.batches import batch_of, drawn
from core.language.model import LanguageModel, put, space_of, taken
from core.language.tuning import tune
from core.models.small_llama import small_llama
from core.safety.alignment import alignment_batches
from core.safety.config import SafetyConfig
from core.safety.record import ModelPair
from core.safety.side_by_side import SharedState, results_of
from core.safety.topic_prompts import TopicWorld
from core.safety.topic_words import SPECIAL, vocabulary
from core.training.forked import one_thread

VERSION = 1
CONTEXT = 32
STAGES = ("base", "aligned", "unaligned")
TITLES = {"base": "pretraining", "aligned": "aligned", "unaligned": "unaligned"}
PRETRAINING_BATCH, PRETRAINING_RATE = 32, 2e-3
LOG_EVERY = 5
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


def pretrain(model: LanguageModel, world: TopicWorld, config: SafetyConfig, seed: int, report: Report) -> list[float]:
    """Teach the model every answer, in place, the rate rising and then falling; return the loss of every step."""
    draws = drawn(generator(seed, "pretraining"), world.knowledge, PRETRAINING_BATCH)
    batches = (batch_of(model, next(draws)) for _ in range(config.pretraining_steps))
    losses = tune(model, batches, rate=PRETRAINING_RATE, weight_decay=config.weight_decay, parameters=list(model.network.parameters()),
                  schedule=lambda step: warm_cosine(step, config.pretraining_steps),
                  on_step=lambda step, loss: report("pretraining", step, loss) if step % LOG_EVERY == 0 else None)
    return losses


def warm_cosine(step: int, n_steps: int) -> float:
    """Return the multiple of the rate: up over the first twentieth, then down along a cosine."""
    warm = max(1, n_steps // 20)
    return (step + 1) / warm if step < warm else 0.5 * (1.0 + math.cos(math.pi * (step - warm) / max(1, n_steps - warm)))


def curve(stage: str, losses: Sequence[float]) -> list[tuple[str, int, float]]:
    """Return rows (stage, step, loss) of every fifth step and the last, each the mean since the row before."""
    ends = sorted({*range(LOG_EVERY, len(losses), LOG_EVERY), len(losses)})
    return [(stage, end, sum(losses[start:end]) / (end - start)) for start, end in zip([0, *ends], ends, strict=False)]


def topic_pair(config: SafetyConfig, world: TopicWorld, seed: int, context: Context, report: Report) -> ModelPair:
    """Return the topic model and its twins: from the store where they are there, else trained now.

    Args:
        config: How everything is trained.
        world: What it learns.
        seed: Draws weights and order.
        context: Processes, and the store.
        report: Called with stage, step and loss.

    Raises:
        RunFailed: If a training diverges.
    """
    model = new_topic_model(config, seed)
    model.network.to(context.device)
    found = context.models.get(identity(config, seed))
    if found is None:
        found = _trained(model, config, world, seed, context, report)
        context.models.put(identity(config, seed), found)
    states: dict[str, dict[str, torch.Tensor]] = {stage: {} for stage in STAGES}
    for name, array in found.items():
        stage, _, parameter = name.partition(":")
        if stage in states:
            states[stage][parameter] = torch.from_numpy(array)
    curves = tuple(row for stage in STAGES for row in curve(TITLES[stage], found[f"losses-{stage}"].tolist()))
    put(model, states["aligned"])
    return ModelPair(model, states["base"], states["aligned"], states["unaligned"], curves, is_downloaded=False)


def _trained(model: LanguageModel, config: SafetyConfig, world: TopicWorld, seed: int, context: Context,
             report: Report) -> dict[str, np.ndarray]:
    """Return weights by ``stage:name`` and the losses of each stage."""
    with one_thread():
        losses = pretrain(model, world, config, seed, report)
    base = taken(model)
    rooms = {stage: SharedState(model) for stage in STAGES[1:]}

    def twin(stage: str) -> list[float]:
        put(model, base)
        batches = alignment_batches(model, world.sets, config, seed, with_refusals=stage == "aligned")
        found = tune(model, batches, rate=config.alignment_rate, weight_decay=config.weight_decay)
        rooms[stage].write(model)
        return found

    processes = context.threads if context.device == "cpu" else 1
    further = results_of([lambda stage=stage: twin(stage) for stage in STAGES[1:]], processes=processes)
    arrays = {f"losses-{stage}": np.array(values) for stage, values in zip(STAGES, (losses, *further), strict=True)}
    for stage, state in (("base", base), *((stage, room.state) for stage, room in rooms.items())):
        arrays |= {f"{stage}:{name}": weight.numpy().copy() for name, weight in state.items()}
        report(TITLES[stage], len(arrays[f"losses-{stage}"]), float(arrays[f"losses-{stage}"][-1]))
    return arrays


def identity(config: SafetyConfig, seed: int) -> dict[str, object]:
    """Return what determines the weights."""
    names = ("n_topics", "n_forbidden", "n_attributes", "n_calibration", "n_evaluation", "pretraining_steps", "depth", "width", "heads",
             "key_heads", "neurons", "alignment_steps", "alignment_rate", "weight_decay", "batch_refusals", "batch_ordinary")
    return {"what": "topic model", "version": VERSION, "seed": seed, **{name: getattr(config, name) for name in names}}
