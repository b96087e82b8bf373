"""How much each weight contributes to leaking and to learning: two scores per weight of a trained model.

Both sum ``|gradient x weight|`` over batches. *Vulnerability* takes the gradient of "learn the members, forget the references": on a
copy that moves on, cross-entropy on members plus the divergence of its answers on references from those of the initial network.
*Learnability* takes the gradient of plain cross-entropy on members at the trained weights (first-order Taylor importance).

Source: Fang and Kim 2026, "Learnability and Privacy Vulnerability are Entangled in a Few Critical Weights", arXiv 2603.13186, from its
abstract and notes of third parties; weight of forgetting, number and size of steps are not published. Networks stay in evaluation
mode, so that batch statistics of references do not enter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.lab.experiment import Context
from core.lab.seeds import generator
from core.models.registry import build
from core.privacy.audited_models import AuditData, AuditedModel
from core.training.config import TrainingConfig
from core.training.forked import one_thread, run_each, shared_array
from core.training.images import on_device, to_input

Direction = Literal["initial_first", "updated_first"]
STEP_SIZE = 0.01


@dataclass(frozen=True, eq=False)
class WeightScores:
    """Scores of K models, every weight of the network in the order of ``names`` one after the other, (K, P) float32.

    Attributes:
        names: Parameter names.
        sizes: Number of weights of each parameter.
        layer_types: "conv", "linear" or "norm" of each parameter.
        vulnerability: Larger means more of the gap between members and others.
        learnability: Larger means more of the fit to the members.
        magnitude: Absolute value of the weight itself, which both scores contain.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    layer_types: tuple[str, ...]
    vulnerability: np.ndarray
    learnability: np.ndarray
    magnitude: np.ndarray

    @property
    def types(self) -> np.ndarray:
        """Layer type of each weight, (P,)."""
        return np.repeat(np.array(self.layer_types), self.sizes)


def score_weights(
    audit: AuditData, models: Sequence[AuditedModel], training: TrainingConfig, *, steps: int, forgetting: float,
    direction: Direction, seed: int, context: Context,
) -> WeightScores:
    """Return the scores of every weight of every model; model k's members are row k of the membership table.

    Args:
        audit: Images and memberships; the references are ``audit.reference``.
        models: Trained models with their initial weights.
        training: How to rebuild the network.
        steps: Updates over which vulnerability is summed, and batches over which learnability is.
        forgetting: Share of the divergence in the loss, in [0, 1].
        direction: "initial_first" is KL(initial || updated), "updated_first" the reverse.
        seed: Draws the batches.
        context: Device and processes, which change no bit.
    """
    x, y = audit.pool
    with one_thread():
        network = build(training.model, n_classes=audit.n_classes, image_shape=(x.shape[3], *x.shape[1:3]), width=training.width)
        network = network.to(context.device).eval()
        sizes = tuple(parameter.numel() for parameter in network.parameters())
        vulnerability, learnability, magnitude = (shared_array((len(models), sum(sizes)), np.float32) for _ in range(3))
        batches = _Batches(on_device(x, context.device), torch.from_numpy(y).to(context.device),
                           on_device(audit.reference[0], context.device), training.batch_size, steps, seed)

        def work(index: int) -> None:
            members = np.flatnonzero(audit.members[index])
            network.load_state_dict(models[index].state)
            magnitude[index] = torch.cat([weight.detach().abs().flatten() for weight in network.parameters()]).cpu().numpy()
            learnability[index] = _learnability(network, batches, members, index)
            vulnerability[index] = _vulnerability(network, models[index], batches, members, index, forgetting, direction)

        run_each(len(models), work, processes=context.threads, device=context.device)
    names = tuple(name for name, _ in network.named_parameters())
    return WeightScores(names, sizes, layer_types(network), vulnerability, learnability, magnitude)


def layer_types(network: nn.Module) -> tuple[str, ...]:
    """Return "conv", "linear" or "norm" for every parameter, in order; a bias has its layer's type."""
    types = []
    for path, module in network.named_modules():
        kind = "conv" if isinstance(module, nn.Conv2d) else "linear" if isinstance(module, nn.Linear) else "norm"
        types += [(f"{path}.{name}" if path else name, kind) for name, _ in module.named_parameters(recurse=False)]
    of = dict(types)
    return tuple(of[name] for name, _ in network.named_parameters())


@dataclass(frozen=True, eq=False)
class _Batches:
    """Random batches of members and of references, the same for every score of a model."""

    images: Tensor
    labels: Tensor
    references: Tensor
    size: int
    steps: int
    seed: int

    def members(self, rows: np.ndarray, index: int) -> Sequence[tuple[Tensor, Tensor]]:
        """Return inputs and labels of each step."""
        random = generator(self.seed, "scored members", index)
        drawn = [torch.from_numpy(random.choice(rows, min(self.size, len(rows)), replace=False)) for _ in range(self.steps)]
        return [(to_input(self.images[places]), self.labels[places]) for places in drawn]

    def strangers(self, index: int) -> Sequence[Tensor]:
        """Return reference inputs of each step."""
        random, n = generator(self.seed, "scored references", index), len(self.references)
        drawn = [torch.from_numpy(random.choice(n, min(self.size, n), replace=False)) for _ in range(self.steps)]
        return [to_input(self.references[places]) for places in drawn]


def _summed(network: nn.Module, losses: Sequence[Callable[[], Tensor]], step_size: float) -> np.ndarray:
    """Return the sum of ``|gradient x weight|`` over the losses, moving down each gradient by ``step_size``."""
    parameters = list(network.parameters())
    total = torch.zeros(sum(parameter.numel() for parameter in parameters), device=parameters[0].device)
    for loss in losses:
        gradients = torch.autograd.grad(loss(), parameters)
        with torch.no_grad():
            total += torch.cat([(gradient * weight).abs().flatten()
                                for gradient, weight in zip(gradients, parameters, strict=True)])
            for gradient, weight in zip(gradients, parameters, strict=True):
                weight.sub_(gradient, alpha=step_size)
    return total.cpu().numpy()


def _learnability(network: nn.Module, batches: _Batches, members: np.ndarray, index: int) -> np.ndarray:
    losses = [lambda x=x, y=y: F.cross_entropy(network(x)[0], y) for x, y in batches.members(members, index)]
    return _summed(network, losses, 0.0)


def _vulnerability(network: nn.Module, model: AuditedModel, batches: _Batches, members: np.ndarray, index: int, forgetting: float,
                   direction: Direction) -> np.ndarray:
    strangers = batches.strangers(index)
    network.load_state_dict(model.initial_state)
    with torch.no_grad():
        before = [F.log_softmax(network(x)[0], dim=1) for x in strangers]
    network.load_state_dict(model.state)

    def loss(x: Tensor, y: Tensor, stranger: Tensor, initial: Tensor) -> Tensor:
        now = F.log_softmax(network(stranger)[0], dim=1)
        first, second = (initial, now) if direction == "initial_first" else (now, initial)
        divergence = F.kl_div(second, first, reduction="batchmean", log_target=True)
        return (1.0 - forgetting) * F.cross_entropy(network(x)[0], y) + forgetting * divergence

    losses = [lambda x=x, y=y, stranger=stranger, initial=initial: loss(x, y, stranger, initial)
              for (x, y), stranger, initial in zip(batches.members(members, index), strangers, before, strict=True)]
    return _summed(network, losses, STEP_SIZE)
