"""ONNX models of every usual form are asked as they want to be asked, rooms judge what they say, and faults come before computing."""

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto

from core.calibration.outputs.config import OutputsConfig
from core.calibration.outputs.experiment import run as calibrate
from core.calibration.outputs.spec import CALIBRATION_OUTPUTS
from core.data.sources import load
from core.lab.config import to_dict
from core.lab.errors import InputError
from core.lab.experiment import Context
from core.privacy.outputs.config import PrivacyOutputsConfig
from core.privacy.outputs.experiment import run
from core.privacy.outputs.spec import data_fingerprint
from core.subjects.models import open_model
from core.subjects.preview import previews
from core.subjects.told import chosen_scale, outputs_of
from tests.subjects.models import CLASSES, SIDE, data_file, images, onnx_file

CONTEXT = Context(device="cpu", threads=1, models=None, begin=lambda step: None, report=lambda *told: None)
SHAPE = (1, SIDE, SIDE)


@pytest.mark.parametrize("form", [
    {}, {"batch": 8}, {"channels": 3}, {"channels_last": True}, {"channels_last": True, "channels": 3}, {"kind": TensorProto.UINT8},
    {"probs": True}, {"side": 18}], ids=str)
def test_every_usual_form_is_asked_as_it_wants(tmp_path, form):
    opened = open_model(onnx_file(tmp_path, **form), SHAPE)
    x, y = images(21)
    said, features = opened.ask(x, "one")
    assert said.shape == (21, CLASSES)
    assert features is None
    assert (said.argmax(axis=1) == y).mean() > 0.9
    told = " ".join(opened.notes)
    assert ("repeated to three" in told) == (form.get("channels") == 3)
    assert ("resized to 18 x 18" in told) == ("side" in form)


def test_answers_are_those_of_the_runtime_itself(tmp_path):
    source, (x, _) = onnx_file(tmp_path), images(300)
    plain = onnxruntime.InferenceSession(source.removeprefix("onnx:"), providers=["CPUExecutionProvider"])
    pixels = np.moveaxis(x.astype(np.float32) / np.float32(255), -1, 1)
    np.testing.assert_allclose(open_model(source, SHAPE).ask(x, "one")[0], plain.run(None, {"x": pixels})[0], atol=1e-6)


def test_what_it_says_becomes_outputs_with_groups_and_a_shift(tmp_path):
    data = load(data_file(tmp_path))
    given = outputs_of(open_model(onnx_file(tmp_path, probs=True), SHAPE), data, scale="one", n_rows=100, corruption="gaussian", level=5)
    assert given.given == "probabilities"
    assert given.members.sum() == 100 == len(given.shifted_y)
    assert given.group_names == ("0", "1")
    home, away = ((one.argmax(axis=1) == y).mean() for one, y in ((given.logits, given.y), (given.shifted_logits, given.shifted_y)))
    assert home > 0.9
    assert away < home


def test_the_scale_is_tried_out_and_said(tmp_path):
    data = load(data_file(tmp_path))
    opened = open_model(onnx_file(tmp_path), SHAPE)
    name, why = chosen_scale(opened, data, "auto")
    assert name in why or "right most often on 300 training images" in why


def test_rooms_audit_a_model_in_place_of_a_file(tmp_path):
    model, data = onnx_file(tmp_path), data_file(tmp_path)
    config = PrivacyOutputsConfig(model=model, dataset=data, parts=1, n_rows=150)
    assert len(data_fingerprint(config)) == 64
    found = run(config, 0, CONTEXT)
    assert abs(found.auc - 0.5) < 0.12  # bands were never learned by heart
    assert found.accuracy_members > 0.9
    table = found.attacks.set_index("attack")
    assert abs(table.loc["label_only", "auc"] - 0.5) < 0.12, "a model that was never trained names members and others alike"
    assert any("labels alone were asked of 7" in note for note in found.notes["note"])
    said = {one.field: one for one in previews(to_dict(config))}
    assert said["model"].words == "an ONNX model"
    assert "150 test images" in said["dataset"].words
    judged = calibrate(OutputsConfig(model=model, dataset=data, parts=1, n_rows=150, corruption="gaussian", level=5), 0, CONTEXT)
    assert judged.accuracy_home > judged.accuracy_shifted
    assert set(CALIBRATION_OUTPUTS.config().idle()) == {"dataset", "scale", "n_rows", "corruption", "level"}


def test_faults_come_before_computing(tmp_path):
    data = data_file(tmp_path)
    (tmp_path / "cut.onnx").write_bytes((tmp_path / onnx_file(tmp_path)[5:]).read_bytes()[:300])
    cases = {f"onnx:{tmp_path}/cut.onnx": "one that ONNX Runtime .* can run", f"onnx:{tmp_path}/missing.onnx": "existing file",
             onnx_file(tmp_path, spoilt=True, name="nan.onnx"): "answers NaN or infinity"}
    for model, sentence in cases.items():
        with pytest.raises(InputError, match=sentence):
            data_fingerprint(PrivacyOutputsConfig(model=model, dataset=data, parts=1))
    swapped = load(data)
    with pytest.raises(InputError, match="must know the data, got one that is right on"):
        outputs_of(open_model(onnx_file(tmp_path), SHAPE), type(swapped)(**{**vars(swapped), "y_train": (swapped.y_train + 1) % 3,
                                                                            "y_test": (swapped.y_test + 1) % 3}), scale="one", n_rows=50)
    with pytest.raises(InputError, match="n_references must be 0 for a model whose recipe is not known"):
        PrivacyOutputsConfig(model=onnx_file(tmp_path), dataset=data, n_references=8)
