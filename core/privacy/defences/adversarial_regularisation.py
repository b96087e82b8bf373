"""Adversarial regularisation: the classifier plays against an attacker that it carries along.

In every step the attacker learns to tell answers on members from answers on reference images, then the classifier lowers its
loss and the attacker's belief that its batch are members. The attacker sees the answer in the order of the classes (sorting it,
as one public version does, hides which probability belongs to the label) and is smaller than the authors' networks.

Source: Nasr, Shokri and Houmansadr 2018, "Machine Learning with Membership Privacy using Adversarial Regularization".
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.lab.errors import InputError
from core.lab.seeds import torch_seed
from core.privacy.defences.defended import train_defended
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.privacy.defences.reference_data import ReferenceData, reference_data
from core.training.loop import EpochPass, Routine, Trainee

ID = "adversarial_regularisation"
ATTACKER_LEARNING_RATE = 1e-3
HIDDEN_UNITS = 64


class Attacker(nn.Module):
    """From an answer and its label to the logit of membership: two hidden layers on probabilities beside the one-hot label."""

    def __init__(self, n_classes: int) -> None:
        """Build the layers."""
        super().__init__()
        self.n_classes = n_classes
        self.layers = nn.Sequential(
            nn.Linear(2 * n_classes, HIDDEN_UNITS), nn.ReLU(), nn.Linear(HIDDEN_UNITS, HIDDEN_UNITS), nn.ReLU(),
            nn.Linear(HIDDEN_UNITS, 1))

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the logit (B,) that images with these logits (B, C) and labels (B,) are members."""
        label = F.one_hot(labels, self.n_classes).to(logits.dtype)
        return self.layers(torch.cat([logits.softmax(1), label], dim=1))[:, 0]


def attacker_loss(members: Tensor, strangers: Tensor) -> Tensor:
    """Return minus the mean log-likelihood of the attacker's logits on members (B,) and strangers (R,), each side half."""
    return 0.5 * (F.softplus(-members).mean() + F.softplus(strangers).mean())


def classifier_loss(logits: Tensor, labels: Tensor, belief: Tensor, weight: float) -> Tensor:
    """Return cross-entropy + ``weight`` * (mean probability of membership - 0.5); ``belief`` is the attacker's logit (B,)."""
    return F.cross_entropy(logits, labels) + weight * (belief.sigmoid().mean() - 0.5)


def adversarial_routine(reference: ReferenceData, weight: float, *, attacker_steps: int) -> Routine:
    """Return the routine of the game; every batch ``attacker_steps`` steps of the attacker, then one of the classifier.

    Reference images pass the network in training mode like members, so that the attacker cannot tell them by the mode; running
    averages of BatchNorm therefore see them too.

    Raises:
        InputError: If ``weight`` is negative or ``attacker_steps`` below 1.
    """
    if weight < 0:
        raise InputError(f"the weight of the attacker must be at least 0, got {weight:g}: 1 to 10 is usual.")
    if attacker_steps < 1:
        raise InputError(f"the attacker must make at least 1 step per batch, got {attacker_steps}: 5 is usual.")

    def begin(trainee: Trainee) -> EpochPass:
        device = trainee.pool.device
        random = torch.Generator().manual_seed(torch_seed(trainee.seed, ID, "reference batches", trainee.index))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(torch_seed(trainee.seed, ID, "attacker", trainee.index))
            attacker = Attacker(trainee.pool.n_classes).to(device)
        optimizer = torch.optim.Adam(attacker.parameters(), lr=ATTACKER_LEARNING_RATE)

        def train_epoch(epoch: int) -> tuple[float, float]:
            total, correct = 0.0, 0
            for batch, (indices, images) in enumerate(trainee.batches()):
                labels = trainee.pool.labels[indices]
                others = reference.batch(len(indices), random)
                with torch.no_grad():
                    strangers = trainee.forward(reference.images[others])[0]
                logits, _ = trainee.forward(images)
                for _ in range(attacker_steps):
                    optimizer.zero_grad()
                    attacker_loss(attacker(logits.detach(), labels), attacker(strangers, reference.labels[others])).backward()
                    optimizer.step()
                attacker.requires_grad_(False)
                value = classifier_loss(logits, labels, attacker(logits, labels), weight)
                trainee.update(value, trainee.learning_rate(epoch, batch, trainee.n_batches))
                attacker.requires_grad_(True)
                total += float(F.cross_entropy(logits.detach(), labels)) * len(indices)
                correct += int((logits.detach().argmax(1) == labels).sum())
            return total / len(trainee.rows), correct / len(trainee.rows)

        return train_epoch

    return begin


def train(job: DefenceJob) -> DefendedModels:
    """Return models trained in the game; the strength is the weight of the attacker."""
    steps = job.config.adversary_steps
    routine = adversarial_routine(reference_data(job.audit, device=job.context.device), job.strength, attacker_steps=steps)
    return DefendedModels(train_defended(job, ID, {"attacker_steps": steps}, routine=routine), job.training)
