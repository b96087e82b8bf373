"""The sternest control: a target that was trained on none of the pool. Whatever an attack finds in it is a fault of the attack.

Shuffling memberships cannot show a leak of the design itself: in a half-and-half design the references of a member hold it once
less often than those of a non-member, and an attack that depends on such counts finds "members" in any model.
"""

from dataclasses import replace

import numpy as np

from core.data.arrays import content_hashes
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.measures.roc import auc
from core.privacy.attacks.record import Attack
from core.privacy.audited_models import AuditData, AuditedModel, training_config
from core.privacy.config import PrivacyConfig
from core.privacy.signals import Signals
from core.training.kept import Images, Wanted, train_kept

CLEAN = 1_000_000  # number of the model's random streams, far from those of the models under audit


def stand_in_memberships(members: np.ndarray, seed: int) -> np.ndarray:
    """Return (N,) bool: the row that a further model of the same half-and-half design would have.

    With an odd number of models it is the row that makes every column even, so that an attack which reads memberships off the
    counts is caught; with an even number every balanced row continues the design.
    """
    counts = members.sum(axis=0)
    if len(members) % 2:
        return counts == len(members) // 2
    row = np.zeros(members.shape[1], dtype=bool)
    row[generator(seed, "stand-in memberships").permutation(row.size)[:row.size // 2]] = True
    return row


def outsiders(audit: AuditData, seed: int) -> np.ndarray:
    """Return indices of training images that are in neither pool nor population, as many as a model has members."""
    ids = content_hashes(audit.data.x_train)
    inside = np.isin(ids, np.concatenate([audit.split.pool_ids, audit.split.population_ids]))
    return generator(seed, "outsiders").permutation(np.flatnonzero(~inside))[:audit.members.shape[1] // 2]


def train_clean_target(audit: AuditData, config: PrivacyConfig, seed: int, context: Context) -> AuditedModel:
    """Return a model trained as the audited ones are, on images of nobody; it is stored and reused."""
    rows = outsiders(audit, seed)
    images = Images(audit.data.x_train[rows], audit.data.y_train[rows], audit.n_classes)
    wanted = Wanted(np.ones(len(rows), dtype=bool), training_config(config), CLEAN)
    return train_kept(images, [wanted], seed=seed, context=context)[0]


def with_clean_target(audit: AuditData, seed: int, first: int = 0) -> AuditData:
    """Return the audit with one more row of memberships: those that the clean target would have, were it part of the design.

    The design begins with model ``first``: a given network before it was trained on what it was trained on.
    """
    return replace(audit, members=np.vstack([audit.members, stand_in_memberships(audit.members[first:], seed)]))


def without_clean_target(signals: Signals) -> Signals:
    """Return the signals of the audited models alone, the clean target being the last."""
    return replace(signals, logits=signals.logits[:-1], members=signals.members[:-1], feature_norms=signals.feature_norms[:-1],
                   population_logits=signals.population_logits[:-1])


def auc_on_clean_target(signals: Signals, attack: Attack) -> float:
    """Return the AUC of an attack on the last model, which is the clean target, with all others as its references; chance is 0.5."""
    return auc(attack.score(signals)[-1], signals.members[-1])
