"""Patch transformers pretrained here: trained once on images with right labels, kept as artefacts, reused."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from core.lab.experiment import Context
from core.lab.seeds import torch_seed
from core.layernorm.config import LayerNormConfig
from core.layernorm.image_task import ImageTask
from core.layernorm.pretrained import Subject
from core.layernorm.variants import PLACEMENT_TITLES, Placement
from core.models.normalisation import choose, find_norms
from core.models.patch_transformer import PatchTransformer
from core.models.readers import find_readers
from core.training.forked import one_thread
from core.training.loop import EVALUATION_BATCH
from core.training.side_by_side import train_side_by_side
from core.training.variation import Course, Variation
from core.training.workbench import State, state_of

BATCH = 64
VERSION = 1  # of pretraining; raised whenever its weights may change


def image_subjects(config: LayerNormConfig, placements: tuple[Placement, ...], images: ImageTask, *, seed: int,
                   context: Context) -> list[Subject]:
    """Return the patch transformer of each placement, pretrained; only what is not stored is trained.

    Both placements begin with the same random weights and see the same images in the same order.

    Raises:
        InputError: If patch, width, heads or depth do not fit.
        RunFailed: If pretraining diverges.
    """
    networks = {placement: _network(config, placement, images, seed, "initial weights") for placement in placements}
    stored = {placement: context.models.get(_identity(config, placement, images, seed)) for placement in placements}
    todo = [placement for placement in placements if stored[placement] is None]
    if todo:
        for placement, arrays in zip(todo, _pretrain([networks[one] for one in todo], todo, config, images, seed, context), strict=True):
            context.models.put(_identity(config, placement, images, seed), arrays)
            stored[placement] = arrays
    return [_subject(config, placement, networks[placement], stored[placement], images, seed, context.device) for placement in placements]


def course_of(config: LayerNormConfig, n: int) -> Course:
    """Return how pretraining goes over ``n`` images."""
    epochs = max(1, round(config.pretraining_samples / n))
    return Course(epochs, min(BATCH, n), config.pretraining_rate, "cosine", config.warmup, (epochs,))


@dataclass(frozen=True, eq=False)
class Readout:
    """Test accuracy of weights under the head of pretraining."""

    network: PatchTransformer
    head: State
    images: ImageTask
    device: str

    def __call__(self, state: Mapping[str, Tensor]) -> float:
        """Return the accuracy, a fraction in [0, 1]; the network keeps the weights."""
        self.network.load_state_dict(dict(state) | self.head)
        task, network = self.images.task, self.network.to(self.device).eval()
        with torch.no_grad(), one_thread():
            parts = [network(task.feed.prepare(batch.to(self.device)))[0].argmax(1).cpu()
                     for batch in task.feed.inputs[task.test].split(EVALUATION_BATCH)]
        return float((torch.cat(parts).numpy() == task.y_true[task.test]).mean())


def _network(config: LayerNormConfig, placement: Placement, images: ImageTask, seed: int, stage: str) -> PatchTransformer:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(torch_seed(seed, stage))
        return PatchTransformer(
            images.task.feed.n_classes, images.image_shape, placement=placement, depth=config.depth, width=config.width,
            heads=config.heads, patch=config.patch)


def _identity(config: LayerNormConfig, placement: Placement, images: ImageTask, seed: int) -> dict[str, Any]:
    settings = {name: getattr(config, name) for name in (
        "depth", "width", "heads", "patch", "pretraining_samples", "pretraining_rate", "norm_rate", "warmup", "n_train", "n_test")}
    return {"kind": "pretrained patch transformer", "version": VERSION, "placement": placement, "data": images.content, "seed": seed,
            **settings}


def _pretrain(networks: list[PatchTransformer], placements: list[Placement], config: LayerNormConfig, images: ImageTask, seed: int,
              context: Context) -> list[dict[str, np.ndarray]]:
    feed, course = images.pretraining, course_of(config, images.pretraining.n_train)
    variations = [
        Variation(f"pretraining {PLACEMENT_TITLES[placement]}", network, feed, state_of(network), keep=True,
                  rates={name: config.norm_rate for norm in choose(find_norms(network)) for name in norm.weights})
        for network, placement in zip(networks, placements, strict=True)]
    trained = train_side_by_side(variations, course, seed=torch_seed(seed, "pretraining"), device=context.device, report=context.report,
                                 processes=context.threads)
    answer = []
    for one in trained:
        y = feed.labels[feed.n_train :].numpy()
        accuracy = np.full(course.epochs, np.nan)
        accuracy[-1] = (one.logits[-1, feed.n_train :].argmax(1) == y).mean()
        curve = {"curve/train_loss": one.train_loss, "curve/train_accuracy": one.train_accuracy, "curve/test_accuracy": accuracy}
        answer.append({f"state/{name}": value.numpy() for name, value in one.state.items()} | curve)
    return answer


def _subject(config: LayerNormConfig, placement: Placement, network: PatchTransformer, arrays: Mapping[str, np.ndarray], images: ImageTask,
             seed: int, device: str) -> Subject:
    pretrained = {name.removeprefix("state/"): torch.from_numpy(np.array(value)) for name, value in arrays.items()
                  if name.startswith("state/")}
    head = {name: value for name, value in pretrained.items() if name.startswith("head.")}
    fresh = state_of(_network(config, placement, images, seed, "fresh weights"))
    curve = pd.DataFrame({name.removeprefix("curve/"): value for name, value in arrays.items() if name.startswith("curve/")})
    curve.insert(0, "epoch", np.arange(1, len(curve) + 1))
    return Subject(
        placement=placement, name="patch", title=f"{PLACEMENT_TITLES[placement]} patch transformer", network=network, task=images.task,
        state=pretrained | {name: fresh[name] for name in head}, fresh=fresh, norms=find_norms(network), reads=find_readers(network),
        readout=Readout(copy.deepcopy(network), head, images, device), readout_kind="pretrained",
        pretraining=curve[["epoch", "train_loss", "train_accuracy", "test_accuracy"]])
