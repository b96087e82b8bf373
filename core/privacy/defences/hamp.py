"""HAMP: train towards uncertain labels, then answer with the values of a random picture in the rank order of the true answer.

Training alone keeps members uncertain in the same way, which a loss threshold can find all the more easily; the output step
removes everything but the ranking of classes. Both halves together are the published defence.

Source: Chen and Pattabiraman 2024, "Overconfidence is a Dangerous Thing: Mitigating Membership Inference Attacks by Enforcing
Less Confident Prediction" (NDSS).
"""

import math

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from core.lab.errors import InputError
from core.lab.seeds import generator, torch_seed
from core.privacy.audited_models import AuditedModel
from core.privacy.defences.confidence_penalty import mean_entropy
from core.privacy.defences.defended import train_defended
from core.privacy.defences.fixed_answers import hashed
from core.privacy.defences.record import DefenceJob, DefendedModels, Outputs
from core.training.evaluate import predict_many
from core.training.losses import Loss

ID = "hamp"
N_RANDOM_IMAGES = 1000


def top_probability(entropy_share: float, n_classes: int) -> float:
    """Return the largest p for which (p, rest spread evenly) has at least ``entropy_share`` of the largest entropy, log C.

    Between 1 / C (share 1) and 1 (share 0), by bisection: on that span the entropy falls in p.

    Raises:
        InputError: If the share is outside [0, 1].
    """
    if not 0.0 <= entropy_share <= 1.0:
        raise InputError(f"the entropy threshold of HAMP must lie in [0, 1], got {entropy_share:g}: 0.95 is the authors' choice.")
    wanted = entropy_share * math.log(n_classes)
    low, high = 1.0 / n_classes, 1.0  # the entropy at low is enough, at high only where nothing is wanted
    if wanted == 0.0:
        return high
    for _ in range(60):
        middle = 0.5 * (low + high)
        rest = (1.0 - middle) / (n_classes - 1)
        entropy = -middle * math.log(middle) - ((1.0 - middle) * math.log(rest) if rest else 0.0)
        low, high = (middle, high) if entropy >= wanted else (low, middle)
    return low


def uncertain_labels_loss(entropy_share: float, entropy_weight: float) -> Loss:
    """Return KL(soft label || answer), mean over images, minus ``entropy_weight`` * C * mean entropy of the answers.

    The factor C belongs here because the authors average the divergence over classes as well as images, and the entropy only
    over images; their loss is this one divided by C.

    Raises:
        InputError: If a setting is out of range.
    """
    if entropy_weight < 0:
        raise InputError(f"the entropy weight of HAMP must be at least 0, got {entropy_weight:g}.")
    top_probability(entropy_share, 2)  # refuses a share outside [0, 1] before anything is trained

    def loss(logits: Tensor, features: Tensor, labels: Tensor, epoch: int) -> Tensor:
        n_classes = logits.shape[-1]
        top = top_probability(entropy_share, n_classes)
        rest = (1.0 - top) / (n_classes - 1)
        log_probs = F.log_softmax(logits, dim=-1)
        at_label = log_probs.gather(-1, labels[..., None])[..., 0]
        constant = top * math.log(top) + (0.0 if rest == 0.0 else (1.0 - top) * math.log(rest))
        divergence = constant - ((top - rest) * at_label + rest * log_probs.sum(dim=-1)).mean()
        return divergence - entropy_weight * n_classes * mean_entropy(logits)

    return loss


def reranked(logits: np.ndarray, donors: np.ndarray) -> np.ndarray:
    """Return each row of ``donors`` (N, C) in the rank order of the same row of ``logits`` (N, C): the same order, other values."""
    order = np.argsort(logits, axis=1, kind="stable")
    answers = np.empty_like(donors)
    np.put_along_axis(answers, order, np.sort(donors, axis=1), axis=1)
    return answers


def random_images(n: int, shape: tuple[int, ...], *, seed: int) -> np.ndarray:
    """Return ``n`` uint8 images of uniform noise, (n, H, W, C)."""
    return generator(seed, "hamp", "random images").integers(0, 256, (n, *shape), dtype=np.uint8)


def output_step(donors: np.ndarray, *, seed: int) -> Outputs:
    """Return the output step; ``donors`` are each model's logits on random pictures, (K, R, C).

    Which picture lends its values depends on the answer alone, so that asking twice tells no more than asking once.
    """

    def answer(index: int, logits: np.ndarray) -> np.ndarray:
        chosen = hashed(logits, seed=torch_seed(seed, "hamp", "choice", index)) % np.uint64(donors.shape[1])
        return reranked(np.asarray(logits), donors[index][chosen.astype(np.int64)])

    return answer


def train(job: DefenceJob) -> DefendedModels:
    """Return models with the halves that ``hamp_halves`` asks for; the strength is the entropy threshold gamma."""
    halves, weight = job.config.hamp_halves, job.config.hamp_entropy_weight
    loss = uncertain_labels_loss(job.strength, weight)
    models = job.plain() if halves == "outputs" else train_defended(job, ID, {"entropy_weight": weight}, loss=loss)
    return DefendedModels(models, job.training, outputs=None if halves == "training" else _outputs(job, models))


def _outputs(job: DefenceJob, models: list[AuditedModel]) -> Outputs:
    x = job.audit.data.x_train
    noise = random_images(N_RANDOM_IMAGES, x.shape[1:], seed=job.seed)
    donors, _ = predict_many([model.state for model in models], noise, job.training, n_classes=job.audit.n_classes,
                             device=job.context.device, processes=job.context.threads)
    return output_step(donors, seed=job.seed)
