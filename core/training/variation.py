"""What is held equal and what differs when variants of a model are trained side by side."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from core.lab.seeds import torch_seed
from core.training.objectives import StartObjective, plain
from core.training.schedule import learning_rate_at, warmup_factor
from core.training.workbench import State

ADAM = ("adam", 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Feed:
    """The samples, training ones first.

    Attributes:
        inputs: (N, ...) of any dtype: images, token numbers.
        labels: int64 (N,): of training samples what they are trained towards.
        n_train: How many of them are trained on; the others are only predicted.
        n_classes: Number of logits.
        prepare: Turns a batch of inputs into what networks take.
    """

    inputs: Tensor
    labels: Tensor
    n_train: int
    n_classes: int
    prepare: Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Variation:
    """One model to be trained.

    Attributes:
        label: What progress calls it.
        network: Its architecture; maps prepared inputs to (logits, features). Several variations may share one object.
        feed: Its samples.
        start: Weights to begin from.
        rates: Multiple of the learning rate by parameter name, a number or a tensor of the parameter's shape; 0 keeps bits, and
            what is not named has 1.
        decay: Decoupled weight decay by parameter name, likewise; what is not named has 0.
        objective: Its loss.
        dropout: Probability of every dropout layer.
        keep: Whether its trained weights are returned.
        can_stack: Whether it may be trained in one batched computation with others of the same network.
    """

    label: str
    network: nn.Module
    feed: Feed
    start: State
    rates: Mapping[str, Tensor | float] = field(default_factory=dict)
    decay: Mapping[str, Tensor | float] = field(default_factory=dict)
    objective: StartObjective = field(default_factory=plain)
    dropout: float = 0.0
    keep: bool = False
    can_stack: bool = True


@dataclass(frozen=True)
class Course:
    """How long and how fast all of them are trained, with Adam.

    Attributes:
        epochs: Passes over the training samples.
        batch_size: Samples a step at most.
        learning_rate: Of the first steps after warm-up.
        schedule: How it falls.
        warmup: Share of all steps over which it rises.
        evaluated: Epochs (from 1) after which everything is predicted.
        half_precision: Whether networks compute in bfloat16 (autocast) where that is faster.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    schedule: Literal["cosine", "constant"] = "cosine"
    warmup: float = 0.0
    evaluated: tuple[int, ...] = ()
    half_precision: bool = False

    def rate(self, step: int, total_steps: int) -> float:
        """Return the learning rate of a step, from 0."""
        rate = learning_rate_at(step, total_steps, base=self.learning_rate, schedule=self.schedule)
        return rate * warmup_factor(step, total_steps, self.warmup)


@dataclass(frozen=True, eq=False)
class Trained:
    """What training one variation leaves.

    Attributes:
        logits: float32 (evaluations, N, C): on all samples, dropout off.
        train_loss: (epochs,) mean loss over the batches of each epoch as they were met.
        train_accuracy: (epochs,) likewise.
        seconds: Wall time; variations trained in one computation share it equally.
        state: Weights after the last epoch; None unless it was to be kept.
    """

    logits: np.ndarray
    train_loss: np.ndarray
    train_accuracy: np.ndarray
    seconds: float
    state: State | None


def order_generator(seed: int) -> torch.Generator:
    """Return the generator of the order of samples, the same for every variation of a seed."""
    stream = torch.Generator()
    stream.manual_seed(torch_seed(seed, "order of samples"))
    return stream


def set_dropout(network: nn.Module, probability: float) -> None:
    """Give every dropout layer of a network this probability; a network that knows better has a method ``set_dropout``."""
    if hasattr(network, "set_dropout"):
        network.set_dropout(probability)
        return
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.p = probability


def per_weight(network: nn.Module, values: Mapping[str, Tensor | float], default: float) -> list[Tensor] | None:
    """Return ``values`` as one tensor of each parameter's shape, in order, or None where there are none.

    Raises:
        KeyError: If a name is no parameter of the network.
    """
    parameters = dict(network.named_parameters())
    unknown = set(values) - set(parameters)
    if unknown:
        raise KeyError(f"no parameters of the network: {', '.join(sorted(unknown))}")
    if not values:
        return None
    return [torch.as_tensor(values.get(name, default), dtype=torch.float32).expand(parameter.shape)
            for name, parameter in parameters.items()]
