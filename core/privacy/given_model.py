"""The audit of a network that somebody brings: it is the one target, its members are the data's training images, its others test images.

References are of its architecture, each trained by the house's recipe on a random half of the pool, without regard to what the target
was trained on. Where the target was trained otherwise, attacks that compare find less than they could.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.data.arrays import content_hashes
from core.data.dataset import ImageDataset
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.privacy.audit.early_stopping import early_stopping_table
from core.privacy.audited_models import N_TEST, AuditData, AuditedModel, train, training_config
from core.privacy.config import PrivacyConfig
from core.privacy.data_rules import check_given
from core.privacy.protocol import Split, assign_members, check_disjoint
from core.training.given import GivenNetwork


def draw_given(data: ImageDataset, config: PrivacyConfig, seed: int) -> AuditData:
    """Return the pool, half of it training images and half test images, further test images as population and test, and memberships.

    The first row of the memberships is the given network's.

    Raises:
        InputError: If the data has too few distinct images.
    """
    distinct = _distinct(data)
    check_given(distinct, config)
    n, half = len(distinct.x_train), config.n_pool // 2
    inside = generator(seed, "given", "train").permutation(n)
    others = generator(seed, "given", "test").permutation(len(distinct.x_test))
    outside, tested = others[:half + config.n_population], others[half + config.n_population:][:N_TEST]
    x = np.concatenate([distinct.x_train, distinct.x_test[outside]])
    y = np.concatenate([distinct.y_train, distinct.y_test[outside]])
    whole = replace(distinct, x_train=x, y_train=y, attribute_train=None, attribute_test=None)
    pool = np.sort(np.concatenate([inside[:half], n + np.arange(half)]))
    population = n + half + np.arange(config.n_population)
    ids, test_ids = content_hashes(x), content_hashes(distinct.x_test[tested])
    split = Split(pool, population, np.sort(tested), ids[pool], ids[population], test_ids)
    check_disjoint({"pool": split.pool_ids, "population": split.population_ids, "test": split.test_ids})
    references = assign_members(config.n_reference_models, config.n_pool, seed=seed, y=y[pool])
    return AuditData(whole, split, np.vstack([pool < n, references]))


def _distinct(data: ImageDataset) -> ImageDataset:
    """Return the data with every image once; a test image that was trained on is left out."""
    train_ids, test_ids = content_hashes(data.x_train), content_hashes(data.x_test)
    train, test = (np.sort(np.unique(ids, return_index=True)[1]) for ids in (train_ids, test_ids))
    test = test[~np.isin(test_ids[test], train_ids)]
    return replace(data, x_train=data.x_train[train], y_train=data.y_train[train], x_test=data.x_test[test], y_test=data.y_test[test],
                   attribute_train=None, attribute_test=None)


def with_references(given: GivenNetwork, audit: AuditData, config: PrivacyConfig, seed: int, context: Context) -> list[AuditedModel]:
    """Return the given network and its references, trained now unless they are kept.

    Raises:
        RunFailed: If a reference diverges.
    """
    references = train(replace(audit, members=audit.members[1:]), config, seed, context)
    last = training_config(config).last_epoch
    return [given.kept(audit.pool[0], n_classes=audit.n_classes, epoch=last, device=context.device), *references]


def stopping_beside(audit: AuditData, models: Sequence[AuditedModel], shuffled: np.ndarray) -> pd.DataFrame:
    """Return ``early_stopping_table``: the given network as it is, its references at every epoch that was kept."""
    own = early_stopping_table(replace(audit, members=audit.members[:1]), list(models[:1]), shuffled[:1])
    others = early_stopping_table(replace(audit, members=audit.members[1:]), list(models[1:]), shuffled[1:])
    return pd.concat([own, others.assign(target=others["target"] + 1)], ignore_index=True)
