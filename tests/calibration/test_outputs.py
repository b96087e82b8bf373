"""Outputs alone, from the file to the numbers: planted over-certainty is found by part and group, and a bad file is one sentence."""

import io
import zipfile

import numpy as np
import pandas as pd
import pytest

from core.calibration.model_outputs import Outputs
from core.calibration.outputs.config import OutputsConfig
from core.calibration.outputs.experiment import run
from core.calibration.outputs.figures import FIGURES
from core.calibration.outputs.result import OutputsResult
from core.calibration.outputs.spec import CALIBRATION_OUTPUTS, data_fingerprint
from core.calibration.outputs_files import EXAMPLE, load_outputs
from core.lab.errors import InputError
from core.lab.experiment import Context, metrics_of
from core.measures.calibration import softmax
from tests.calibration.test_judge import drawn

CONTEXT = Context(device="cpu", threads=1, models=None, begin=lambda step: None, report=lambda *told: None)


def planted(n: int = 3000) -> dict[str, np.ndarray]:
    """Sure as right at home; away three times too long in group b, right in group a."""
    (home, y), (calm, calm_y), (loud, loud_y) = drawn(1.0, n), drawn(1.0, n), drawn(3.0, n)
    return {"logits": home, "y": y, "shifted_logits": np.concatenate([calm, loud]), "shifted_y": np.concatenate([calm_y, loud_y]),
            "group": np.array(["a"] * n + ["b"] * n)}


def written(folder, arrays: dict[str, np.ndarray], name: str = "outputs.npz") -> str:
    np.savez(folder / name, **arrays)
    return f"npz:{folder / name}"


def as_csv(folder, arrays: dict[str, np.ndarray]) -> str:
    sides = []
    for part, place in (("home", ""), ("shifted", "shifted_")):
        side = pd.DataFrame(arrays[f"{place}logits"], columns=[f"logit_{c}" for c in range(arrays["logits"].shape[1])])
        sides.append(side.assign(part=part, y=arrays[f"{place}y"], group=arrays["group"] if place else ""))
    pd.concat(sides).to_csv(folder / "outputs.csv", index=False, float_format="%.17g")
    return f"csv:{folder / 'outputs.csv'}"


def judged(source: str, seed: int = 0, parts: int = 1) -> OutputsResult:
    return run(OutputsConfig(outputs=source, parts=parts), seed, CONTEXT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("outputs")


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    return planted()


def test_planted_over_certainty_is_found_in_the_group_that_has_it(folder, arrays):
    found = judged(written(folder, arrays))
    assert abs(found.over_home) < 0.03
    rows = found.scores[found.scores["repair"] == "none"].set_index(["place", "group"])["overconfidence"]
    assert abs(rows["shifted", "a"]) < 0.03
    assert rows["shifted", "b"] > 0.08
    assert found.over_worst == rows["shifted", "b"]
    assert found.over_best == rows["shifted", "a"]
    assert found.ece_oracle < found.ece_shifted
    assert found.accuracy_repaired == found.accuracy_shifted
    assert found.coverage_home == pytest.approx(0.9, abs=0.03)


def test_csv_and_npz_of_the_same_outputs_give_the_same_numbers(folder, arrays):
    from_npz, from_csv = judged(written(folder, arrays)), judged(as_csv(folder, arrays))
    assert {name: getattr(from_npz, name) for name in metrics_of(OutputsResult)} == {
        name: getattr(from_csv, name) for name in metrics_of(OutputsResult)}


def test_probabilities_give_the_calibration_of_their_logits(folder, arrays):
    of_logits = judged(written(folder, arrays))
    found = judged(written(folder, {
        "probabilities": softmax(arrays["logits"]), "labels": arrays["y"], "probs_shifted": softmax(arrays["shifted_logits"]),
        "y_shifted": arrays["shifted_y"].astype(float), "attribute": arrays["group"]}))
    for name in ("ece_shifted", "ece_home_temperature", "nll_shifted", "temperature_home", "coverage_shifted", "over_worst"):
        assert getattr(found, name) == pytest.approx(getattr(of_logits, name), abs=1e-6), name


def test_parts_are_disjoint_and_make_up_the_whole(arrays):
    outputs = Outputs(arrays["logits"], arrays["y"], arrays["shifted_logits"], arrays["shifted_y"], np.zeros(6000, int), ("all",), "", "")
    parts = [outputs.part(number, 7, np.random.default_rng(4)) for number in range(7)]
    rows = np.concatenate([part.shifted[:, 0] for part in parts])
    np.testing.assert_array_equal(np.sort(rows), np.sort(arrays["shifted_logits"][:, 0]))
    assert {len(part.y) for part in parts} <= {428, 429}


def test_a_seed_without_a_part_is_refused(folder, arrays):
    with pytest.raises(InputError, match="one of the 5 parts, counted from 0, got 5"):
        judged(written(folder, arrays), seed=5, parts=5)


def test_the_example_is_whole_and_its_parts_agree():
    outputs = load_outputs(EXAMPLE)
    assert len(outputs.group_names) == 6
    first, second = judged(EXAMPLE, 0, 5), judged(EXAMPLE, 1, 5)
    assert first.over_shifted != second.over_shifted
    assert first.over_shifted == pytest.approx(second.over_shifted, abs=0.06)
    assert first.over_shifted > 0.05
    again = judged(EXAMPLE, 0, 5)
    pd.testing.assert_frame_equal(first.scores, again.scores)


def _changed(arrays: dict[str, np.ndarray], **changes: object) -> dict[str, np.ndarray]:
    return {name: value for name, value in {**arrays, **changes}.items() if value is not None}


def _spoilt(values: np.ndarray, value: float) -> np.ndarray:
    values = values.copy()
    values[3, 1] = value
    return values


BAD = {
    "logits must be finite, got 1 rows": lambda a: _changed(a, logits=_spoilt(a["logits"], np.nan)),
    "shifted_logits must be finite, got 1 rows": lambda a: _changed(a, shifted_logits=_spoilt(a["shifted_logits"], np.inf)),
    "sum to one in every row": lambda a: _changed(a, logits=None, shifted_logits=None, probs=a["logits"] ** 2,
                                                  shifted_probs=softmax(a["shifted_logits"])),
    "shifted_probs must be at least 0": lambda a: _changed(
        a, logits=None, shifted_logits=None, probs=softmax(a["logits"]), shifted_probs=_spoilt(softmax(a["shifted_logits"]), -0.2)),
    "shifted_y must hold at least two classes, got one": lambda a: _changed(a, shifted_y=np.zeros(6000, int)),
    "y must lie from 0 to 4, got 1 to 5": lambda a: _changed(a, y=a["y"] + 1),
    "y must be one whole number for each of the 3000 rows": lambda a: _changed(a, y=a["y"][:-1]),
    "either logits or probs, got both": lambda a: _changed(a, probs=softmax(a["logits"])),
    "either shifted_logits or shifted_probs, got neither": lambda a: _changed(a, shifted_logits=None),
    "of one kind": lambda a: _changed(a, shifted_logits=None, shifted_probs=softmax(a["shifted_logits"])),
    "shifted_y is missing": lambda a: _changed(a, shifted_y=None),
    "the same classes, got 5 and 4": lambda a: _changed(a, shifted_logits=a["shifted_logits"][:, :4]),
    "group must be one whole number": lambda a: _changed(a, group=a["group"][:10]),
    "at most 40 groups apart, got 6000": lambda a: _changed(a, group=np.arange(6000)),
    "must hold y once, got it as y and labels": lambda a: _changed(a, labels=a["y"]),
    "got none of them": lambda a: {"x_train": a["logits"]},
    "must hold numbers, got Python objects": lambda a: _changed(a, y=a["y"].astype(object)),
    "at least 20 rows": lambda a: _changed(a, logits=a["logits"][:60], y=a["y"][:60]),
}


@pytest.mark.parametrize("sentence", BAD)
def test_a_bad_npz_is_one_sentence_before_anything_is_computed(tmp_path, arrays, sentence):
    config = OutputsConfig(outputs=written(tmp_path, BAD[sentence](arrays)))
    with pytest.raises(InputError, match=sentence) as found:
        data_fingerprint(config)
    assert "\n" not in str(found.value)


def _lines(arrays: dict[str, np.ndarray], tmp_path) -> pd.DataFrame:
    return pd.read_csv(as_csv(tmp_path, arrays)[4:])


BAD_CSV = {
    "must tell of shifted rows, too": lambda rows: rows.drop(columns="part"),
    "must have the column y": lambda rows: rows.drop(columns="y"),
    "got 4 of logit": lambda rows: rows.drop(columns="logit_2"),
    "got none": lambda rows: rows[["part", "y"]],
    "got something else in 1 lines": lambda rows: rows.assign(part=["elsewhere", *rows["part"][1:]]),
    "logit_1 holds text": lambda rows: rows.assign(logit_1=["low", *rows["logit_1"][1:]]),
    "labels|one whole number": lambda rows: rows.assign(y=rows["y"] + 0.5),
}


@pytest.mark.parametrize("sentence", BAD_CSV)
def test_a_bad_csv_is_one_sentence(tmp_path, arrays, sentence):
    BAD_CSV[sentence](_lines(arrays, tmp_path)).to_csv(tmp_path / "bad.csv", index=False)
    with pytest.raises(InputError, match=sentence):
        load_outputs(f"csv:{tmp_path / 'bad.csv'}")


def test_no_content_of_a_file_that_is_none_is_quoted(tmp_path):
    (tmp_path / "secret").write_text("root:x:0:0\nline two\n")
    for prefix in ("csv:", "npz:"):
        with pytest.raises(InputError) as found:
            load_outputs(f"{prefix}{tmp_path / 'secret'}")
        assert "root" not in str(found.value)


def test_an_array_that_claims_to_be_huge_is_refused_from_its_header(tmp_path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10)})
    with zipfile.ZipFile(tmp_path / "huge.npz", "w") as archive:
        archive.writestr("logits.npy", header.getvalue())
    with pytest.raises(InputError, match="at most 1024 MB"):
        load_outputs(f"npz:{tmp_path / 'huge.npz'}")


@pytest.mark.parametrize("text", ["", "npz:", "csv: ", "logits.npz", "npz:a\0b"])
def test_a_text_that_names_no_outputs_is_refused(text):
    with pytest.raises(InputError, match="outputs must be example, npz:PATH or csv:PATH"):
        OutputsConfig(outputs=text)


def test_every_claim_and_figure_has_its_name():
    assert len({claim.id for claim in CALIBRATION_OUTPUTS.claims}) == 7
    assert [figure.id for figure in FIGURES] == ["reliability", "repairs", "groups", "risk", "classes"]
