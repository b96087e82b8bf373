"""Outputs as people keep them: every known form reads as the same numbers, and what contradicts itself is one sentence."""

import numpy as np
import pandas as pd
import pytest

from core.lab.errors import InputError
from core.subjects.outputs import GivenOutputs, read_outputs

N, M, C, K = 12, 8, 3, 4
RNG = np.random.default_rng(0)


def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {"logits": rng.normal(size=(N, C)), "y": np.arange(N) % C, "members": np.arange(N) < N // 2,
            "reference_logits": rng.normal(size=(K, N, C)), "reference_members": rng.random((K, N)) < 0.5,
            "shifted_logits": rng.normal(size=(M, C)), "shifted_y": np.arange(M) % C}


def softmax(logits: np.ndarray) -> np.ndarray:
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def read(folder, **changes: object) -> GivenOutputs:
    given = {name: value for name, value in {**arrays(), **changes}.items() if value is not None}
    np.savez(folder / "given.npz", **given)
    return read_outputs(f"npz:{folder / 'given.npz'}")


def same_softmax(a: np.ndarray, b: np.ndarray) -> None:
    np.testing.assert_allclose(softmax(a), softmax(b), atol=1e-7)


def test_everything_is_read_as_it_stands(tmp_path):
    found, given = read(tmp_path), arrays()
    for name in given:
        np.testing.assert_array_equal(getattr(found, name), given[name])
    assert found.given == "logits"
    assert found.notes == ()
    assert found.words == "12 rows of 3 classes, as logits, 6 of them members, 4 reference models, 8 shifted rows"


def test_two_parts_of_predictions_as_attack_tools_take_them(tmp_path):
    given = arrays()
    p = softmax(given["logits"])
    np.savez(tmp_path / "a.npz", train_predictions=p[:6], train_labels=given["y"][:6], test_predictions=p[6:], test_labels=given["y"][6:])
    found = read_outputs(f"npz:{tmp_path / 'a.npz'}")
    assert found.given == "probabilities"
    np.testing.assert_array_equal(found.members, given["members"])
    same_softmax(found.logits, given["logits"])
    assert "train_predictions and test_predictions were joined: the first are members" in found.notes
    assert "predictions sum to one and were read as probabilities" in found.notes


@pytest.mark.parametrize(("changes", "note"), [
    ({"reference_logits": np.moveaxis(arrays()["reference_logits"], 0, 1), "reference_members": arrays()["reference_members"].T}, "turned"),
    ({"reference_logits": arrays()["reference_logits"][:, :, None]}, ""),
    ({"reference_logits": None, "shadow_logits": arrays()["reference_logits"], "reference_members": None,
      "keep": arrays()["reference_members"].astype(int)}, ""),
    ({"y": np.eye(C)[arrays()["y"]]}, "one-hot"),
    ({"y": arrays()["y"][:, None].astype(float)}, "column"),
    ({"members": arrays()["members"].astype(float)}, ""),
    ({"logits": None, "Predictions": arrays()["logits"]}, "read as logits"),
])
def test_other_forms_are_the_same_numbers(tmp_path, changes, note):
    found, plain = read(tmp_path, **changes), arrays()
    for name in ("logits", "y", "members", "reference_logits", "reference_members"):
        np.testing.assert_array_equal(getattr(found, name), plain[name])
    assert note in " ".join(found.notes)


def test_one_number_a_row_is_that_of_class_one(tmp_path):
    p, y = RNG.random(20), np.arange(20) % 2
    np.savez(tmp_path / "b.npz", y_score=p, y_true=y)
    found = read_outputs(f"npz:{tmp_path / 'b.npz'}")
    np.testing.assert_allclose(softmax(found.logits)[:, 1], p)
    np.savez(tmp_path / "b.npz", logits=6 * p - 3, y_true=y)
    np.testing.assert_allclose(softmax(read_outputs(f"npz:{tmp_path / 'b.npz'}").logits)[:, 1], 1 / (1 + np.exp(3 - 6 * p)))


def test_groups_go_where_their_rows_are(tmp_path):
    found = read(tmp_path, group=np.array(list("ab" * 6)))
    assert (found.group_names, found.shifted_group) == (("a", "b"), None)
    found = read(tmp_path, group=np.arange(M) % 2 + 9)
    assert (found.group, found.group_names) == (None, ("9", "10"))
    np.testing.assert_array_equal(found.shifted_group, np.arange(M) % 2)
    found = read(tmp_path, group=np.array(list("ab" * 6)), shifted_group=np.array(list("bc" * 4)))
    assert found.group_names == ("a", "b", "c")
    np.testing.assert_array_equal(found.shifted_group, np.arange(M) % 2 + 1)


@pytest.mark.parametrize("sentence", [";", "\t"])
def test_a_table_with_membership_and_any_delimiter(tmp_path, sentence):
    given = arrays()
    frame = pd.DataFrame(given["logits"], columns=[f"Logit_{c}" for c in range(C)])
    frame.assign(label=given["y"], member=given["members"].astype(int), group=["a", "b"] * 6).to_csv(
        tmp_path / "t.csv", sep=sentence, index=False, encoding="utf-8-sig", float_format="%.17g")
    found = read_outputs(f"csv:{tmp_path / 't.csv'}")
    np.testing.assert_array_equal(found.logits, given["logits"])
    np.testing.assert_array_equal(found.members, given["members"])
    frame.assign(y=given["y"], split=["train"] * 6 + ["test"] * 6).to_csv(tmp_path / "t.csv", index=False)
    np.testing.assert_array_equal(read_outputs(f"csv:{tmp_path / 't.csv'}").members, given["members"])


BAD = {
    "reference_members is missing": {"reference_members": None},
    "reference_logits must have shape \\(models, 12, 3\\), got \\(4, 11, 3\\)": {"reference_logits": np.zeros((K, N - 1, C))},
    "members must tell members from others, got 12 members of 12 rows": {"members": np.ones(N, bool)},
    "members must be true or false .* with other values": {"members": np.arange(N)},
    "home and reference outputs must be of one kind": {"reference_logits": None, "reference_probs": softmax(arrays()["reference_logits"])},
    "reference_logits must be finite, got NaN or infinity in 1 rows": {
        "reference_logits": np.where(np.arange(K * N * C).reshape(K, N, C) == 5, np.nan, 1.0)},
    "must hold logits once, got it as logits and train_logits and test_logits": {
        "train_logits": np.ones((6, C)), "test_logits": np.ones((6, C))},
    "must come together, got only train_features": {"train_features": np.ones((6, 2))},
    "equally many columns, got none and 2": {"shifted_features": np.ones((M, 2))},
    "y must lie from 0 to 2, got 1 to 3": {"y": np.arange(N) % C + 1},
}


@pytest.mark.parametrize("sentence", BAD)
def test_what_contradicts_itself_is_one_sentence(tmp_path, sentence):
    with pytest.raises(InputError, match=sentence):
        read(tmp_path, **BAD[sentence])
