"""The probe against transformers' own hidden states, one sequence at a time, and its contrast by hand."""

import numpy as np
import pytest
import torch

from core.safety.probe import COLUMNS, contrast, distances, probe_metrics, probe_rows, probe_table
from tests.language.tiny_language import tiny_language


def states(model, tokens):
    """After each block at the last position; the last of transformers' states is normed, so the one before it is normed here."""
    with torch.no_grad():
        return model.network.model(input_ids=torch.tensor([tokens]), output_hidden_states=True).hidden_states


def test_distances_against_separate_passes():
    model = tiny_language(n_layers=3)
    pairs = [([1, 4, 5, 6, 2], [10, 11, 12, 13]), ([1, 7, 2], [12, 13, 14]), ([1, 4, 5, 7, 5, 6, 2], [10])]
    found = distances(model, pairs, (1, 2, 4))
    assert found.shape == (3, 3, 3)
    for row, (request, opening) in enumerate(pairs):
        for column, k in enumerate((1, 2, 4)):
            if k > len(opening):
                assert np.isnan(found[row, column]).all()
                continue
            clean, moved = states(model, request), states(model, request + opening[:k])
            for block in range(2):
                expected = 1 - torch.cosine_similarity(clean[block + 1][0, -1].double(), moved[block + 1][0, -1].double(), dim=0)
                assert found[row, column, block] == pytest.approx(float(expected), abs=1e-6)
    assert (found[~np.isnan(found)] >= 0).all()


def test_the_same_opening_moves_as_far_whatever_it_is_called():
    model = tiny_language()
    rows = probe_table(probe_rows(
        model, "aligned", {"harmful": ("what is red", "is it"), "harmless": ("what is red",)},
        {"refusal": ("sorry no it goes",), "compliance": ("sorry no it goes", "sure here")}, (2, 4)))
    assert tuple(rows.columns) == COLUMNS
    harmful = rows[rows["prompts"] == "harmful"].set_index(["opening", "k", "block"])
    assert harmful["n"].to_dict()["refusal", 4, 1] == 2
    assert harmful["n"].to_dict()["compliance", 4, 1] == 1, "the second opening has two tokens only"
    harmless = rows[rows["prompts"] == "harmless"].set_index(["k", "block", "opening"])["distance"].unstack()
    np.testing.assert_allclose(harmless["refusal"], harmless["compliance"], atol=1e-6)
    assert set(rows["block"]) == {1, 2}


def test_contrast_by_hand():
    rows = [(twin, prompts, opening, k, block, value + (10 if k == 2 else 0), 0.0, 4)
            for twin, prompts, opening, value in (
                ("aligned", "harmful", "refusal", 0.1), ("aligned", "harmful", "compliance", 0.5),
                ("unaligned", "harmful", "refusal", 0.4), ("unaligned", "harmful", "compliance", 0.2),
                ("aligned", "harmless", "refusal", 0.3), ("aligned", "harmless", "compliance", 0.4),
                ("unaligned", "harmless", "refusal", 0.3), ("unaligned", "harmless", "compliance", 0.3))
            for k in (2, 4) for block in (1, 2)]
    rows.append(("aligned", "harmful", "refusal", 6, 1, 99.0, 0.0, 4))  # only one kind of opening has six tokens
    found = probe_metrics(probe_table(rows))
    assert found == {"probe_contrast": pytest.approx(0.6), "probe_contrast_content": pytest.approx(0.1)}
    assert contrast(probe_table(rows), "harmful", 2) == pytest.approx(0.6)
