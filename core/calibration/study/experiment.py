"""The study: one network, every stream once, every method on each, and what arrays say about them."""

from collections.abc import Callable

import numpy as np
import torch

from core.calibration.adapters import adapter_of
from core.calibration.judge import AtHome, at_home
from core.calibration.network import Subject
from core.calibration.networks import subject_of
from core.calibration.stream import Adapter, Shared, follow, share
from core.calibration.streams import Scene, draw
from core.calibration.study.config import CalibrationConfig
from core.calibration.study.result import CalibrationResult
from core.calibration.study.tables import Seen, report
from core.data.sources import load
from core.lab.experiment import Context
from core.training.forked import can_fork, one_thread, run_forked, shared_array

COURSE_METHODS = ("bn", "tent", "eta", "dec", "fixed")
AGAIN_METHODS = ("source", "bn", "tent", "eta", "infomax", "dec")
AGAIN_BATCHES = 10


def run(config: CalibrationConfig, seed: int, context: Context) -> CalibrationResult:
    """Return one seed of the study.

    Raises:
        InputError: If there are too few images, or a method does not fit the network.
        RunFailed: If the network diverges.
    """
    data = load(config.dataset)
    context.begin(0)
    scene = draw(data, config, seed)
    context.begin(1)
    subject = subject_of(scene, config, len(data.class_names), seed, context)
    context.begin(2)
    home = learnt_at_home(subject, scene)
    study = _Study(config, seed, scene, subject, home)
    seen = study.stream_all(context)
    context.begin(3)
    return report(config, seed, scene, data.class_names, home, seen)


def learnt_at_home(subject: Subject, scene: Scene) -> AtHome:
    """Return what the source network's outputs at home teach."""
    with one_thread():
        shared = share(subject, scene.home[0], min(200, len(scene.home[1])))
        logits = torch.cat([batch.source[0] for batch in shared.batches]).numpy()
    return at_home(logits, scene.home[1][:len(logits)])


class _Study:
    """Streams of one seed on forked processes; what they find lies in arrays that all processes share."""

    def __init__(self, config: CalibrationConfig, seed: int, scene: Scene, subject: Subject, home: AtHome) -> None:
        self.config, self.seed, self.scene, self.subject, self.home = config, seed, scene, subject, home
        self.methods, self.conditions = config.method_names, config.conditions
        first = next(iter(scene.streams.values()))[1]
        self.n = len(first) // config.stream_batch * config.stream_batch
        n_classes = home.rule.n_classes
        self.logits = shared_array((len(self.conditions), len(self.methods), self.n, n_classes), np.float32)
        self.seconds = shared_array((len(self.conditions), len(self.methods) + 2))
        self.course_methods = tuple(name for name in COURSE_METHODS if name in self.methods) if config.course_passes else ()
        half = max(config.stream_batch, self.n // 2 // config.stream_batch * config.stream_batch)
        self.course = shared_array((len(self.course_methods), config.course_passes * half, n_classes), np.float32)
        self.half = half
        wants_again = config.home_again and config.shift == "corruptions"
        self.again_methods = tuple(name for name in AGAIN_METHODS if name in self.methods) if wants_again else ()
        self.n_again = min(AGAIN_BATCHES, self.n // config.stream_batch) * config.stream_batch
        self.again = shared_array((len(self.again_methods), self.n_again, n_classes), np.float32)

    def stream_all(self, context: Context) -> Seen:
        """Return everything that was seen."""
        works: list[Callable[[], None]] = [lambda name=name: self._course(name) for name in self.course_methods]  # the longest first
        works += [lambda name=name: self._again(name) for name in self.again_methods]
        works += [lambda place=place: self._condition(place) for place in range(len(self.conditions))]
        done = [0]

        def told(task: int = 0) -> None:
            done[0] += 1
            context.report(done[0] / len(works), f"Streams: {done[0]} of {len(works)}")

        if context.threads > 1 and can_fork():
            run_forked(range(len(works)), lambda task: works[task](), on_done=told,
                       on_tick=lambda: context.report(done[0] / len(works), f"Streams: {done[0]} of {len(works)}"),
                       processes=context.threads)
        else:
            with one_thread():
                for work in works:
                    work()
                    told()
        return Seen(self.logits, self.seconds, self.course_methods, self.course, self.half, self.again_methods, self.again)

    def _condition(self, place: int) -> None:
        images, _ = self.scene.streams[self.conditions[place]]
        shared = share(self.subject, images, self.config.stream_batch)
        self.seconds[place, -2:] = shared.source_seconds, shared.still_seconds
        for index, name in enumerate(self.methods):
            answer = follow(self._adapter(name, shared), shared.over(self.config.passes))
            self.logits[place, index] = answer.logits[-self.n:]
            self.seconds[place, index] = answer.seconds

    def _course(self, name: str) -> None:
        condition = self.conditions[min(1, len(self.conditions) - 1)]
        images, _ = self.scene.streams[condition]
        shared = share(self.subject, images[:self.half], self.config.stream_batch)
        answer = follow(self._adapter(name, shared), shared.over(self.config.course_passes))
        self.course[self.course_methods.index(name)] = answer.logits

    def _again(self, name: str) -> None:
        """Stream the worst of every corruption, then clean images, without a reset in between."""
        far = [condition for condition in self.conditions if condition[1] == self.config.level_numbers[-1]]
        images = np.concatenate([self.scene.streams[condition][0][:self.n_again] for condition in (*far, ("clean", 0))])
        shared = share(self.subject, images, self.config.stream_batch)
        answer = follow(self._adapter(name, shared), shared.over(1))
        self.again[self.again_methods.index(name)] = answer.logits[-self.n_again:]

    def _adapter(self, name: str, shared: Shared) -> Adapter:
        return adapter_of(name, self.subject, self.scene, self.home, shared, self.config, self.seed)
