"""DP-SGD: every image's gradient is clipped, their sum is drowned in noise; the only defence here with a guarantee.

Opacus computes per-image gradients, clips them and adds the noise. Batches are Poisson samples as the accounting assumes, so
that an epoch is as many steps as an epoch of plain training rather than a pass over every image.

Source: Abadi et al. 2016, "Deep Learning with Differential Privacy", algorithm 1.
"""

import warnings

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.lab.errors import InputError
from core.lab.seeds import torch_seed
from core.privacy.audited_models import AuditedModel
from core.privacy.defences.defended import train_defended
from core.privacy.defences.dp_accounting import Budget, plan
from core.privacy.defences.evidence import evidence_table
from core.privacy.defences.leakage import measured_epsilon
from core.privacy.defences.record import DefenceJob, DefendedModels
from core.training.config import TrainingConfig
from core.training.images import Shifts, draw_shifts, gather_moved, padding, to_input
from core.training.loop import EpochPass, Routine, Trainee, batches_of
from core.training.workbench import fresh_network

ID = "dp_sgd"


def refuse_batch_norm(network: nn.Module, name: str) -> None:
    """Refuse a network whose answer to one image depends on the others of its batch, which no clipping can bound.

    Raises:
        InputError: If Opacus finds a layer that it cannot train privately.
    """
    from opacus.validators import ModuleValidator

    errors = ModuleValidator.validate(network, strict=False)
    if errors:
        has_norm = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())
        raise InputError(f"DP-SGD needs a network without {'BatchNorm' if has_norm else 'layers that mix images'}, got {name}: "
                         "choose cnn_groupnorm or mlp.")


def private_optimizer(network: nn.Module, config: TrainingConfig, budget: Budget, max_grad_norm: float, noise: torch.Generator):
    """Return Opacus' optimiser on ``network``, which from now on computes one gradient per image, and the wrapped network."""
    from opacus import GradSampleModule
    from opacus.optimizers import DPOptimizer

    parameters = list(network.parameters())
    inner = (torch.optim.Adam(parameters, lr=config.learning_rate, weight_decay=config.weight_decay) if config.optimizer == "adam"
             else torch.optim.SGD(parameters, lr=config.learning_rate, momentum=config.momentum, weight_decay=config.weight_decay))
    expected = max(1, round(budget.sample_rate * budget.n_members))
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_pre_hook(_channels_first)
    wrapped = GradSampleModule(network)
    return wrapped, DPOptimizer(inner, noise_multiplier=budget.noise_multiplier, max_grad_norm=max_grad_norm,
                                expected_batch_size=expected, generator=noise)


def _channels_first(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Lay a convolution's input out as Opacus reads it: it takes the strides of channels last for those of channels first.

    Without this the per-image gradients of every convolution but the first are wrong, and no error says so.
    """
    return tuple(tensor.contiguous() for tensor in inputs)


def poisson_batch(trainee: Trainee, sample_rate: float) -> tuple[Tensor, Tensor]:
    """Return (indices into the pool, uint8 images) of a batch that every own image enters with probability ``sample_rate``."""
    pool, streams = trainee.pool, trainee.streams
    chosen = torch.rand(len(trainee.rows), generator=streams.order) < sample_rate
    indices = trainee.rows[chosen].to(pool.device)
    if trainee.config.augmentation == "none":
        return indices, pool.images[indices]
    _, height, width = pool.image_shape
    drawn = draw_shifts(len(indices), padding(height, width), streams.augmentation)
    shifts = Shifts(*(part.to(pool.device) for part in (drawn.rows, drawn.columns, drawn.flips)))
    return indices, gather_moved(pool.padded, indices, shifts, height, width)


def private_routine(budget: Budget, *, max_grad_norm: float) -> Routine:
    """Return the routine of DP-SGD.

    Raises:
        InputError: If ``max_grad_norm`` is not positive.
    """
    if max_grad_norm <= 0:
        raise InputError(f"dp_max_grad_norm must be positive, got {max_grad_norm:g}: 1 is usual.")

    def begin(trainee: Trainee) -> EpochPass:
        noise = torch.Generator(trainee.pool.device).manual_seed(torch_seed(trainee.seed, ID, "noise", trainee.index))
        network, optimizer = private_optimizer(trainee.bench.network, trainee.config, budget, max_grad_norm, noise)

        def train_epoch(epoch: int) -> tuple[float, float]:
            total = correct = seen = 0
            for batch in range(trainee.n_batches):
                for group in optimizer.param_groups:
                    group["lr"] = trainee.learning_rate(epoch, batch, trainee.n_batches)
                indices, images = poisson_batch(trainee, budget.sample_rate)
                labels = trainee.pool.labels[indices]
                value, right = _step(network, optimizer, to_input(images), labels)
                total, correct, seen = total + value * len(labels), correct + right, seen + len(labels)
            return total / max(seen, 1), correct / max(seen, 1)

        return train_epoch

    return begin


def _step(network: nn.Module, optimizer, x: Tensor, labels: Tensor) -> tuple[float, int]:
    """Take one private step and return loss and number of right answers; an empty batch is noise alone."""
    optimizer.zero_grad()
    if not len(labels):
        for parameter in network.parameters():
            parameter.grad_sample = parameter.new_zeros((0, *parameter.shape))
        optimizer.step()
        return 0.0, 0
    logits, _ = network(x)
    value = F.cross_entropy(logits, labels)
    with warnings.catch_warnings():  # Opacus' hooks find that images need no gradient, and gradients not channels last
        warnings.simplefilter("ignore", UserWarning)
        value.backward()
    optimizer.step()
    return float(value.detach()), int((logits.detach().argmax(1) == labels).sum())


def train(job: DefenceJob) -> DefendedModels:
    """Return private models; the strength is epsilon, or of no effect where ``dp_noise_multiplier`` is given.

    Their undefended counterparts, ``job.plain()``, have the same normalisation, since BatchNorm is refused.

    Raises:
        InputError: If the network has BatchNorm, or epsilon, delta and noise do not go together.
    """
    config = job.config
    training = job.training.replace(precision="float32", learning_rate=config.dp_learning_rate)
    x = job.audit.data.x_train
    shape = (x.shape[3], *x.shape[1:3])
    network = fresh_network(training, n_classes=job.audit.n_classes, image_shape=shape, seed=job.seed, index=0)
    refuse_batch_norm(network, training.model)
    n_members = int(job.audit.members[0].sum())
    n_batches = batches_of(n_members, training.batch_size)
    budget = plan(epsilon=job.strength, noise_multiplier=config.dp_noise_multiplier, delta=config.dp_delta,
                  sample_rate=1.0 / n_batches, steps=training.last_epoch * n_batches, n_members=n_members)
    options = {"noise_multiplier": budget.noise_multiplier, "max_grad_norm": config.dp_max_grad_norm}
    models = train_defended(job, ID, options, routine=private_routine(budget, max_grad_norm=config.dp_max_grad_norm),
                            training=training)
    return DefendedModels(models, training, evidence={"epsilon": _evidence(job, models, budget)})


def _evidence(job: DefenceJob, models: list[AuditedModel], budget: Budget):
    return evidence_table("epsilon", {
        "epsilon": [budget.epsilon], "delta": [budget.delta], "noise_multiplier": [budget.noise_multiplier],
        "max_grad_norm": [job.config.dp_max_grad_norm], "steps": [budget.steps],
        "epsilon_lower_bound": [measured_epsilon(job.audit, models, delta=budget.delta)], "words": [budget.words]})
