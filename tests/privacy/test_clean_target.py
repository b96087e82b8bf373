"""The clean target's memberships continue the design, and its images are nobody's."""

import numpy as np
import pytest

from core.data.sources import load
from core.lab.seeds import generator
from core.measures.roc import auc
from core.privacy.audited_models import draw
from core.privacy.clean_target import outsiders, stand_in_memberships
from core.privacy.config import PrivacyConfig
from core.privacy.protocol import assign_members, content_hashes


@pytest.mark.parametrize("n_models", [3, 4, 9, 16, 17])
def test_the_stand_in_row_continues_the_design(n_models):
    members = assign_members(n_models, 200, seed=1)
    row = stand_in_memberships(members, seed=1)
    assert row.sum() == 100
    if n_models % 2:
        assert (np.vstack([members, row]).sum(axis=0) == (n_models + 1) // 2).all()


def test_an_attack_that_counts_references_is_caught():
    """Scoring a sample by how rarely the references hold it needs no model at all, and shuffled membership would not show it."""
    members = assign_members(17, 400, seed=0)
    row = stand_in_memberships(members, seed=0)
    counts = -members.sum(axis=0).astype(float)
    assert auc(counts, row) == 1.0
    assert abs(auc(generator(0, "noise").standard_normal(400), row) - 0.5) < 0.1


def test_outsiders_share_no_image_with_pool_or_population():
    config = PrivacyConfig(n_pool=200, n_population=50, batch_size=16, n_reference_models=3)
    data = load("fashion-mnist")
    audit = draw(data, config, 0)
    rows = outsiders(audit, 0)
    assert len(rows) == 100
    assert len(set(rows.tolist())) == 100
    inside = set(audit.split.pool_ids.tolist()) | set(audit.split.population_ids.tolist())
    assert not inside & set(content_hashes(data.x_train[rows]).tolist())
    assert not np.array_equal(rows, outsiders(draw(data, config, 1), 1))
