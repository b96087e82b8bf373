"""What a network does on the exam: misled by the cue, harmed, worst group, average; many networks at once."""

from collections.abc import Mapping, Sequence

import numpy as np

from core.lab.experiment import Context
from core.spurious.columns import OUTCOMES
from core.spurious.design import Design, Exam
from core.spurious.networks import Network, training_config
from core.training.evaluate import predict_many


def outcomes(plain: np.ndarray, cued: np.ndarray, validation: np.ndarray, exam: Exam, *, biased: int, harmed: int) -> dict[str, float]:
    """Return the numbers named in ``columns.OUTCOMES`` for predicted classes of the exam's three parts.

    Groups are biased and harmed class, each with and without the cue, and every other class; a group without test images does not
    count. NaN where the harmed class has no test images of a kind.
    """
    right_plain, right_cued = plain == exam.y_plain, cued == exam.y_cued
    harmed_cued, harmed_plain = exam.y_cued == harmed, exam.y_plain == harmed
    groups = [right_plain[exam.y_plain == label] for label in np.unique(exam.y_plain)]
    groups += [right_cued[exam.y_cued == label] for label in (biased, harmed)]
    by_class = [(validation == exam.y_validation)[exam.y_validation == label].mean() for label in np.unique(exam.y_validation)]
    values = (
        _mean(cued[harmed_cued] == biased), _mean(plain[harmed_plain] == biased), _mean(right_cued[harmed_cued]),
        min(_mean(group) for group in groups if len(group)), _mean(right_plain), float(np.mean(by_class)), float(np.min(by_class)))
    return dict(zip(OUTCOMES, values, strict=True))


def mean_outcomes(repeats: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the mean of each outcome over repeats of one training."""
    return {name: float(np.mean([outcome[name] for outcome in repeats])) for name in OUTCOMES}


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def ask(networks: Mapping[str, Network], exam: Exam, design: Design, context: Context) -> dict[str, dict[str, float]]:
    """Return the outcomes of every network on one exam, by the network's name; see ``columns.OUTCOMES``."""
    if not networks:
        return {}
    images = np.concatenate([exam.plain, exam.cued, exam.validation])
    logits, _ = predict_many([network.state for network in networks.values()], images, training_config(design.config),
                             n_classes=design.n_classes, device=context.device, processes=context.threads)
    return {name: outcomes_of(answers, exam, design) for name, answers in zip(networks, logits, strict=True)}


def outcomes_of(logits: np.ndarray, exam: Exam, design: Design) -> dict[str, float]:
    """Return the outcomes of logits (N, C) on the exam's plain, cued and validation images, one after the other."""
    ends = np.cumsum([len(exam.plain), len(exam.cued)])
    plain, cued, validation = np.split(logits.argmax(axis=1), ends)
    return outcomes(plain, cued, validation, exam, biased=design.biased, harmed=design.harmed)
