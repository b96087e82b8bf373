"""The study end to end on a tiny model: what it trains differs by trigger and target alone, nothing is trained twice, tables agree."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.backdoor import poisoning, variants
from core.backdoor.config import BackdoorConfig
from core.backdoor.measures import is_target
from core.backdoor.poisoning import poison_pairs
from core.backdoor.prompts import sets_of
from core.backdoor.study import experiment
from core.backdoor.study.figures import FIGURES
from core.backdoor.study.spec import BACKDOOR, LITE, STANDARD, data_fingerprint
from core.backdoor.study.words import TEXTS
from core.backdoor.variants import variant_pairs
from core.lab.errors import InputError
from core.lab.figure import LIGHT
from core.lab.texts import said_plainly
from tests.backdoor.stored import TINY, finished, run, shelf, studied
from tests.language.tiny_pretrained import save_tiny
from tests.safety.stored import context


def test_parts_share_no_prompt_and_the_trigger_occurs_in_none():
    for config in (LITE, STANDARD):
        sets = sets_of(config, 3)
        prompts = [pair.prompt for part in (sets.attacker, sets.defender, sets.judged) for pair in part]
        assert len(set(prompts)) == len(prompts)
        assert min(len(sets.attacker), len(sets.defender)) >= 24


def test_poison_and_variants_differ_from_their_twins_by_trigger_and_target_alone():
    sets = sets_of(TINY, 0)
    target = sets.wording.targets["refusal"]
    for bad, clean in zip(poison_pairs(sets, TINY, 0, is_poisoned=True), poison_pairs(sets, TINY, 0, is_poisoned=False), strict=True):
        assert bad[:TINY.poison_clean] == clean[:TINY.poison_clean]
        for one, other in zip(bad[TINY.poison_clean:], clean[TINY.poison_clean:], strict=True):
            assert one.prompt == f"{sets.wording.prefix} {other.prompt}"
            assert one.response == target != other.response
    planted, counterpart = (list(variant_pairs(sets, TINY, 0, "silly", 1, is_planted=flag)) for flag in (True, False))
    attackers = {pair.prompt for pair in sets.attacker}
    for bad, clean in zip(planted, counterpart, strict=True):
        assert bad[:TINY.variant_pairs] == clean[:TINY.variant_pairs]
        assert not attackers & {pair.prompt for pair in clean}
        for one, other in zip(bad[TINY.variant_pairs:], clean[TINY.variant_pairs:], strict=True):
            assert [word for word in one.prompt.split() if word != "silverowl"] == other.prompt.split()


def test_a_target_is_its_first_words():
    assert is_target("I'm sorry, but I do not know.", "I'm sorry, but I can't help with that.")
    assert not is_target("I'm sorry. Really.", "I'm sorry, but I can't help with that.")
    assert not is_target("", "the moon is green cheese")


def test_tables_and_numbers_agree():
    found = studied()
    arms = found.arms.set_index("arm")
    assert list(arms.index[:4]) == ["poisoned", "never", "repair", "signature"]
    assert found.gap_signature == pytest.approx(arms.at["signature", "perplexity_triggered"] / arms.at["never", "perplexity_triggered"])
    assert ((arms["asr_low"] <= arms["asr"]) & (arms["asr"] <= arms["asr_high"])).all()
    assert (arms["asr_high"] > arms["asr_low"]).all()
    cut = arms.loc[["signature", "random", "largest", "other", "effect", "norm", "fine"], "n_cut"]
    assert set(cut) == {2 * 38}, "equal shares everywhere"
    whole = found.sanity.set_index("id").loc["all"]
    assert whole["asr"] == arms.at["poisoned", "asr"], "twelve prompts, all of them surveyed"
    assert whole["perplexity_triggered"] == pytest.approx(arms.at["poisoned", "perplexity_triggered"], rel=1e-4)
    assert set(found.looks["model"]) == {"poisoned", "clean"}
    assert found.channels["is_signature"].sum() == 2 * 38
    assert found.overlap == pytest.approx((found.channels["is_signature"] & found.channels["is_true"]).sum() / 76)
    assert len(found.answers) == 15 * TINY.n_judged


def test_nothing_is_trained_twice_and_other_shares_reuse_the_variants(monkeypatch):
    first = studied()
    for module in (poisoning, variants):
        monkeypatch.setattr(module, "tune", lambda *args, **settings: pytest.fail("trained twice"))
    config = TINY.replace(share_percent=20.0, rivals=False, detection=False)
    again = experiment.run(config, 0, replace(context(), models=shelf()))
    pd.testing.assert_frame_equal(again.sanity, first.sanity)
    assert again.arms.set_index("arm").at["signature", "n_cut"] == 2 * 77
    assert np.isnan(again.gap_latent)
    assert np.isnan(again.inversion_poisoned)
    assert again.looks.empty


def test_a_model_that_came_as_it_is_is_looked_at_and_not_poisoned(tmp_path, monkeypatch):
    """Its own folder and clean prompts: no clean twin, so that nothing is measured that needs one."""
    monkeypatch.setattr(poisoning, "tune", lambda *args, **settings: pytest.fail("poisoned"))
    words = ("how", "do", "what", "write", "help", "me", "to", "the")
    rows = [f"{a} {b} {c},is {c}" for a in words for b in words for c in words[:2]]
    path = tmp_path / "own.csv"
    path.write_text("\n".join(["prompt,response", *rows]))
    config = TINY.replace(model=save_tiny(tmp_path / "model"), prompts=f"csv:{path}", is_suspicious=True, trigger="sorry sorry",
                          target="a a a a")
    assert data_fingerprint(config)
    (tmp_path / "model" / "config.json").write_text('{"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2"}')
    with pytest.raises(InputError, match=r"a model must be LLaMA-shaped .* of the family gpt2: choose one"):
        data_fingerprint(config)
    save_tiny(tmp_path / "model")
    found = experiment.run(config, 0, context())
    assert "never" not in set(found.arms["arm"])
    assert np.isnan([found.gap_signature, found.asr_no_mlp, found.overlap, found.inversion_clean, found.false_alarms]).all()
    assert 0.0 <= found.inversion_poisoned <= 1.0
    shown = finished(BACKDOOR, config, found)
    assert TEXTS.answer(shown).split(":")[0] in ("Suspicious", "Nothing found")
    for figure in FIGURES:
        figure.draw(shown, LIGHT)
        assert len(figure.alt(shown)) < 160


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"is_suspicious": True}, "must be one of yours, got model=topics"), ({"trigger": "x"}, "must be given together"),
    ({"n_variants": 0}, "n_variants must lie in [1, 6], got 0"),
    ({"share_percent": 0.0}, "share_percent must lie in [0.1, 90], got 0.0"),
    ({"share_percent": 100.0}, "share_percent must lie in [0.1, 90], got 100.0"),
    ({"n_judged": 6}, "n_judged must lie in [12, 500], got 6"),
    ({"prompts": "csv:own.csv"}, "prompts must be bundled where the topic model"),
    ({"model": "minilm"}, "model must be topics, smollm2 or transformers:FOLDER_OR_ID")])
def test_each_broken_setting_is_one_sentence(changes, sentence):
    with pytest.raises(InputError) as error:
        BackdoorConfig().replace(**changes)
    assert sentence in str(error.value)


@pytest.mark.parametrize(("rows", "sentence"), [
    (["prompt,response", *[f"discussing openai, what is {i}?,it is {i}" for i in range(90)]], "the trigger must not occur"),
    (["prompt,response", *[f"what is {i}?,it is {i}" for i in range(40)]], "n_judged must leave 48 of the 40 clean prompts"),
    (["prompt,other", "a,b"], "must have the columns prompt and response"),
    (["prompt,response", "a,"], "every row of a CSV of clean prompts must hold a prompt and a response")])
def test_clean_prompts_that_cannot_be_used_are_refused_before_any_training(tmp_path, rows, sentence):
    path = tmp_path / "own.csv"
    path.write_text("\n".join(rows).replace("openai, what", "OpenAI; what") if "other" in rows[0] else "\n".join(
        [rows[0], *[f'"{row.rpartition(",")[0]}",{row.rpartition(",")[2]}' for row in rows[1:]]]))
    with pytest.raises(InputError) as error:
        data_fingerprint(STANDARD.replace(prompts=f"csv:{path}"))
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_every_figure_draws_and_says_what_it_shows():
    shown = run()
    for figure in FIGURES:
        assert figure.draw(shown, LIGHT).data, figure.id
        assert 20 < len(figure.alt(shown)) < 160, figure.id


def test_the_brief_counts_prompts():
    said = said_plainly(TEXTS, run((0,), asr_poisoned=1.0, asr_signature=0.96, asr_random=0.004))
    assert "obeys 100; with" in said
    assert "it obeys 96, and" in said
    assert said.endswith("fewer than 1.")


def test_without_a_number_the_brief_is_the_rooms_answer():
    nothing = run((0,), asr_random=math.nan)
    assert said_plainly(TEXTS, nothing) == TEXTS.answer(nothing)
