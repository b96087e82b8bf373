"""The attack's arms: the right units, the same pairs, frozen bits, comparison at the plain arm's loss; headline numbers by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from core.language.model import put, taken
from core.safety.attacks import AttackArm, FineTuningAttack, arms_of, attack_batches, attack_metrics, run_attacks, top_units
from core.safety.config import SafetyConfig
from core.safety.equal_loss import mean_loss
from tests.language.tiny_language import PAIRS, REFUSED, tiny_language
from tests.safety.test_equal_loss import BEHAVIOUR

CONFIG = SafetyConfig(attack_steps=4, attack_rate=3e-3, alignment_steps=4, alignment_rate=3e-3, batch_ordinary=2, batch_refusals=1,
                      top_cu_percent=20.0, lora_rank=2)


def attack_on(model) -> FineTuningAttack:
    return FineTuningAttack(model, taken(model), PAIRS, REFUSED, REFUSED, CONFIG, 0, lambda: BEHAVIOUR)


def codes_of(model) -> np.ndarray:
    return np.resize(np.array([0, 2, 2, 2, 1, 2, 3, 2], dtype=np.int8), model.space.n_units)


def test_arms_freeze_what_they_say():
    model = tiny_language()
    codes, safety = codes_of(model), np.arange(model.space.n_units, dtype=float)
    arms = {arm.name: arm for arm in arms_of(model.space, codes, safety, CONFIG, 0)}
    top = arms["scu_top_cu"].frozen & (codes != 0)
    assert (arms["scu_top_cu"].frozen[codes == 0]).all()
    assert top.sum() == round(0.2 * model.space.n_units)
    assert set(codes[top]) == {2}
    assert safety[top].min() > safety[(codes == 2) & ~top].max()
    np.testing.assert_array_equal(arms["scu_all_cu"].frozen, (codes == 0) | (codes == 2))
    assert not arms["plain"].frozen.any()
    assert not arms["lora"].frozen.any()
    for name, other in (("random_top_cu", "scu_top_cu"), ("random_top_cu_2", "scu_top_cu"), ("random_all_cu", "scu_all_cu")):
        assert arms[name].frozen.sum() == arms[other].frozen.sum()
        assert (arms[name].frozen != arms[other].frozen).any()
    assert (arms["random_top_cu"].frozen != arms["random_top_cu_2"].frozen).any()


def test_top_units_by_hand():
    among, scores = np.array([True, True, False, True]), np.array([1.0, 3.0, 9.0, 2.0])
    assert top_units(among, scores, 2).tolist() == [False, True, False, True]
    assert top_units(among, scores, 9).tolist() == among.tolist()


def test_every_arm_gets_the_same_ordinary_pairs():
    model = tiny_language()
    attack, nothing = attack_on(model), np.zeros(model.space.n_units, dtype=bool)
    plain = list(attack_batches(attack, AttackArm("plain", "", nothing), 4))
    again = list(attack_batches(attack, AttackArm("lora", "", nothing, is_low_rank=True), 8))
    mixed = list(attack_batches(attack, AttackArm("mixture", "", nothing, is_mixture=True), 4))
    for step, batch in enumerate(plain):
        assert torch.equal(batch.tokens, again[step].tokens)
        assert len(mixed[step].tokens) == CONFIG.batch_ordinary + CONFIG.batch_refusals
        width = batch.tokens.shape[1]
        assert torch.equal(batch.tokens, mixed[step].tokens[:CONFIG.batch_ordinary, :width])


@pytest.fixture(scope="module")
def outcome():
    model = tiny_language()
    attack = attack_on(model)
    found = run_attacks(attack, arms_of(model.space, codes_of(model), np.arange(model.space.n_units) * 1.0, CONFIG, 0), BEHAVIOUR,
                        processes=1)
    return model, attack, found


def test_arms_are_compared_at_the_plain_loss(outcome):
    _, _, found = outcome
    at = found.points.set_index(["arm", "point"])
    plain = at.loc[("plain", "equal_steps"), "train_loss"]
    assert plain < at.loc[("plain", "start"), "train_loss"] - 0.01, "it learns"
    for arm in at.index.unique("arm").difference(["plain", "mixture"]):
        row = at.loc[(arm, "equal_loss")]
        assert row["train_loss"] <= plain or not row["reached"], arm
        assert row["reached"] or row["steps"] == 4 * CONFIG.longest, arm
        assert at.loc[(arm, "equal_steps"), "steps"] == 4
    assert ("mixture", "equal_loss") not in at.index
    assert at.loc[("scu_all_cu", "equal_steps"), "train_loss"] > plain, "a mostly frozen model learns less in as many steps"
    assert found.curves.groupby("arm")["step"].min().eq(0).all()
    assert set(found.curves.columns) == {"arm", "step", "train_loss", "prefix"}


def test_the_attacked_weights_are_those_of_the_plain_arm(outcome):
    model, attack, found = outcome
    start, attacked = attack.start, found.attacked
    assert any(not torch.equal(start[name], attacked[name]) for name in start)
    put(model, attacked)
    assert mean_loss(model, attack.seen) == found.points.set_index(["arm", "point"]).loc[("plain", "equal_steps"), "train_loss"]


def test_processes_change_nothing(outcome):
    model, attack, found = outcome
    arms = [arm for arm in arms_of(model.space, codes_of(model), np.arange(model.space.n_units) * 1.0, CONFIG, 0)
            if arm.name in ("plain", "mixture", "scu_top_cu")]
    again = run_attacks(attack, arms, BEHAVIOUR, processes=2)
    expected = found.points[found.points["arm"].isin([arm.name for arm in arms])].reset_index(drop=True)
    pd.testing.assert_frame_equal(again.points, expected, check_exact=True)


def test_pretrained_models_answer_in_full_only_where_arms_are_compared():
    model = tiny_language()
    attack = replace(attack_on(model), config=CONFIG.replace(model="smollm2", longest=2))
    arms = [arm for arm in arms_of(model.space, codes_of(model), np.arange(model.space.n_units) * 1.0, CONFIG, 0)
            if arm.name in ("plain", "mixture", "scu_all_cu")]
    at = run_attacks(attack, arms, BEHAVIOUR, processes=1).points.set_index(["arm", "point"])
    row = at.loc[("scu_all_cu", "equal_steps")]
    assert np.isnan(row[["perplexity", "phrase", "accuracy"]].astype(float)).all()
    assert 0.0 <= row["prefix"] <= 1.0
    assert at.loc[("scu_all_cu", "equal_loss"), "perplexity"] == BEHAVIOUR.perplexity
    assert at.loc[("scu_all_cu", "equal_loss"), "steps"] <= 8
    assert at.loc[[("plain", "equal_steps"), ("mixture", "equal_steps")], "perplexity"].eq(BEHAVIOUR.perplexity).all()


def test_metrics_by_hand():
    ends = {"plain": (0.4, 0.4), "mixture": (0.95, None), "scu_all_cu": (0.9, 0.8), "random_all_cu": (0.9, 0.7), "lora": (0.1, 0.3),
            "scu_top_cu": (0.7, 0.6), "random_top_cu": (0.7, 0.5), "random_top_cu_2": (0.6, 0.4)}
    rows = [(arm, point, value) for arm, (steps, loss) in ends.items()
            for point, value in (("start", 1.0), ("equal_steps", steps), ("equal_loss", loss)) if value is not None]
    found = attack_metrics(pd.DataFrame(rows, columns=["arm", "point", "prefix"]))
    expected = {"attack_drop": 0.6, "mixture_drop": 0.05, "freezing_protects": 0.2, "freezing_protects_random": 0.1,
                "freezing_gain": 0.15, "freezing_gain_random": 0.1, "freezing_gain_all": 0.1, "lora_drop": 0.7}
    assert found == {name: pytest.approx(value) for name, value in expected.items()}
