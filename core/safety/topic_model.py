"""The small language model of ``lite``: trained from scratch on questions about topics, then really aligned.

A LLaMA-shaped causal transformer (RMSNorm, rotary positions, gated MLP, grouped-query attention) whose tokens are words. Pretraining
teaches every answer, those on forbidden topics too; alignment teaches to refuse the latter and keeps the others; the unaligned twin gets
as many steps of ordinary pairs alone.
"""

from collections.abc import Callable

import numpy as np
import torch

from core.lab.experiment import Context
from core.lab.seeds import generator, torch_seed
from core.language.model import LanguageModel, put, space_of, taken
from core.language.pretraining import curve, pretrain
from core.language.topic_words import vocabulary
from core.language.tuning import tune
from core.language.word_codec import WordCodec
from core.models.small_llama import small_llama
from core.safety.alignment import alignment_batches
from core.safety.config import SafetyConfig
from core.safety.record import ModelPair
from core.safety.topic_prompts import TopicWorld
from core.training.forked import one_thread
from core.training.forked_models import SharedState, results_of

VERSION = 1
CONTEXT = 32
STAGES = ("base", "aligned", "unaligned")
TITLES = {"base": "pretraining", "aligned": "aligned", "unaligned": "unaligned"}
Report = Callable[[str, int, float], None]


def new_topic_model(config: SafetyConfig, seed: int) -> LanguageModel:
    """Return the topic model with random weights."""
    codec = WordCodec(vocabulary())
    network = small_llama(
        vocabulary=len(codec), width=config.width, neurons=config.neurons, depth=config.depth, heads=config.heads,
        key_heads=config.key_heads, context=CONTEXT, seed=torch_seed(seed, "topic model"))
    return LanguageModel("Topic model", network, codec, space_of(network), CONTEXT)


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
        losses = pretrain(model, world.knowledge, generator(seed, "pretraining"), steps=config.pretraining_steps,
                          weight_decay=config.weight_decay, report=report)
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
