"""Outputs alone under attack: planted leakage is found, nothing is where nothing was planted, and a bad file is one sentence."""

import time

import numpy as np
import pytest

from core.lab.errors import InputError
from core.lab.experiment import Context
from core.measures.roc import auc_interval
from core.privacy.outputs.config import PrivacyOutputsConfig
from core.privacy.outputs.experiment import part_of, run
from core.privacy.outputs.figures import FIGURES
from core.privacy.outputs.result import PrivacyOutputsResult
from core.privacy.outputs.spec import PRIVACY_OUTPUTS, data_fingerprint
from core.subjects.outputs import EXAMPLE

CONTEXT = Context(device="cpu", threads=1, models=None, begin=lambda step: None, report=lambda *told: None)
N, C, K = 1200, 4, 8


def planted(lift: float, *, n: int = N, k: int = K, seed: int = 0) -> dict[str, np.ndarray]:
    """Rows of very different difficulty; models that were trained on a row give its class ``lift`` more, in group b twice as much."""
    rng = np.random.default_rng(seed)
    y, ease, group = rng.integers(C, size=n), rng.normal(0.5, 2.0, n), np.arange(n) % 2
    members = rng.random((k + 1, n)) < 0.5
    logits = rng.normal(size=(k + 1, n, C))
    logits[:, np.arange(n), y] += ease + lift * members * (1 + group)
    return {"logits": logits[0], "y": y, "members": members[0], "group": np.array(["a", "b"])[group],
            "reference_logits": logits[1:].astype(np.float32), "reference_members": members[1:]}


def audited(folder, arrays: dict[str, np.ndarray], *, parts: int = 1, seed: int = 0, name: str = "o") -> PrivacyOutputsResult:
    np.savez(folder / f"{name}.npz", **arrays)
    return run(PrivacyOutputsConfig(outputs=f"npz:{folder / f'{name}.npz'}", parts=parts), seed, CONTEXT)


@pytest.fixture(scope="module")
def leaky(tmp_path_factory) -> PrivacyOutputsResult:
    return audited(tmp_path_factory.mktemp("leaky"), planted(1.5))


def test_planted_leakage_is_found_and_calibrating_to_each_row_finds_more(leaky):
    assert leaky.auc > 0.75
    assert leaky.auc > leaky.auc_loss + 0.05 > leaky.auc_gap
    assert abs(leaky.auc_shuffled - 0.5) < 0.05
    assert abs(leaky.auc_count - 0.5) < 0.05
    assert leaky.auc_worst > leaky.auc_best + 0.05
    assert leaky.tpr_at_1_percent > 0.05
    assert np.isnan(leaky.tpr_at_01_percent)
    assert leaky.accuracy_members > leaky.accuracy_others
    assert leaky.attack_error < 0.1
    table = leaky.attacks.set_index("attack")
    assert {"lira_online", "lira_offline", "rmia_online", "ratio_online", "modified_entropy_per_class"} <= set(table.index)
    assert "learned" not in table.index
    assert (table["auc_low"] < table["auc"]).all()
    assert table.loc["lira_online", "auc"] == pytest.approx(leaky.auc)


def test_nothing_is_found_where_nothing_was_planted(tmp_path):
    found = audited(tmp_path, planted(0.0, seed=3))
    table = found.attacks.set_index("attack")
    assert abs(found.auc - 0.5) < 0.06
    assert (table.loc[["loss", "lira_online", "lira_offline", "ratio_online"], "auc_low"] < 0.5).all()


def test_without_references_the_loss_makes_the_headline(tmp_path, leaky):
    arrays = {name: value for name, value in planted(1.5).items() if not name.startswith("reference")}
    found = audited(tmp_path, arrays | {"features": np.random.default_rng(0).normal(size=(N, 3)) + arrays["members"][:, None]})
    assert found.auc == found.auc_loss == pytest.approx(leaky.auc_loss, abs=0.02)
    assert "feature_norm" in set(found.attacks["attack"])
    assert found.n_references == 0
    assert np.isnan(found.auc_count)


def test_references_chosen_by_membership_are_found_out(tmp_path):
    arrays = planted(0.0, seed=5)
    rng = np.random.default_rng(1)
    arrays["reference_members"] = rng.random((K, N)) < np.where(arrays["members"], 0.4, 0.6)
    found = audited(tmp_path, arrays)
    assert found.auc_count > 0.55
    assert any("equally many are taken" in note for note in found.notes["note"])


def test_parts_are_disjoint_balanced_and_make_up_the_whole():
    members = np.arange(103) < 41
    parts = [part_of(members, number, 4) for number in range(4)]
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(103))
    assert {int(members[part].sum()) for part in parts} == {10, 11}


def test_the_interval_of_an_area_against_every_pair_and_its_coverage():
    rng = np.random.default_rng(0)
    inside, outside = rng.normal(0.7, 1, 30).round(1), rng.normal(0, 1, 40).round(1)
    wins = (inside[:, None] > outside) + 0.5 * (inside[:, None] == outside)
    area, low, high = auc_interval(np.concatenate([inside, outside]), np.arange(70) < 30)
    assert area == pytest.approx(wins.mean())
    variance = wins.mean(axis=1).var(ddof=1) / 30 + wins.mean(axis=0).var(ddof=1) / 40
    assert np.log(high / (1 - high)) - np.log(low / (1 - low)) == pytest.approx(2 * 1.959964 * np.sqrt(variance) / (area * (1 - area)))
    truth, hits = 0.8556, 0  # of two normal distributions 1.5 apart: Phi(1.5 / sqrt 2)
    for _ in range(400):
        _, low, high = auc_interval(np.concatenate([rng.normal(1.5, 1, 30), rng.normal(0, 1, 40)]), np.arange(70) < 30)
        hits += low <= truth <= high
    assert 0.92 <= hits / 400 <= 0.98
    assert auc_interval(np.arange(8.0), np.arange(8) > 3) == (1.0, pytest.approx(0.025 ** 0.25), 1.0)


BAD = {
    "members is missing": {"members": None},
    "at least 20 members": {"members": np.arange(N) < 12},
    "most rows need two reference models": {"reference_logits": np.zeros((1, N, C)), "reference_members": np.zeros((1, N), bool)},
}


@pytest.mark.parametrize("sentence", BAD)
def test_what_cannot_be_audited_is_one_sentence(tmp_path, sentence):
    arrays = {name: value for name, value in {**planted(1.0), **BAD[sentence]}.items() if value is not None}
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(InputError, match=sentence):
        data_fingerprint(PrivacyOutputsConfig(outputs=f"npz:{tmp_path / 'bad.npz'}", parts=1))


def test_the_example_is_whole():
    first, second = (run(PrivacyOutputsConfig(outputs=EXAMPLE), seed, CONTEXT) for seed in (0, 1))
    assert first.auc != second.auc
    assert first.n_references == 12
    assert first.attacks.equals(second.attacks)
    assert first.attacks.set_index("attack").loc["lira_online", "auc_low"] > 0.5


def test_time_grows_no_faster_than_the_number_of_rows(tmp_path):
    def seconds(n: int) -> float:
        arrays = {name: value for name, value in planted(1.0, n=n, k=0).items() if not name.startswith("reference")}
        started = time.process_time()
        audited(tmp_path, arrays, name=str(n))
        return time.process_time() - started

    seconds(1000)
    assert seconds(20_000) < 12 * seconds(5_000)  # linear is 4; the bound leaves room for a busy machine


def test_every_claim_and_figure_has_its_name():
    assert [claim.id for claim in PRIVACY_OUTPUTS.claims] == ["leaks", "more-than-gap", "calibration", "few-alarms", "unequal",
                                                             "leak-free", "design"]
    assert [figure.id for figure in FIGURES] == ["roc", "scores", "league", "slices", "gaps", "certainty"]
