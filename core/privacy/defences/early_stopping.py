"""Early stopping: the cheapest rival, and the curve that every other defence must beat.

The curve comes from outputs that the plain models left behind while they were trained; nothing is trained for it.
"""

import pandas as pd

from core.lab.errors import InputError
from core.privacy.audited_models import AuditData, AuditedModel, checkpoint_epochs, train_stored
from core.privacy.defences.leakage import leakage_table
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.training.config import TrainingConfig


def stopping_curve(audit: AuditData, plain: list[AuditedModel]) -> pd.DataFrame:
    """Return ``leakage.leakage_table`` of the plain models: what had leaked after each kept epoch, and at what accuracy."""
    return leakage_table(audit, plain)


def stopped_training(training: TrainingConfig, epoch: float) -> TrainingConfig:
    """Return ``training`` ended after ``epoch``, its schedule unchanged.

    Raises:
        InputError: If ``epoch`` is no whole number from 1 to the last epoch.
    """
    if epoch != int(epoch) or not 1 <= epoch <= training.last_epoch:
        raise InputError(f"the epoch to stop after must be a whole number from 1 to {training.last_epoch}, got {epoch:g}.")
    return training if epoch == training.last_epoch else training.replace(stop_epoch=int(epoch))


def train(job: DefenceJob) -> DefendedModels:
    """Return the plain models as they were after the epoch that is the strength.

    Weights are kept only of the last epoch, so those of an earlier one are made again up to there, with the same bits.
    """
    training = stopped_training(job.training, job.strength)
    if training == job.training:
        return DefendedModels(job.plain(), training)
    models = train_stored(job.audit, training, seed=job.seed, context=job.context,
                          checkpoints=checkpoint_epochs(training.last_epoch))
    return DefendedModels(models, training)
