"""PPTP: generalise with the whole network, then protect only the regions where leakage sits.

The regions come from the scan, or from the settings. In two phases the trained plain model is the first; in the second the other
regions are frozen, BatchNorm statistics included, and the chosen ones are trained with the private loss. Jointly, from fresh
weights, every step sends the gradient of cross-entropy to the other regions and that of the private loss to the chosen ones.

Our reading of the abstract of Fang and Kim 2026, arXiv 2602.02296; nothing but the abstract was at hand.
"""

from collections.abc import Sequence

import torch

from core.models.regions import chosen_regions, regions_of
from core.models.registry import build
from core.privacy.audited_models import AuditedModel
from core.privacy.defences.critical_weights import rewound
from core.privacy.defences.defended import train_defended
from core.privacy.defences.partner import partner_loss
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.privacy.defences.region_gradient import region_gradient
from core.privacy.defences.region_scan import ALL, choose_regions, region_mask, region_scan
from core.privacy.defences.rewinding import fine_tuning, first_models
from core.training.loop import EpochPass, Routine, Trainee
from core.training.losses import Loss, cross_entropy
from core.training.workbench import State, flattened

ID = "pptp"


def train(job: DefenceJob) -> DefendedModels:
    """Return models whose chosen regions were trained with the private loss; the strength is that loss's."""
    config = job.config
    parameters = parameter_names(job)
    evidence = {}
    if config.pptp_regions == "auto" or job.with_evidence:
        few = first_models(job)
        evidence["region_scan"] = region_scan(few, lambda kind, name, mask: tune_region(few, kind, name, mask), parameters,
                                              controls=job.with_evidence)
        if job.with_evidence:
            evidence["region_gradient"] = region_gradient(few, few.plain())
    if config.pptp_regions == "auto":
        names = choose_regions(evidence["region_scan"], config.pptp_budget)
    else:
        names = "+".join(chosen_regions(job.training.model, config.pptp_regions))
    return DefendedModels(protect(job, names, parameters), job.training, evidence=evidence)


def parameter_names(job: DefenceJob) -> tuple[str, ...]:
    """Return the names of the network's weights, in order."""
    shape = job.audit.pool[0].shape
    network = build(job.training.model, n_classes=job.audit.n_classes, image_shape=(shape[3], *shape[1:3]), width=job.training.width)
    return tuple(name for name, _ in network.named_parameters())


def protect(job: DefenceJob, names: str, parameters: Sequence[str]) -> list[AuditedModel]:
    """Return the models of all targets, protected in the regions ``names``."""
    loss, options = partner_loss(job)
    options |= {"regions": names, "schedule": job.config.pptp_schedule}
    if job.config.pptp_schedule == "joint":
        return train_defended(job, ID, options, routine=routed(job.training.model, names, loss))
    options |= {"rewind": job.config.pptp_rewind}
    mask = {}

    def masks() -> list[State]:
        mask.update(region_mask(job.plain()[0].state, parameters, job.training.model, names))
        return [mask] * len(job.plain())

    def starts() -> list[State]:
        if not job.config.pptp_rewind:
            return [model.state for model in job.plain()]
        return [rewound(model.state, part, model.initial_state) for model, part in zip(job.plain(), masks(), strict=True)]

    return train_defended(job, ID, options, loss=loss, training=fine_tuning(job), starts=starts, trainable=masks,
                          checkpoints=(job.config.fine_tune_epochs,))


def tune_region(job: DefenceJob, kind: str, name: str, mask: State) -> list[AuditedModel]:
    """Return the models of one row of the scan, see ``region_scan.region_scan``."""
    loss, options = partner_loss(job)
    options |= {"scan": kind, "regions": name}
    if kind == "restore":
        loss = None
    rewinds = job.config.pptp_rewind and kind in ("region", "prefix", "suffix", "all", "control")

    def starts() -> list[State]:
        if kind == "restore":
            return [model.state for model in tune_region(job, "all", ALL, {})]
        plain = job.plain()
        return [rewound(model.state, mask, model.initial_state) if rewinds else model.state for model in plain]

    # "all" trains without a mask, so that it is plain fine-tuning to the last bit
    trainable = None if kind == "all" else (lambda: [mask] * len(job.plain()))
    return train_defended(job, ID, options | {"rewind": rewinds}, loss=loss, training=fine_tuning(job), starts=starts,
                          trainable=trainable, checkpoints=())


def routed(model: str, names: str, private: Loss) -> Routine:
    """Return joint training: cross-entropy moves the other regions, the ``private`` loss the regions ``names``.

    The figure it reports as training loss is the cross-entropy.
    """
    regions = regions_of(model)
    prefixes = tuple(prefix for name in (tuple(regions) if names == ALL else names.split("+")) for prefix in regions[name])
    plain = cross_entropy()

    def begin(trainee: Trainee) -> EpochPass:
        bench = trainee.bench
        parts = [torch.full_like(weight, name.startswith(prefixes), dtype=torch.bool)
                 for name, weight in bench.network.named_parameters()]
        is_private = torch.cat([flattened(part) for part in parts])

        def train_epoch(epoch: int) -> tuple[float, float]:
            total, correct = 0.0, 0
            for batch, (indices, images) in enumerate(trainee.batches()):
                labels = trainee.pool.labels[indices]
                logits, features = trainee.forward(images)
                value = plain(logits, features, labels, epoch)
                value.backward(retain_graph=True)
                gradient = bench.gradient().clone()
                private(logits, features, labels, epoch).backward()
                gradient = torch.where(is_private, bench.gradient(), gradient)
                trainee.optimizer.step(bench.weights, gradient, trainee.learning_rate(epoch, batch, trainee.n_batches))
                bench.follow()
                total += value.item() * len(indices)
                correct += int((logits.detach().argmax(1) == labels).sum())
            return total / len(trainee.rows), correct / len(trainee.rows)

        return train_epoch

    return begin
