"""MemGuard: leave the model alone, but change its answers just enough to mislead a membership detector.

The defender trains a detector on the model's sorted answers to members and to reference images. Each answer is then moved until
the detector changes its mind, never changing the label, and given with a probability that keeps the expected change of the
answer within a budget. Attacks that use only labels, or that compare with defended references, are not its concern. The detector
is smaller than the authors', and a change is sought for all answers at once.

Source: Jia et al. 2019, "MemGuard: Defending against Black-Box Membership Inference Attacks via Adversarial Examples" (CCS).
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.lab.errors import InputError
from core.lab.seeds import torch_seed
from core.privacy.audited_models import AuditedModel
from core.privacy.defences.adversarial_regularisation import attacker_loss
from core.privacy.defences.fixed_answers import uniforms
from core.privacy.defences.record import DefenceJob, DefendedModels, Outputs
from core.training.evaluate import predict_many
from core.training.forked import one_thread

ID = "memguard"
DETECTOR_UNITS = (64, 32)
DETECTOR_STEPS = 150
DETECTOR_LEARNING_RATE = 1e-2


@dataclass(frozen=True)
class Search:
    """How a change is searched for, with the published values.

    Attributes:
        decision_weight: c1, of the distance to the detector's boundary.
        label_weight: c2, of a label that is about to change.
        change_weight: c3 at the start, of the L1 change of the answer; grown tenfold as long as a change is found.
        largest_change_weight: Where that ends.
        step: Length of each step in logits.
        most_steps: Steps per value of c3.
    """

    decision_weight: float = 1.0
    label_weight: float = 10.0
    change_weight: float = 0.1
    largest_change_weight: float = 1e5
    step: float = 0.1
    most_steps: int = 300


class Detector(nn.Module):
    """From sorted probabilities (B, C) to the logit (B,) of membership."""

    def __init__(self, n_classes: int) -> None:
        """Build the layers."""
        super().__init__()
        first, second = DETECTOR_UNITS
        self.layers = nn.Sequential(
            nn.Linear(n_classes, first), nn.ReLU(), nn.Linear(first, second), nn.ReLU(), nn.Linear(second, 1))

    def forward(self, logits: Tensor) -> Tensor:
        """Return the logit that images answered with these logits (B, C) are members."""
        return self.layers(logits.softmax(1).sort(1, descending=True).values)[:, 0]


def train_detector(members: np.ndarray, strangers: np.ndarray, *, seed: int) -> Detector:
    """Return a detector fitted to logits on members (B, C) and on others (R, C), both sides weighing half."""
    with one_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        detector = Detector(members.shape[1])
        inside, outside = torch.from_numpy(members), torch.from_numpy(strangers)
        optimizer = torch.optim.Adam(detector.parameters(), lr=DETECTOR_LEARNING_RATE)
        for _ in range(DETECTOR_STEPS):
            optimizer.zero_grad()
            attacker_loss(detector(inside), detector(outside)).backward()
            optimizer.step()
    return detector.requires_grad_(False)


def misleading(detector: Detector, logits: np.ndarray, search: Search | None = None) -> np.ndarray:
    """Return logits (N, C) that the detector judges the other way with labels kept, or the same where none were found."""
    search = search or Search()
    with one_thread():
        original = torch.from_numpy(np.ascontiguousarray(logits, dtype=np.float32))
        found = original.clone()
        active = torch.arange(len(original))
        weight = search.change_weight
        while len(active) and weight <= search.largest_change_weight:
            moved, flipped = _walk(detector, original[active], weight, search)
            active = active[flipped]
            found[active] = moved[flipped]
            weight *= 10.0
    return found.numpy()


def _walk(detector: Detector, original: Tensor, change_weight: float, search: Search) -> tuple[Tensor, Tensor]:
    """Return the logits where each row's walk ended, (N, C), and whether it reached the other side, (N,)."""
    labels, sides, answers = original.argmax(1), detector(original) > 0, original.softmax(1)
    current, rows = original.clone(), torch.arange(len(original))
    done = torch.zeros(len(original), dtype=torch.bool)
    for step in range(search.most_steps + 1):
        z = current[rows].requires_grad_()
        belief, label = detector(z), labels[rows, None]
        arrived = ((belief > 0) != sides[rows]) & (z.argmax(1) == label[:, 0])
        done[rows] = arrived
        if step == search.most_steps or arrived.all():
            break
        margin = F.relu(z.scatter(1, label, -torch.inf).amax(1) - z.gather(1, label)[:, 0])
        change = (z.softmax(1) - answers[rows]).abs().sum(1)
        value = search.decision_weight * belief.abs() + search.label_weight * margin + change_weight * change
        (gradient,) = torch.autograd.grad(value.sum(), z)
        moved = z.detach() - search.step * gradient / gradient.norm(dim=1, keepdim=True).clamp_min(1e-12)
        rows = rows[~arrived]
        current[rows] = moved[~arrived]
    return current, done


def within_budget(
    detector: Detector, logits: np.ndarray, moved: np.ndarray, *, budget: float, seed: int
) -> np.ndarray:
    """Return for each row the moved logits with probability min(1, budget / L1 change) where they mislead more, else its own.

    The choice is drawn from the answer itself, so that asking again does not average it away.
    """
    answers = [torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32)) for values in (logits, moved)]
    change = (answers[0].softmax(1) - answers[1].softmax(1)).abs().sum(1).numpy()
    doubt = [np.abs(detector(values).sigmoid().numpy() - 0.5) for values in answers]
    chance = np.where(doubt[1] < doubt[0], np.minimum(1.0, budget / np.maximum(change, 1e-12)), 0.0)
    return np.where((uniforms(logits, seed=seed) < chance)[:, None], moved, logits)


def output_step(detectors: list[Detector], *, budget: float, seed: int, search: Search | None = None) -> Outputs:
    """Return the output step of models with these detectors.

    Raises:
        InputError: If the budget is outside [0, 2], the span of an L1 change of probabilities.
    """
    if not 0.0 <= budget <= 2.0:
        raise InputError(f"the budget of MemGuard must lie in [0, 2], the span of a change of probabilities, got {budget:g}.")

    def answer(index: int, logits: np.ndarray) -> np.ndarray:
        logits = np.ascontiguousarray(logits, dtype=np.float32)
        moved = misleading(detectors[index], logits, search)
        return within_budget(detectors[index], logits, moved, budget=budget, seed=torch_seed(seed, ID, "choice", index))

    return answer


def train(job: DefenceJob) -> DefendedModels:
    """Return the plain models behind MemGuard; the strength is the budget."""
    models = job.plain()
    detectors = _detectors(job, models)
    return DefendedModels(models, job.training, outputs=output_step(detectors, budget=job.strength, seed=job.seed))


def _detectors(job: DefenceJob, models: list[AuditedModel]) -> list[Detector]:
    strangers, _ = predict_many([model.state for model in models], job.audit.reference[0], job.training,
                                n_classes=job.audit.n_classes, device=job.context.device, processes=job.context.threads)
    last = max(models[0].checkpoint_logits)
    return [train_detector(model.checkpoint_logits[last][inside], outside, seed=torch_seed(job.seed, ID, "detector", index))
            for index, (model, inside, outside) in enumerate(zip(models, job.audit.members, strangers, strict=True))]
