"""SRCM as a defence: the same training on a network whose last layer is replaced by the ring module.

The module stands in ``core.models.srcm``, reconstructed. It combines with any loss; the authors combine it with RelaxLoss.
"""

import numpy as np
import pandas as pd

from core.models.heads import SrcmHead
from core.privacy.audited_models import AuditedModel
from core.privacy.defences.defended import train_defended
from core.privacy.defences.evidence import evidence_table
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.privacy.defences.relaxloss import relaxed_loss
from core.training.config import TrainingConfig
from core.training.evaluate import predict_many

ID = "srcm"
OBSERVED_MODELS = 3
ON_A_FACE = 0.01  # of the ring's thickness: closer than that counts as lying on the face


def head_of(job: DefenceJob) -> SrcmHead:
    """Return the module that the settings describe; the strength is the ring's radius."""
    config = job.config
    return SrcmHead(job.strength, config.srcm_thickness, config.srcm_ring, config.srcm_class_norm, config.srcm_pre_layer,
                    config.srcm_gradient)


def train(job: DefenceJob) -> DefendedModels:
    """Return models with the ring module, trained with cross-entropy or RelaxLoss."""
    head, level = head_of(job), job.config.srcm_relax_level
    training = job.training.replace(model=f"{job.training.model}+{head}")
    form, cap = job.config.relax_form, job.config.relax_cap
    options = {"relax_level": level} | ({"form": form, "cap": cap} if level else {})
    models = train_defended(job, ID, options, training=training, loss=relaxed_loss(level, form=form, cap=cap) if level else None)
    return DefendedModels(models, training, evidence={"ring_occupancy": ring_occupancy(job, models, training, head)})


def ring_occupancy(job: DefenceJob, models: list[AuditedModel], training: TrainingConfig, head: SrcmHead) -> pd.DataFrame:
    """Return where the features of the first targets lie on the ring: on its inner face, between, or on its outer face.

    With a thin or ill-placed ring everything lies on one face, and the module is a cosine classifier of fixed scale.
    """
    few = models[:OBSERVED_MODELS]
    _, features = predict_many([model.state for model in few], job.audit.pool[0], training, n_classes=job.audit.n_classes,
                               device=job.context.device, processes=job.context.threads)
    norms, members = np.linalg.norm(features, axis=2), job.audit.members[:len(few)]
    low, high = head.bounds
    margin = ON_A_FACE * head.thickness
    places = {"inner face": norms <= low + margin, "outer face": norms >= high - margin}
    places = {"inner face": places["inner face"], "between": ~places["inner face"] & ~places["outer face"],
              "outer face": places["outer face"]}
    return evidence_table("ring_occupancy", {
        "place": list(places), "members": [there[members].mean() for there in places.values()],
        "non_members": [there[~members].mean() for there in places.values()]})
