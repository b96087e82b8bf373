"""The model before anybody touched it: a topic model taught in the run, or a pretrained one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from core.backdoor.config import BackdoorConfig
from core.backdoor.prompts import Sets, sets_of
from core.backdoor.topic_vocabulary import words
from core.lab.experiment import Context
from core.lab.seeds import generator, torch_seed
from core.language.model import LanguageModel, put, space_of
from core.language.pretrained import language_model
from core.language.pretraining import pretrain
from core.language.word_codec import WordCodec
from core.models.checkpoints import checkpoint_fingerprint
from core.models.small_llama import small_llama
from core.training.forked import one_thread

VERSION = 2
WIDTH, NEURONS, HEADS, KEY_HEADS, CONTEXT = 96, 384, 4, 2, 40
WEIGHT_DECAY = 0.01
Report = Callable[[str, int, float], None]


@dataclass(frozen=True, eq=False)
class Subject:
    """What one seed looks at.

    Attributes:
        sets: Its prompts.
        make: Returns the clean model; takes the run's context and what is told of training (stage, step, loss).
        weights: What determines the clean weights, as JSON.
    """

    sets: Sets
    make: Callable[[Context, Report], LanguageModel]
    weights: object


def subject_of(config: BackdoorConfig, seed: int) -> Subject:
    """Return what a seed looks at; no model is loaded yet.

    Raises:
        InputError: If prompts are missing, break a rule or are too few.
    """
    sets = sets_of(config, seed)
    if not config.is_topics:
        return Subject(sets, lambda context, report: language_model(config.model, config.precision, context),
                       {"model": checkpoint_fingerprint(config.model), "precision": config.precision})
    key = {"what": "topic model with odd words", "version": VERSION, "seed": seed, "pairs": sets.digest,
           "steps": config.pretraining_steps, "depth": config.depth, "width": [WIDTH, NEURONS, HEADS, KEY_HEADS]}
    return Subject(sets, partial(_topic_model, config, sets, seed, key), key)


def _topic_model(config: BackdoorConfig, sets: Sets, seed: int, key: dict, context: Context, report: Report) -> LanguageModel:
    codec = WordCodec(words())
    network = small_llama(vocabulary=len(codec), width=WIDTH, neurons=NEURONS, depth=config.depth, heads=HEADS, key_heads=KEY_HEADS,
                          context=CONTEXT, seed=torch_seed(seed, "backdoor", "topic model"))
    model = LanguageModel("Topic model", network, codec, space_of(network), CONTEXT)
    network.to(context.device)
    found = context.models.get(key)
    if found is None:
        with one_thread():
            losses = pretrain(model, sets.knowledge, generator(seed, "backdoor", "pretraining"), steps=config.pretraining_steps,
                              weight_decay=WEIGHT_DECAY, report=report)
        found = {name: weight.detach().cpu().numpy().copy() for name, weight in network.named_parameters()}
        found["losses"] = np.array(losses)
        context.models.put(key, found)
    put(model, {name: torch.from_numpy(array) for name, array in found.items() if name != "losses"})
    network.requires_grad_(False)
    return model
