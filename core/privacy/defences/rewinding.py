"""Critical-weight rewinding: put the most vulnerable weights back to where they began, freeze them, fine-tune the others.

Arms: "tune_others" is the method; "tune_critical" tunes the rewound weights instead; "zero" removes them; "no_rewind" is the control
that the paper's notes do not mention, the same fine-tuning of everything without rewinding. The learning rate begins anew and falls
along a cosine.

Source: Fang and Kim 2026, arXiv 2603.13186 (reconstructed from its abstract and notes of third parties; ranking over the whole
network, scoring steps and epochs are our choice).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.privacy.audited_models import AuditedModel, train_stored
from core.privacy.defences.critical_weights import critical_masks, inverted, rewound
from core.privacy.defences.defended import train_defended
from core.privacy.defences.entanglement import entanglement_evidence
from core.privacy.defences.partner import partner_loss
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.privacy.defences.rewind_sweep import rewind_sweep
from core.privacy.defences.weight_scores import WeightScores, score_weights
from core.training.config import TrainingConfig
from core.training.workbench import State, fresh_network, state_of

ID = "rewinding"
OBSERVED_MODELS = 2
Scores = Callable[[], WeightScores]


def fine_tuning(job: DefenceJob) -> TrainingConfig:
    """Return how trained models are fine-tuned: as they were trained, in fewer epochs."""
    return job.training.replace(epochs=job.config.fine_tune_epochs, stop_epoch=0)


def scores_of(job: DefenceJob, models: Sequence[AuditedModel]) -> WeightScores:
    """Return the weight scores of the first models."""
    config = job.config
    return score_weights(job.audit, models, job.training, steps=config.rewind_steps, forgetting=config.rewind_forgetting,
                         direction=config.rewind_kl, seed=job.seed, context=job.context)


def rewind_and_tune(job: DefenceJob, *, arm: str, rate: float, scores: Scores) -> list[AuditedModel]:
    """Return the models of one arm at one rewind rate (per cent); ``scores`` is asked only when a model has to be trained.

    Only the outputs of the last epoch are kept: looking at the whole pool in between would double the time.
    """
    config = job.config
    checkpoints = (config.fine_tune_epochs,)
    loss, options = partner_loss(job)
    options |= {"arm": arm}
    if arm == "no_rewind":
        return train_defended(job, ID, options, loss=loss, training=fine_tuning(job), checkpoints=checkpoints,
                              starts=lambda: [model.state for model in job.plain()])
    options |= {"rate": rate, "to": config.rewind_to if arm != "zero" else "zero", "ranking": config.rewind_ranking,
                "steps": config.rewind_steps, "forgetting": config.rewind_forgetting, "kl": config.rewind_kl}

    def masks() -> list[State]:
        return critical_masks(scores(), job.plain()[0].state, rate=rate, ranking=config.rewind_ranking)

    def starts() -> list[State]:
        values = _values_to_rewind_to(job, options["to"])
        return [rewound(model.state, mask, value) for model, mask, value in zip(job.plain(), masks(), values, strict=True)]

    def trainable() -> list[State]:
        return masks() if arm == "tune_critical" else [inverted(mask) for mask in masks()]

    return train_defended(job, ID, options, loss=loss, training=fine_tuning(job), checkpoints=checkpoints,
                          starts=starts, trainable=trainable)


def _values_to_rewind_to(job: DefenceJob, where: str) -> list[State | None]:
    models = job.plain()
    if where == "zero":
        return [None] * len(models)
    if where == "init":
        return [model.initial_state for model in models]
    if where == "early_epoch":
        early = job.training.replace(stop_epoch=1)
        return [model.state for model in train_stored(job.audit, early, seed=job.seed, context=job.context, checkpoints=(1,))]
    shape = job.audit.pool[0].shape
    others = range(len(models), 2 * len(models))  # indices that no model has, so that these weights are new
    return [state_of(fresh_network(job.training, n_classes=job.audit.n_classes, image_shape=(shape[3], *shape[1:3]), seed=job.seed,
                                   index=index)) for index in others]


def train(job: DefenceJob) -> DefendedModels:
    """Return rewound and fine-tuned models; the strength is that of the fine-tuning loss."""
    known: list[WeightScores] = []

    def scores() -> WeightScores:
        if not known:
            known.append(scores_of(job, job.plain()))
        return known[0]

    models = rewind_and_tune(job, arm=job.config.rewind_arm, rate=job.config.rewind_rate, scores=scores)
    if not job.with_evidence:
        return DefendedModels(models, job.training)
    few = first_models(job)
    few_scores = scores_of(few, few.plain())
    sweep = rewind_sweep(few, lambda arm, rate: rewind_and_tune(few, arm=arm, rate=rate, scores=lambda: few_scores))
    return DefendedModels(models, job.training, evidence={**entanglement_evidence(few_scores, job.seed), "rewind_sweep": sweep})


def first_models(job: DefenceJob) -> DefenceJob:
    """Return the job of the first few models alone, for evidence that needs no references."""
    audit = replace(job.audit, members=job.audit.members[:OBSERVED_MODELS])
    return replace(job, audit=audit, plain=lambda: job.plain()[:OBSERVED_MODELS])
