"""Distillation for membership privacy (DMP): a student learns from the teacher's answers on images that are no members.

The teacher is the plain model; the student never sees a member, only what the teacher's softened answers on reference images
let through. A higher temperature lets less through.

Source: Shejwalkar and Houmansadr 2021, "Membership Privacy for Machine Learning Models Through Knowledge Transfer" (AAAI). That
only the teacher's answers are softened is our reading; the student answers at temperature 1.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.lab.errors import InputError
from core.privacy.defences.defended import train_defended
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.privacy.defences.reference_data import ReferenceData, reference_data
from core.training.evaluate import predict_many
from core.training.loop import EpochPass, Routine, Trainee

ID = "distillation"


def distillation_loss(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """Return mean KL(softmax(teacher / temperature) || softmax(student)), nats, over rows of two (B, C) logits."""
    return F.kl_div(F.log_softmax(student, 1), F.log_softmax(teacher / temperature, 1), reduction="batchmean", log_target=True)


def distillation_routine(reference: ReferenceData, teachers: np.ndarray, temperature: float) -> Routine:
    """Return the routine in which model k learns from ``teachers[k]``, logits (R, C) on the reference images.

    An epoch takes as many steps as an epoch of plain training would. Its accuracy is the agreement with the teacher.

    Raises:
        InputError: If the temperature is not positive.
    """
    if temperature <= 0:
        raise InputError(f"the temperature of distillation must be positive, got {temperature:g}: 1 to 10 is usual.")

    def begin(trainee: Trainee) -> EpochPass:
        n, device = len(reference.labels), trainee.pool.device
        answers = torch.from_numpy(np.ascontiguousarray(teachers[trainee.index])).to(device)
        size = -(-len(trainee.rows) // trainee.n_batches)

        def train_epoch(epoch: int) -> tuple[float, float]:
            total = correct = seen = 0
            for batch in range(trainee.n_batches):
                rows = torch.randperm(n, generator=trainee.streams.order)[:size].to(device)
                logits, _ = trainee.forward(reference.images[rows])
                value = distillation_loss(logits, answers[rows], temperature)
                trainee.update(value, trainee.learning_rate(epoch, batch, trainee.n_batches))
                total += float(value.detach()) * len(rows)
                correct += int((logits.detach().argmax(1) == answers[rows].argmax(1)).sum())
                seen += len(rows)
            return total / seen, correct / seen

        return train_epoch

    return begin


def train(job: DefenceJob) -> DefendedModels:
    """Return the students of the plain models; the strength is the temperature."""
    reference = reference_data(job.audit, device=job.context.device)
    teachers, _ = predict_many([model.state for model in job.plain()], job.audit.reference[0], job.training,
                               n_classes=job.audit.n_classes, device=job.context.device, processes=job.context.threads)
    routine = distillation_routine(reference, teachers, job.strength)
    return DefendedModels(train_defended(job, ID, {}, routine=routine), job.training)
