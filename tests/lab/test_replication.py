"""A further seed beside those at hand: does the sentence say what simulation says?"""

import numpy as np
import pytest

from core.lab.claims import Claim, decide
from core.lab.contrast import Contrast
from core.lab.replication import agreement, predicted, summary, told
from core.lab.seeds import generator

CLAIM = Claim(id="x", kind="paper", statement="It rises.", source="A paper", effect="effect", effect_words="rise", control="control",
              control_words="no rise", expected="above", margin=0.05, margin_date="2026-11-29", unit="%")
HELD = (0.20, 0.22, 0.18, 0.21, 0.19)


def verdict(*further, held=HELD):
    values = (*held, *further)
    return decide(CLAIM, {"effect": values, "control": (0.0,) * len(values)}), range(100, 100 + len(values)), (
        (False,) * len(held) + (True,) * len(further))


def test_one_more_seed_agrees_or_differs():
    found, seeds, fresh = verdict(0.21)
    assert found.difference.n == 6
    said = told(found, seeds, fresh)
    assert said.startswith("Your seed 105: +21.0 pt, where the claim expects it; it agrees with the other 5, which predict +15.2 pt to")
    said = told(*verdict(-0.10))
    assert "−10.0 pt, not where the claim expects it; it differs from the other 5" in said
    assert "chance alone leaves one in 20 outside" in said


def test_several_seeds_are_counted():
    said = told(*verdict(0.20, 0.9, 0.01))
    assert said.startswith("Your seeds 105-107: 2 of 3 where the claim expects them; 1 within what the other 5 predict for one seed")


def test_nothing_is_said_where_nothing_joined_or_nothing_is_known():
    assert told(*verdict()) == ""
    assert told(*verdict(float("nan"))) == ""
    assert summary([verdict()[0]], range(5), (False,) * 5) == ""
    same = told(*verdict(0.2, held=(0.2,) * 5))
    assert same == "Your seed 105: +20.0 pt, where the claim expects it."


def test_the_summary_counts_over_statements():
    agrees, seeds, fresh = verdict(0.2)
    differs = verdict(0.9)[0]
    assert summary([agrees, differs], seeds, fresh).startswith("Your seed 105 agrees with the other 5 in 1 of 2 differences")


@pytest.mark.parametrize("n", [3, 5])
def test_one_seed_in_twenty_falls_outside_by_chance(n):
    random, outside, trials = generator(0, "replication", n), 0, 4000
    for _ in range(trials):
        *held, new = random.normal(0.3, 0.1, n + 1)
        low, high = predicted(Contrast(tuple(held)))
        outside += not low <= new <= high
    assert abs(outside / trials - 0.05) < 4 * np.sqrt(0.05 * 0.95 / trials)


def test_a_share_of_few_items_predicts_no_single_number():
    low, high = predicted(Contrast((1.0,) * 5, resolution=1 / 30))
    assert low < 1.0 < high


def test_the_other_seeds_alone_predict():
    found = agreement(verdict(5.0)[0], verdict(5.0)[2])
    assert found.others == 5
    assert found.predicted[1] < 0.3
