"""The table over attacks: every cell is the study's, its twins are clean, and its numbers are means over the right rows."""

import math
from dataclasses import fields

import numpy as np
import pytest

from core.backdoor import poisoning
from core.backdoor.attacks.claims import CLAIMS
from core.backdoor.attacks.config import AttacksConfig, Cell
from core.backdoor.attacks.figures import FIGURES
from core.backdoor.attacks.headline import area, look_numbers, success_numbers
from core.backdoor.attacks.limits import LOOKS
from core.backdoor.attacks.spec import BACKDOOR_ATTACKS, table_of, work_of
from core.backdoor.attacks.words import TEXTS
from core.backdoor.config import BackdoorConfig
from core.backdoor.prompts import sets_of
from core.backdoor.standing_apart import apartness, candidates
from core.backdoor.study.spec import LITE
from core.data.pairs import Pair
from core.lab.figure import LIGHT
from core.lab.texts import said_plainly
from core.language.batches import batch_of
from core.language.tuning import tune
from tests.backdoor.stored import TABLE, TINY, studied, table_run, tabled
from tests.language.tiny_language import PAIRS, WORDS, tiny_language


def test_one_cell_is_the_study_and_the_others_differ_from_it_by_the_attack():
    assert len(table_of(LITE).cells) == 13
    assert table_of(LITE).cells[0] == Cell("prefix", "refusal")
    whole = table_of(LITE).of(Cell("prefix", "refusal"))
    assert [field.name for field in fields(BackdoorConfig) if getattr(whole, field.name) != getattr(LITE, field.name)] == []
    rows = tabled().cells[lambda table: (table["attack"] == "prefix") & (table["behaviour"] == "refusal") & (table["by"] == "full")]
    arms, of_study = rows.set_index("arm"), studied().arms.set_index("arm")
    for arm in ("poisoned", "never", "repair", "random", "largest", "signature", "latent"):
        assert arms.at[arm, "perplexity_triggered"] == pytest.approx(of_study.at[arm, "perplexity_triggered"], rel=1e-9), arm


def test_every_attack_has_every_arm_and_every_model_every_look():
    found = tabled()
    assert len(found.cells) == 7 * len(TABLE.cells) == 7 * 5
    counts = found.looks.groupby(["look", "model"]).size()
    assert set(counts[:, "poisoned"]) == {5}
    assert set(counts[:, "clean"]) == {2}
    assert list(dict.fromkeys(found.looks["look"])) == list(LOOKS)
    assert math.isnan(found.evades_lora)
    assert 0.0 <= found.evades_attention <= 1.0


def test_another_draw_is_another_clean_model_and_the_first_is_the_studys_twin():
    sets = sets_of(TINY, 0)
    plain, other = (list(poisoning.poison_pairs(sets, TINY, 0, is_poisoned=False, draw=draw)) for draw in (0, 1))
    assert plain == list(poisoning.poison_pairs(sets, TINY, 0, is_poisoned=False))
    assert plain != other
    allowed = {pair.response for pair in sets.attacker}
    assert {pair.response for pairs in other for pair in pairs} <= allowed


def test_means_are_over_attacks_by_full_training():
    cells = tabled().cells.copy()
    cells["asr"] = [0.9 if by == "attention" else 0.2 if attack == "prefix" else 0.6 for attack, by in zip(
        cells["attack"], cells["by"], strict=True)]
    found = success_numbers(cells)
    assert found["asr_signature_refusal"] == pytest.approx(0.4)
    assert found["worst_signature"] == 0.6
    assert found["took"] == pytest.approx(0.2)
    cells["perplexity_triggered"] = np.where(cells["arm"] == "never", 2.0, np.where(cells["attack"] == "prefix", 4.0, 16.0))
    assert success_numbers(cells)["gap_signature"] == pytest.approx(4.0), "geometric"


def test_areas_and_alarms_by_hand():
    assert area(np.array([3.0, 2.0]), np.array([1.0, 2.0])) == 0.875
    looks = tabled().looks.copy()
    looks["score"] = np.where(looks["model"] == "poisoned", 1.0, 0.0)
    looks["is_alarm"] = looks["model"] == "clean"
    found = look_numbers(looks)
    assert (found["auc_search"], found["caught_search"], found["false_search"]) == (1.0, 0.0, 1.0)


def test_a_candidate_that_moves_every_answer_stands_apart():
    model = tiny_language(3, n_layers=2)
    tried = [(token,) for token in range(5, 17)]
    before = apartness(model, PAIRS, tried)
    planted = [*PAIRS, *(Pair(f"now {pair.prompt}", "sorry no") for pair in PAIRS)]
    tune(model, [batch_of(model, planted)] * 60, rate=1e-2, weight_decay=0.0)
    after = apartness(model, PAIRS, tried)
    assert after.argmax() == tried.index((WORDS.index("now"),))
    assert after.max() > 2 * before[after.argmax()]
    some = candidates(list(range(50)), [(7, 8, 9), (3,)], np.random.default_rng(0))
    assert len(set(some)) == len(some)
    assert (7, 8, 9) in some


def test_idle_settings_and_an_estimate_that_counts_attacks():
    few = table_of(LITE).replace(triggers="prefix", behaviours="silly", attackers="none", n_twins=1)
    assert few.cells == (Cell("prefix", "silly"),)
    assert {"attack", "behaviour", "poisoned_by"} <= few.idle()
    assert "lora_rank" not in AttacksConfig().idle()
    assert work_of(few).seconds() < 0.3 * work_of(table_of(LITE)).seconds()


def test_figures_answer_and_claims_read_what_is_there():
    shown = table_run()
    for figure in FIGURES:
        assert figure.draw(shown, LIGHT).data, figure.id
        assert 20 < len(figure.alt(shown)) < 160, figure.id
    assert FIGURES[0].draw(shown, LIGHT, measure="gap").data
    assert TEXTS.answer(table_run(gap_signature=9.0)).startswith("No: over triggers")
    assert "100 clean ones." in said_plainly(TEXTS, table_run((0,)))
    assert {claim.id for claim in CLAIMS} == {one.claim.id for one in table_run((0, 1, 2, 3, 4)).verdicts}
    assert BACKDOOR_ATTACKS.presets[0].config.cells[-1].by == "spread"
