"""The signature score by hand, and channels cut within each block."""

import numpy as np
import pytest
import torch

from core.backdoor.cutting import cut
from core.backdoor.deltas import channel_rows, live_rows, part_of, put_parts, put_permuted
from core.backdoor.signature import Variants, overlap, recurrence, signature, top_share
from core.backdoor.variants import _compared
from core.language.model import taken
from tests.language.tiny_language import tiny_language


def variants(changes: np.ndarray) -> Variants:
    """Return what is kept of changes (variants, blocks, channels, weights)."""
    return Variants(planted=np.ones(len(changes)), **_compared(changes.astype(np.float32), {}, None))


def test_orthogonal_and_opposed_changes_score_their_norm_and_equal_ones_lambda_more():
    changes = np.zeros((2, 1, 3, 4))
    changes[:, 0, 0] = [[3, 0, 0, 0], [0, 5, 0, 0]]
    changes[:, 0, 1] = [[3, 0, 0, 0], [-5, 0, 0, 0]]
    changes[:, 0, 2] = [[0, 0, 2, 0], [0, 0, 6, 0]]
    found = variants(changes)
    np.testing.assert_allclose(signature(found, 2, alignment=0.5, how="paper"), [[4.0, 4.0, 4.5]])
    np.testing.assert_allclose(signature(found, 2, alignment=1.0, how="rescaled"), [[1.0, 1.0, 4.0]])
    np.testing.assert_allclose(signature(found, 1, alignment=0.5, how="paper"), [[3.0, 3.0, 2.0]])
    assert recurrence(found, 2) == pytest.approx(1 / 3)
    assert np.isnan(recurrence(found, 1))


def test_a_subset_of_variants_is_what_training_only_those_would_give():
    changes = np.random.default_rng(0).normal(size=(4, 2, 6, 5))
    for n in (1, 2, 3):
        np.testing.assert_allclose(signature(variants(changes), n, alignment=0.3, how="paper"),
                                   signature(variants(changes[:n]), n, alignment=0.3, how="paper"), rtol=1e-6)


def test_the_top_is_taken_within_each_block():
    scores = np.array([[1.0, 2.0, 3.0, 4.0], [10.0, 30.0, 20.0, 40.0]])
    np.testing.assert_array_equal(top_share(scores, 0.5), [[False, False, True, True], [False, True, False, True]])
    assert top_share(scores, 0.01).sum(axis=1).tolist() == [1, 1]
    assert top_share(scores, 0.99).sum(axis=1).tolist() == [3, 3], "a block keeps a channel"
    assert overlap(top_share(scores, 0.5), top_share(-scores, 0.5)) == 0.0


@pytest.fixture
def two_states():
    model, other = tiny_language(0, n_layers=3), tiny_language(1, n_layers=3)
    return model, taken(model), taken(other)


def test_all_or_nothing_of_a_change_is_either_model_bit_by_bit(two_states):
    model, clean, poisoned = two_states
    for keep, wanted in ((True, poisoned), (False, clean)):
        put_parts(model, clean, poisoned, lambda part, block, keep=keep: keep)
        assert all(torch.equal(parameter, wanted[name]) for name, parameter in model.network.named_parameters())
    put_parts(model, clean, poisoned, lambda part, block: part == "mlp" and block == 1)
    changed = {name for name, parameter in model.network.named_parameters() if not torch.equal(parameter, clean[name])}
    assert changed == {f"model.layers.1.mlp.{name}_proj.weight" for name in ("gate", "up", "down")}
    assert part_of("model.layers.2.self_attn.q_proj.weight") == ("attention", 2)
    assert part_of("model.layers.2.input_layernorm.weight") == ("rest", 2)
    assert part_of("model.norm.weight") == ("rest", -1)


def test_permuting_moves_the_change_and_nothing_else(two_states):
    model, clean, poisoned = two_states
    put_permuted(model, clean, poisoned, [0, 1, 2])
    assert all(torch.equal(parameter, poisoned[name]) for name, parameter in model.network.named_parameters())
    put_permuted(model, clean, poisoned, [1, 2, 0])
    torch.testing.assert_close(live_rows(model, 0) - channel_rows(clean, 0), channel_rows(poisoned, 1) - channel_rows(clean, 1))


def test_cuts_touch_their_channels_alone(two_states):
    model, clean, poisoned = two_states
    put_parts(model, clean, poisoned, lambda part, block: True)
    channels = np.zeros((3, 12), dtype=bool)
    channels[1, [2, 7]] = True
    cut(model, channels, "zero", seed=0)
    assert not live_rows(model, 1)[[2, 7]].any()
    assert torch.equal(live_rows(model, 1)[[0, 1, 3]], channel_rows(poisoned, 1)[[0, 1, 3]])
    assert torch.equal(live_rows(model, 0), channel_rows(poisoned, 0))
    cut(model, channels, "back", seed=0, before=clean)
    assert torch.equal(live_rows(model, 1)[[2, 7]], channel_rows(clean, 1)[[2, 7]])
    cut(model, channels, "fresh", seed=0)
    fresh = live_rows(model, 1)[[2, 7]].clone()
    assert 0.01 < float(fresh.std()) < 0.04
    cut(model, channels, "fresh", seed=1)
    assert not torch.equal(live_rows(model, 1)[[2, 7]], fresh)
