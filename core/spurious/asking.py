"""Trained networks put to the exam, many at once."""

from collections.abc import Mapping

import numpy as np

from core.lab.experiment import Context
from core.spurious.design import Design, Exam
from core.spurious.networks import Network, training_config
from core.spurious.outcomes import outcomes
from core.training.evaluate import predict_many


def ask(networks: Mapping[str, Network], exam: Exam, design: Design, context: Context) -> dict[str, dict[str, float]]:
    """Return the outcomes of every network on one exam, by the network's name; see ``tables.OUTCOMES``."""
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
