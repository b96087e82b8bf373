"""Alignment by some units: nothing outside the budget moves; headline numbers by hand."""

import numpy as np
import pandas as pd
import pytest

from core.data.pairs import PromptSets
from core.language.freezing import entries_of
from core.language.model import taken
from core.language.tuning import tune
from core.safety.alignment import alignment_batches
from core.safety.budget import Alignment, budget_arms, budget_metrics, run_budget, run_budget_arm
from tests.language.tiny_language import PAIRS, REFUSED, tiny_language
from tests.safety.test_attacks import CONFIG
from tests.safety.test_equal_loss import BEHAVIOUR

SETS = PromptSets(REFUSED, PAIRS, PAIRS, REFUSED, PAIRS, REFUSED, PAIRS, PAIRS, ())


def test_budget_trains_redundant_units_alone():
    model = tiny_language()
    start = taken(model)
    batches = alignment_batches(model, SETS, CONFIG, 0, with_refusals=True)
    tune(model, batches, rate=CONFIG.alignment_rate, weight_decay=CONFIG.weight_decay)
    alignment = Alignment(model, start, taken(model), SETS, CONFIG, 0, lambda: BEHAVIOUR)
    redundancy = np.random.default_rng(0).normal(size=model.space.n_units)
    arms = budget_arms(model.space, redundancy, (0.2, 0.5), 0)
    assert [(arm.arm, arm.share) for arm in arms] == [("ru", 0.2), ("random", 0.2), ("ru", 0.5), ("random", 0.5)]
    assert redundancy[arms[0].trained].min() > redundancy[~arms[0].trained].max()
    assert arms[1].trained.sum() == arms[0].trained.sum()
    table = run_budget(alignment, arms, BEHAVIOUR, BEHAVIOUR, processes=1)
    assert table["arm"].tolist()[0] == "start"
    assert set(table["point"]) == {"start", "equal_steps", "equal_loss"}
    assert (table.groupby(["arm", "share"])["parameter_share"].first().loc["ru"] < 0.6).all()
    run_budget_arm(alignment, arms[2], -np.inf)
    after, own = taken(model), {id(entries.parameter): entries for entries in entries_of(model, arms[2].trained)}
    for name, parameter in model.network.named_parameters():
        moved = alignment.start[name] != after[name]
        entries = own.get(id(parameter))
        if entries is not None:
            moved.index_fill_(entries.axis, entries.places, False)
        assert not moved.any(), name


def test_budget_metrics_by_hand():
    rows = [("full", 1.0, "equal_loss", 1.0, 8.0), ("ru", 0.05, "equal_loss", 0.2, 1.0), ("ru", 0.2, "equal_loss", 0.9, 4.0),
            ("ru", 0.4, "equal_loss", 0.9, 1.0), ("random", 0.2, "equal_loss", 0.8, 16.0), ("ru", 0.2, "equal_steps", 0.1, 99.0)]
    found = budget_metrics(pd.DataFrame(rows, columns=["arm", "share", "point", "prefix", "perplexity"]))
    assert found == {"budget_refusal": 0.9, "budget_saving": pytest.approx(np.log(2)), "budget_saving_random": pytest.approx(-np.log(2))}
