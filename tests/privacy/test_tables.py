import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.measures.operating_point import tpr_at_fpr
from core.measures.roc import balanced_accuracy, best_threshold
from core.privacy.attacks import ATTACKS, configured
from core.privacy.audit.sample_tables import percentile
from core.privacy.audit.tables import LEVELS, build_tables, operating_point_table, transferred_accuracy
from core.privacy.control import shuffled_control
from core.privacy.score_tables import FPR_GRID
from core.privacy.scores import score_all
from tests.privacy.synthetic import make_signals

QUICK = tuple(attack for attack in ATTACKS if attack.id != "learned")


@pytest.fixture(scope="module")
def audit():
    signals = make_signals(n_models=5, n_samples=600)
    scores = score_all(signals, attacks=QUICK)
    shuffled = shuffled_control(signals, seed=0, attacks=QUICK[:3])
    return signals, scores, build_tables(signals, scores, attacks=QUICK, shuffled=shuffled, class_names=tuple("abcde"))


def test_scoring_reports_each_attack_and_keeps_the_order():
    heard = []
    scores = score_all(
        make_signals(n_models=4, n_samples=40, n_population=20, with_optional=False), attacks=QUICK,
        report=lambda fraction, message: heard.append((fraction, message)))
    assert list(scores) == [attack.id for attack in QUICK if not attack.needs or attack.needs == ("population_logits",)]
    assert [message for _, message in heard] == [f"Attacking: {attack.title}" for attack in QUICK if attack.id in scores]
    assert all(0 <= fraction < 1 for fraction, _ in heard)


def test_settings_reach_the_scores():
    signals = make_signals(n_models=4, n_samples=40, n_population=20)
    plain = {attack.id: attack.score(signals) for attack in QUICK if "rmia" in attack.id or "ratio" in attack.id}
    other = {attack.id: attack.score(signals) for attack in configured(rmia_gamma=3.0, rmia_a=1.0) if attack.id in plain}
    changed = {name for name in plain if not np.array_equal(plain[name], other[name])}
    assert changed == {"rmia_online", "rmia_offline", "ratio_offline"}


def test_the_attack_table_holds_means_and_spread_over_targets(audit):
    signals, scores, tables = audit
    table = tables.attacks.set_index("attack")
    assert list(table.index) == list(scores)
    for name in ("loss", "lira_online"):
        areas = [roc_auc_score(signals.members[k], scores[name][k]) for k in range(5)]
        row = table.loc[name]
        assert row["auc"] == pytest.approx(np.mean(areas))
        assert (row["auc_low"], row["auc_high"]) == pytest.approx(tuple(np.quantile(areas, [0.025, 0.975])))
        oracle = [best_threshold(scores[name][k], signals.members[k]).balanced_accuracy for k in range(5)]
        assert row["balanced_accuracy_oracle"] == pytest.approx(np.mean(oracle))
        assert row["advantage_oracle"] == pytest.approx(2 * np.mean(oracle) - 1)
        pooled = tpr_at_fpr(scores[name].ravel(), signals.members.ravel(), fpr=0.01)
        assert (row["tpr_1pct"], row["tpr_1pct_low"], row["tpr_1pct_high"]) == (pooled.tpr, pooled.tpr_low, pooled.tpr_high)
        assert (row["fpr_1pct"], row["false_positives_1pct"]) == (pooled.realised_fpr, pooled.n_false_positives)
        per_target = [tpr_at_fpr(scores[name][k], signals.members[k], fpr=0.1).tpr for k in range(5)]
        assert row["tpr_10pct_mean"] == pytest.approx(np.mean(per_target))
    assert (table["balanced_accuracy_transferred"] <= table["balanced_accuracy_oracle"] + 1e-12).all()
    assert table["auc_shuffled"].notna().sum() == 3


def test_what_cannot_be_resolved_is_missing_with_a_reason(audit):
    signals, scores, tables = audit
    # 300 non-members per target resolve 1 % but not .1 %; 1500 pooled resolve .1 %, coarsely.
    row = tables.attacks.set_index("attack").loc["lira_online"]
    assert np.isnan(row["tpr_01pct_mean"])
    assert row["tpr_01pct"] > 0
    assert row["is_coarse_01pct"]
    few = operating_point_table(signals.members[:2], {"loss": scores["loss"][:2]}).set_index("level")
    assert np.isnan(few.loc["01pct", "tpr"])
    assert "at least 1,000 non-members, got 600" in few.loc["01pct", "reason"]
    assert few.loc["10pct", "reason"] == ""
    assert list(few.index) == list(LEVELS)


def test_transferred_thresholds_never_see_the_target(audit):
    signals, scores, _ = audit
    score, members = scores["loss"], signals.members
    expected = []
    for k in range(5):
        others = np.arange(5) != k
        cut = best_threshold(score[others].ravel(), members[others].ravel()).threshold
        expected.append(balanced_accuracy(score[k] >= cut, members[k]))
    np.testing.assert_allclose(transferred_accuracy(score, members), expected)


def test_a_transferred_threshold_accepts_the_score_it_names(audit):
    """With scores of 0 and 1 the cut carried over is 1, and ones are members."""
    signals, scores, _ = audit
    expected = [balanced_accuracy(scores["gap"][k] == 1.0, signals.members[k]) for k in range(5)]
    np.testing.assert_allclose(transferred_accuracy(scores["gap"], signals.members), expected)


def test_a_published_cut_is_used_as_it_is(audit):
    signals, scores, tables = audit
    score = scores["modified_entropy_per_class"]
    row = tables.attacks.set_index("attack").loc["modified_entropy_per_class"]
    assert row["balanced_accuracy_transferred"] == pytest.approx(balanced_accuracy(score >= 0, signals.members).mean())


def test_the_roc_table(audit):
    signals, scores, tables = audit
    curve = tables.roc[tables.roc["attack"] == "lira_online"]
    np.testing.assert_array_equal(curve["fpr"], FPR_GRID)
    for position in (30, 60, 100):
        row = curve.iloc[position]
        rates = [tpr_at_fpr(scores["lira_online"][k], signals.members[k], fpr=row["fpr"]) for k in range(5)]
        values = [getattr(point, "tpr", None) for point in rates]
        assert row["is_resolved"] == (None not in values)
        if row["is_resolved"]:
            assert row["tpr_median"] == pytest.approx(np.median(values))
            assert (row["tpr_low"], row["tpr_high"]) == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])))
    assert (curve[["tpr_low", "tpr_median", "tpr_high", "tpr_pooled"]].diff().dropna() >= -1e-12).all(axis=None)
    assert (curve["tpr_low"] <= curve["tpr_high"]).all()
    assert curve.iloc[-1]["tpr_median"] == 1.0


def test_histograms_sum_to_one_share_bins_and_lean_the_right_way(audit):
    _, scores, tables = audit
    for name, bins in tables.histograms.groupby("attack"):
        assert bins[["members", "non_members"]].sum().to_numpy() == pytest.approx([1.0, 1.0])
        np.testing.assert_allclose(bins["left"].to_numpy()[1:], bins["right"].to_numpy()[:-1])
        centres = (bins["left"] + bins["right"]) / 2
        assert (centres * bins["members"]).sum() > (centres * bins["non_members"]).sum(), name
    assert set(tables.histograms["attack"]) == set(scores)


def test_slices_partition_the_pool(audit):
    signals, scores, tables = audit
    for (_, kind), rows in tables.slices.groupby(["attack", "kind"]):
        assert rows["n"].sum() == 600
        assert list(rows["slice"]) == (list("abcde") if kind == "class" else [
            "easiest quarter", "second quarter", "third quarter", "hardest quarter"])
    own = signals.y == 2
    areas = [roc_auc_score(signals.members[k, own], scores["loss"][k, own]) for k in range(5)]
    row = tables.slices.query("attack == 'loss' and slice == 'c'").iloc[0]
    assert (row["auc"], row["n"], row["n_targets"]) == (pytest.approx(np.mean(areas)), own.sum(), 5)


def test_difficulty_is_the_loss_of_references_trained_without_the_sample(audit):
    signals, scores, tables = audit
    loss, areas = -signals.log_prob_true.mean(-1), []
    for k in range(5):
        out = [[j for j in range(5) if j != k and not signals.members[j, i]] for i in range(600)]
        difficulty = np.array([loss[rows, i].mean() for i, rows in enumerate(out)])
        hardest = np.argsort(difficulty, kind="stable")[450:]
        areas.append(roc_auc_score(signals.members[k, hardest], scores["lira_online"][k, hardest]))
    row = tables.slices.query("attack == 'lira_online' and slice == 'hardest quarter'").iloc[0]
    assert row["auc"] == pytest.approx(np.mean(areas))


def test_the_listed_samples_are_the_ends_of_the_headline_attack(audit):
    signals, scores, tables = audit
    table, score, members = tables.samples, scores["lira_online"][0], signals.members[0]
    assert len(table) == 80
    exposed, accused = table[table["group"] == "exposed member"], table[table["group"] == "accused non-member"]
    assert exposed["is_member"].all()
    assert not accused["is_member"].any()
    np.testing.assert_array_equal(exposed["score_lira_online"], np.sort(score[members])[::-1][:40])
    np.testing.assert_array_equal(accused["score_lira_online"], np.sort(score[~members])[::-1][:40])
    assert list(exposed["rank"]) == list(range(1, 41))
    first = exposed.iloc[0]
    assert first["sample_id"] == signals.sample_ids[first["sample"]]
    assert first["y"] == signals.y[first["sample"]]
    assert first["percentile_loss"] == pytest.approx(100 * (scores["loss"][0] <= first["score_loss"]).mean())
    assert first["target_loss"] == pytest.approx(-signals.log_prob_true[0, first["sample"]].mean())
    outside = [j for j in range(1, 5) if not signals.members[j, first["sample"]]]
    assert first["reference_out_loss"] == pytest.approx(-signals.log_prob_true[outside, first["sample"]].mean())


def test_percentile_counts_ties_together():
    np.testing.assert_array_equal(percentile(np.array([1.0, 2.0, 2.0, 0.0])), [50.0, 100.0, 100.0, 25.0])


def test_every_table_is_a_plain_rectangle(audit):
    for table in vars(audit[2]).values():
        assert table.columns.is_unique
        assert list(table.index) == list(range(len(table)))
        assert len(table) <= 20_000
