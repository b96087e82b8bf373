"""Answers live questions; keeps the network and the images of the runs that were asked last."""

import time
from collections import OrderedDict
from dataclasses import dataclass

from core.calibration import judge
from core.calibration.adapters import adapter_of
from core.calibration.judge import AtHome
from core.calibration.live.question import N_STREAM, Question, Reply
from core.calibration.network import Subject
from core.calibration.networks import subject_of
from core.calibration.stream import follow, share
from core.calibration.streams import Scene, draw
from core.calibration.study.config import CalibrationConfig
from core.calibration.study.experiment import learnt_at_home
from core.calibration.study.tables import N_VIEW, view_rows
from core.data.sources import load
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.training.forked import one_thread

KEPT = 2  # networks at once


@dataclass(frozen=True, eq=False)
class _Known:
    subject: Subject
    home: AtHome


class Desk:
    """What one process keeps between questions."""

    def __init__(self, context: Context) -> None:
        """Begin with nothing."""
        self.context = context
        self._known: OrderedDict[tuple[CalibrationConfig, int], _Known] = OrderedDict()

    def answer(self, question: Question) -> Reply:
        """Return what the method says to the stream, beside batch statistics.

        Raises:
            InputError: If data, network or method do not fit.
            RunFailed: If the network is not kept and diverges in training.
        """
        start = time.perf_counter()
        config = _of_one_stream(question)
        data = load(config.dataset)
        scene = draw(data, config, question.seed)
        known = self._fetch(question, scene, len(data.class_names))
        fetched = time.perf_counter()
        images, y = scene.streams[(question.corruption, question.level) if question.level else ("clean", 0)]
        with one_thread():
            shared = share(known.subject, images, config.stream_batch)
            beside = "bn" if known.subject.has_batch_norm else "source"
            logits = {name: follow(adapter_of(name, known.subject, scene, known.home, shared, config, question.seed),
                                   shared.over(config.passes)).logits for name in dict.fromkeys((beside, question.method))}
        n = len(shared.batches) * config.stream_batch
        rng, bounds = generator(question.seed, "calibration", "live"), (config.coldest, config.hottest)
        last = {name: values[-n:] for name, values in logits.items()}
        asked = last[question.method]
        return Reply(
            {name: judge.score(values, y[:n], known.home, *bounds, rng) for name, values in last.items()},
            [(name, *row) for name, values in last.items() for row in judge.diagrams(values, y[:n], known.home, *bounds)],
            view_rows(asked[:N_VIEW], y[:N_VIEW], judge.temperatures(asked, y[:n], known.home, *bounds)), images[:N_VIEW],
            tuple(data.class_names), {"whole": time.perf_counter() - start, "network": fetched - start})

    def _fetch(self, question: Question, scene: Scene, n_classes: int) -> _Known:
        """Return the network of a run from memory, from the store, or trained as the run trained it."""
        key = question.config, question.seed
        if key not in self._known:
            subject = subject_of(scene, question.config.replace(methods="source"), n_classes, question.seed, self.context)
            self._known[key] = _Known(subject, learnt_at_home(subject, scene))
        self._known.move_to_end(key)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return self._known[key]


def _of_one_stream(question: Question) -> CalibrationConfig:
    """Return the run's settings for this one stream; its images are the first of those of the run."""
    n = max(min(N_STREAM, question.config.n_stream), question.config.stream_batch)
    return question.config.replace(corruptions=question.corruption, levels=str(max(1, question.level)), n_stream=n)
