"""Label smoothing: every class gets a share of the label, so that no answer need become certain.

It keeps the loss of members from zero but pulls them all to the same answer, which strangers do not reach: with little data it
raises what a loss threshold finds. It is here as a rival, not as a recommendation.
"""

from core.lab.errors import InputError
from core.privacy.defences.defended import train_defended
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.training.losses import Loss, cross_entropy

ID = "label_smoothing"


def smoothed_cross_entropy(share: float) -> Loss:
    """Return mean cross-entropy against 1 - ``share`` on the label plus ``share`` / C on every class.

    Raises:
        InputError: If ``share`` is outside [0, 1).
    """
    if not 0.0 <= share < 1.0:
        raise InputError(f"smoothing must lie in [0, 1), got {share:g}: 0.1 is usual.")
    return cross_entropy(share)


def train(job: DefenceJob) -> DefendedModels:
    """Return models trained on smoothed labels; the strength is the share."""
    return DefendedModels(train_defended(job, ID, {}, loss=smoothed_cross_entropy(job.strength)), job.training)
