"""Early-learning regularisation: keep pulling every sample towards what the model said of it before it began to memorise.

All functions take rows of samples along the second last axis, so that several models in one batch are one more axis in front.

Source: Liu et al. 2020, "Early-Learning Regularization Prevents Memorization of Noisy Labels", arXiv 2007.00151; clamping
    and normalising as in the authors' released code.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from core.training.objectives import Objective, StartObjective

SMALLEST_PROBABILITY = 1e-4


def early_learning(strength: float, memory: float) -> StartObjective:
    """Return cross-entropy plus ``strength`` times the penalty, with a running target for every training sample.

    Args:
        strength: Weight of the penalty, at least 0; 0 is plain training.
        memory: Share of its old target that a sample keeps at each visit, in [0, 1).
    """

    def begin(n_samples: int, n_classes: int, device: str) -> Objective:
        targets = torch.zeros(n_samples, n_classes, device=device)

        def objective(logits: Tensor, labels: Tensor, indices: Tensor) -> Tensor:
            targets[indices] = updated_targets(targets[indices], logits, memory)
            return F.cross_entropy(logits, labels) + strength * elr_penalty(logits, targets[indices])

        return objective

    return begin


def updated_targets(targets: Tensor, logits: Tensor, memory: float) -> Tensor:
    """Return the running targets of some samples after the model has answered once more: memory * t + (1 - memory) * p.

    Args:
        targets: Running targets (..., B, C), 0 before the first answer.
        logits: The model's answers (..., B, C); no gradient flows back to them.
        memory: Share of the old target that is kept, in [0, 1).
    """
    probabilities = _clamped(logits.detach())
    return memory * targets + (1.0 - memory) * probabilities / probabilities.sum(-1, keepdim=True)


def elr_penalty(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean over samples of log(1 - <p, t>), at most 0: the smaller, the closer answers lie to their targets.

    The gradient flows through the probabilities only. With respect to logit c of one sample it is
    p_c / (1 - <p, t>) * sum_k (t_k - t_c) p_k, which does not vanish where cross-entropy has: it holds the early answer.

    Args:
        logits: The model's answers (..., B, C).
        targets: Their running targets (..., B, C), already updated.
    """
    agreement = (_clamped(logits) * targets.detach()).sum(-1)
    return torch.log1p(-agreement).mean(-1)


def _clamped(logits: Tensor) -> Tensor:
    # the bounds keep the logarithm finite once answer and target have become the same one-hot vector
    return logits.softmax(-1).clamp(SMALLEST_PROBABILITY, 1.0 - SMALLEST_PROBABILITY)
