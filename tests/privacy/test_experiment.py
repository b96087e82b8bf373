"""The audit end to end on a few small models: what it returns fits together, and what is stored is not computed again."""

import numpy as np
import pandas as pd
import pytest

from core.lab.experiment import Context, result_fields
from core.lab.store import ModelStore, load_result, save_result
from core.measures.roc import auc
from core.privacy.audit import experiment
from core.privacy.audit.early_stopping import early_stopping_table, gap_correlation
from core.privacy.audit.result import PrivacyResult
from core.privacy.audited_models import AuditedModel, checkpoint_epochs
from core.privacy.config import PrivacyConfig
from core.privacy.queries import COSTLY_TARGETS, augmented_queries
from core.training import kept

CONFIG = PrivacyConfig(n_reference_models=5, n_pool=200, n_population=60, batch_size=20, epochs=12, width=4, learning_rate=0.05)


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """A context that keeps models, so that the tests of this file train once."""
    root = tmp_path_factory.mktemp("store")
    return Context(device="cpu", threads=2, models=ModelStore(root), begin=lambda step: None,
                   report=lambda fraction, activity="", curve=None: None)


@pytest.fixture(scope="module")
def result(context):
    return experiment.run(CONFIG, 0, context)


def test_headlines_agree_with_the_tables(result):
    of = result.attacks.set_index("attack")
    assert result.auc == of.loc["lira_online", "auc"]
    assert result.auc_gain == pytest.approx(of.loc["lira_online", "auc"] - of.loc["loss", "auc"])
    assert result.train_accuracy == pytest.approx(result.early_stopping.query("epoch == 12")["member_accuracy"].mean())
    assert 0 <= result.test_accuracy <= 1
    assert result.accuracy_gap == pytest.approx(result.early_stopping.query("epoch == 12")["accuracy_gap"].mean())


def test_memorising_models_are_found_out_and_shuffled_ones_are_not(result):
    assert result.train_accuracy > 0.9
    assert result.auc > 0.55
    assert abs(result.auc_shuffled - 0.5) < 0.02
    assert abs(result.auc_clean - 0.5) < 0.15, "100 against 100: the standard error is 0.04"


def test_every_attack_ran_and_the_costly_ones_have_fewer_targets(result):
    targets = result.attacks.set_index("attack")["n_targets"]
    assert len(targets) == 20
    assert targets["loss"] == 6
    assert targets["label_only"] == targets["parameter_gradient_norm"] == COSTLY_TARGETS


def test_samples_carry_images_and_scores_of_every_attack(result):
    assert len(result.sample_images) == len(result.samples)
    assert {f"percentile_{attack}" for attack in result.attacks["attack"]} <= set(result.samples.columns)
    shares = result.samples.filter(like="percentile_").to_numpy()
    assert (shares > 0).all()
    assert (shares <= 100).all()


def test_stored_models_are_not_trained_again_and_gradient_attacks_can_be_left_out(context, result, monkeypatch):
    """The same networks without the white-box attacks: every number that does not need them comes out again."""
    monkeypatch.setattr(kept, "train_wanted", lambda *given, **named: pytest.fail("a stored model was trained again"))
    lean = experiment.run(CONFIG.replace(white_box=False), 0, context)
    white_box = {"input_gradient_norm", "parameter_gradient_norm"}
    assert set(result.attacks["attack"]) - set(lean.attacks["attack"]) == white_box
    pd.testing.assert_frame_equal(result.attacks[~result.attacks["attack"].isin(white_box)].reset_index(drop=True), lean.attacks)
    for name in result_fields(PrivacyResult):
        first, second = getattr(result, name), getattr(lean, name)
        if name == "early_stopping":
            pd.testing.assert_frame_equal(first, second)
        elif isinstance(first, float):
            np.testing.assert_array_equal(first, second)


def test_a_result_survives_the_store(result, tmp_path):
    save_result(tmp_path, "0123456789abcdef", result, {"experiment": "privacy"})
    read, _ = load_result(tmp_path, "0123456789abcdef", PrivacyResult)
    assert read.auc == result.auc
    pd.testing.assert_frame_equal(read.samples, result.samples)
    np.testing.assert_array_equal(read.sample_images, result.sample_images)


def test_queries_start_with_the_image_and_its_mirror():
    x = np.arange(2 * 4 * 4, dtype=np.uint8).reshape(2, 4, 4, 1)
    queries = augmented_queries(x, 5)
    np.testing.assert_array_equal(queries[0], x)
    np.testing.assert_array_equal(queries[1], x[:, :, ::-1])
    assert len({query.tobytes() for query in queries}) == 5
    assert len(augmented_queries(x, 1)) == 1
    assert len(augmented_queries(x, 18)) == 18


@pytest.mark.parametrize("last", [1, 2, 16, 400])
def test_kept_epochs_end_with_the_last(last):
    epochs = checkpoint_epochs(last)
    assert epochs[-1] == last
    assert epochs[0] == 1
    assert list(epochs) == sorted(set(epochs))


def test_early_stopping_by_hand():
    """Two images, two models, each a member of one; logits chosen so that losses are easy to write down."""
    y = np.array([0, 1])
    members = np.array([[True, False], [False, True]])
    even, sure = [0.0, 0.0], [10.0, -10.0]
    start = {1: np.array([even, even], dtype=np.float32)}
    first = AuditedModel({}, {}, {}, {**start, 2: np.array([sure, even], dtype=np.float32)})
    second = AuditedModel({}, {}, {}, {**start, 2: np.array([even, [-10.0, 10.0]], dtype=np.float32)})

    class Audit:
        pool = (None, y)
    audit = Audit()
    audit.members = members
    table = early_stopping_table(audit, [first, second], members[:, ::-1])
    late = table.query("epoch == 2")
    np.testing.assert_allclose(late["member_loss"], np.log1p(np.exp(-20.0)), atol=1e-12)
    np.testing.assert_allclose(late["non_member_loss"], np.log(2.0))
    np.testing.assert_allclose(late["auc"], 1.0)
    np.testing.assert_allclose(late["auc_shuffled"], 0.0)
    np.testing.assert_allclose(table.query("epoch == 1")["auc"], 0.5)


def test_gap_correlation_is_spearman_over_epochs_and_refuses_two():
    table = pd.DataFrame({"target": [0, 0, 0, 1, 1, 1], "epoch": [1, 2, 4] * 2, "loss_gap": [1, 2, 3, 1, 2, 3],
                          "auc": [0.5, 0.6, 0.9, 0.9, 0.6, 0.5]})
    assert gap_correlation(table, "auc") == pytest.approx(0.0)
    assert gap_correlation(table.query("target == 0"), "auc") == pytest.approx(1.0)
    assert np.isnan(gap_correlation(table.query("epoch < 4"), "auc"))
    constant = table.assign(auc=0.5)
    assert gap_correlation(constant, "auc") == 0.0


def test_auc_of_the_loss_needs_no_references(result):
    """The loss attack of the report equals the area under the kept outputs themselves."""
    last = result.early_stopping.query("epoch == 12")
    assert result.auc_loss == pytest.approx(last["auc"].mean(), abs=2e-3)
    assert auc(np.array([1.0, 0.0]), np.array([True, False])) == 1.0


def test_two_seeds_differ(result, context):
    brief = experiment.run(CONFIG.replace(epochs=1, n_reference_models=3, white_box=False, n_queries=1), 1, context)
    assert brief.auc != result.auc
    assert set(brief.samples["sample_id"]) != set(result.samples["sample_id"])
