"""Fine-tuning every variant of every subject side by side, with gradients measured on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from core.lab.experiment import Context
from core.lab.seeds import generator, torch_seed
from core.layernorm.bounds import gradient_bounds
from core.layernorm.config import LayerNormConfig
from core.layernorm.gradient_profiles import BATCH, gradient_profile
from core.layernorm.pretrained import Subject
from core.layernorm.variants import Variant
from core.layernorm.variations import variation_of
from core.models.normalisation import NormPlace, choose
from core.models.patch_transformer import PatchTransformer
from core.training.forked import shared_array
from core.training.precision import resolve_precision
from core.training.side_by_side import train_side_by_side
from core.training.trained import curve_epochs
from core.training.variation import Course, Trained, Variation

KINDS = ("test", "noisy", "clean")
PROFILED = ("intact", "all")


@dataclass(frozen=True, eq=False)
class Gradients:
    """Gradients of one variant along its training.

    Attributes:
        places: Norms inside the layers, K of them.
        norms: (evaluations, kinds, K): mean Euclidean norms by kind of sample, see ``KINDS``.
        residuals: (evaluations, kinds): mean norm of probabilities minus one-hot label.
        bounds: (K,): mean bound over the same test samples after the last epoch; NaN where not computed.
        counts: (kinds,): samples of each kind.
    """

    places: tuple[NormPlace, ...]
    norms: np.ndarray
    residuals: np.ndarray
    bounds: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True, eq=False)
class Tuned:
    """One variant after fine-tuning; ``gradients`` is None where they were not measured."""

    subject: Subject
    variant: Variant
    variation: Variation
    trained: Trained
    gradients: Gradients | None


def course_of(config: LayerNormConfig, device: str) -> Course:
    """Return how fine-tuning goes."""
    epochs = tuple(sorted(curve_epochs(config.epochs, config.evaluations)))
    half = resolve_precision(config.precision, device) == torch.bfloat16
    return Course(config.epochs, config.batch_size, config.learning_rate, config.schedule, config.warmup, epochs, half)


def tune(subjects: Sequence[Subject], config: LayerNormConfig, *, seed: int, context: Context) -> list[Tuned]:
    """Return every variant of every subject, fine-tuned from the same weights on the same samples in the same order.

    Raises:
        RunFailed: If a loss stops being finite.
    """
    jobs = [(subject, variant) for subject in subjects for variant in config.variants(subject.placement) if _is_possible(variant, subject)]
    variations = [variation_of(variant, subject, config, seed) for subject, variant in jobs]
    course = course_of(config, context.device)
    probes = [_probe(subject, config, course, seed) if variant.id in PROFILED else None for subject, variant in jobs]

    def measure(index: int, place: int, network: nn.Module) -> None:
        if probes[index] is not None:
            probes[index].measure(place, network)

    trained = train_side_by_side(variations, course, seed=torch_seed(seed, "fine-tuning"), device=context.device, report=context.report,
                                 measure=measure, processes=context.threads)
    return [Tuned(subject, variant, variation, one, probe.gradients if probe else None)
            for (subject, variant), variation, one, probe in zip(jobs, variations, trained, probes, strict=True)]


def _is_possible(variant: Variant, subject: Subject) -> bool:
    """Return whether a subject allows a variant: folding needs known readers, training from scratch random weights."""
    return (variant.strip != "folded" or subject.reads is not None) and (variant.kind != "scratch" or subject.fresh is not None)


@dataclass(frozen=True, eq=False)
class _Probe:
    """Measures gradients of one model at its evaluations, into memory that forked processes share."""

    gradients: Gradients
    samples: tuple[tuple[torch.Tensor, torch.Tensor], ...]
    subject: Subject
    has_bounds: bool

    def measure(self, place: int, network: nn.Module) -> None:
        """Record the gradients of one evaluation, and the bounds at the last one."""
        feed, found = self.subject.task.feed, self.gradients
        for kind, (rows, labels) in enumerate(self.samples):
            profile = gradient_profile(network, found.places, feed, rows, labels)
            found.norms[place, kind], found.residuals[place, kind] = profile.norms.mean(1).numpy(), profile.residuals.mean().item()
            if kind == 0 and place == len(found.norms) - 1 and self.has_bounds and isinstance(network, PatchTransformer):
                found.bounds[:] = self._bounds(network, rows, profile.residuals)

    def _bounds(self, network: PatchTransformer, rows: torch.Tensor, residuals: torch.Tensor) -> np.ndarray:
        feed, device = self.subject.task.feed, next(network.parameters()).device
        parts = [gradient_bounds(network, feed.prepare(feed.inputs[some].to(device))).cpu() for some in rows.split(BATCH)]
        return (torch.cat(parts, dim=1) * residuals).mean(1).numpy()


def _probe(subject: Subject, config: LayerNormConfig, course: Course, seed: int) -> _Probe:
    task, places = subject.task, choose(subject.norms)
    rng = generator(seed, "gradient samples")
    index = np.arange(len(task.y_true))
    test, clean = index[task.test], index[task.train][~task.is_noisy[task.train]]
    chosen = (_some(test, config.gradient_samples, rng), index[task.train][task.is_noisy[task.train]],
              _some(clean, config.gradient_samples, rng))
    samples = tuple((torch.from_numpy(rows), torch.from_numpy(task.y_given[rows])) for rows in chosen)
    shape = (len(course.evaluated), len(KINDS))
    bounds = shared_array((len(places),))
    bounds[:] = np.nan
    gradients = Gradients(places, shared_array((*shape, len(places))), shared_array(shape), bounds,
                          np.array([len(rows) for rows in chosen]))
    return _Probe(gradients, samples, subject, config.bounds)


def _some(rows: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    return np.sort(rng.choice(rows, size=min(n, len(rows)), replace=False))
