"""How a rival defence trains its models: stored under its own recipe, by the engine that trained the plain ones."""

from collections.abc import Callable, Collection, Mapping, Sequence

from core.lab.config import to_dict
from core.privacy.audited_models import AuditedModel, checkpoint_epochs, train_stored
from core.privacy.defences import defence_by_id
from core.privacy.defences.record import DefenceJob
from core.training.config import TrainingConfig
from core.training.loop import Routine
from core.training.losses import Loss
from core.training.workbench import State


def train_defended(
    job: DefenceJob, defence: str, options: Mapping[str, float | str | bool], *, loss: Loss | None = None,
    routine: Routine | None = None, training: TrainingConfig | None = None, starts: Callable[[], Sequence[State]] | None = None,
    trainable: Callable[[], Sequence[State]] | None = None, checkpoints: Collection[int] | None = None,
) -> list[AuditedModel]:
    """Return one defended model per row of the membership table, training only those that are not stored.

    Args:
        job: What the defence was given.
        defence: Its id.
        options: Everything but the strength that decides its weights.
        loss: Its loss, when it is only a loss.
        routine: Its routine, when it is more.
        training: How to train, when not as the plain models.
        starts: See ``train_stored``.
        trainable: See ``train_stored``.
        checkpoints: Epochs whose pool logits are kept; by default those of the plain models.
    """
    training = training or job.training
    recipe = {"defence": defence, "version": defence_by_id(defence).version, "strength": job.strength, "plain": to_dict(job.training),
              **options}
    return train_stored(job.audit, training, seed=job.seed, context=job.context, recipe=recipe, loss=loss, routine=routine,
                        starts=starts, trainable=trainable,
                        checkpoints=checkpoint_epochs(training.last_epoch) if checkpoints is None else checkpoints)
