"""Folders of transformers: classifiers are asked through their own preprocessing and head, and every fault is named before anything is
computed."""

import json
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from core.calibration.outputs.config import OutputsConfig
from core.calibration.outputs.spec import CALIBRATION_OUTPUTS
from core.lab.errors import InputError
from core.lab.experiment import Context
from core.lab.store import ModelStore
from core.models.checkpoints import obtain
from core.privacy.outputs.config import PrivacyOutputsConfig
from core.privacy.outputs.experiment import run as audit
from core.privacy.outputs.spec import PRIVACY_OUTPUTS
from core.subjects.asked import ask
from core.subjects.folders import kind_of, order_of
from core.subjects.models import check_model_source
from tests.subjects.folders import image_folder, text_folder, texts_file
from tests.subjects.models import data_file, images


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    return text_folder(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="module")
def bands(tmp_path_factory):
    return image_folder(tmp_path_factory.mktemp("bands"), ("2", "0", "1"))


def context(folder):
    return Context(device="cpu", threads=1, models=ModelStore(folder), begin=lambda step: None, report=lambda *told: None)


def test_images_go_through_the_folders_own_preprocessing_and_classes_are_matched_by_name(bands, tmp_path):
    given, shown = ask(PrivacyOutputsConfig(model=bands, dataset=data_file(tmp_path), parts=1), device="cpu", threads=1)
    with torch.no_grad():
        from transformers import ViTForImageClassification
        network = ViTForImageClassification.from_pretrained(bands.partition(":")[2]).eval()
        said = network(torch.from_numpy(((shown / 255 - 0.4) / 0.2).astype(np.float32)).movedim(-1, 1)).logits.numpy()
    assert np.allclose(given.logits, said[:, [1, 2, 0]], atol=1e-3)
    assert (given.logits.argmax(axis=1) == given.y).mean() > 0.7
    assert given.features.shape == (len(given.y), 32)
    assert {"pixels go in as its own folder says", "classes were matched by their names"} <= set(given.notes)


def test_texts_have_members_groups_and_drift(films, tmp_path):
    data = texts_file(tmp_path)
    config = PrivacyOutputsConfig(model=films, dataset=data, parts=1)
    assert len(PRIVACY_OUTPUTS.fingerprint(config)) == 64
    given, _ = ask(config, device="cpu", threads=1)
    assert given.members.sum() == 53
    assert given.group_names == ("a", "b")
    assert (given.logits.argmax(axis=1) == given.y).mean() > 0.65
    assert 0.0 <= audit(config, 0, context(tmp_path)).auc <= 1.0
    away, _ = ask(OutputsConfig(model=films, dataset=data, parts=1), device="cpu", threads=1, corruption="gaussian")
    assert len(away.shifted_logits) == 53
    assert len(CALIBRATION_OUTPUTS.fingerprint(OutputsConfig(model=films, dataset=data, parts=1))) == 64


def test_texts_without_parts_have_no_members_and_without_drift_no_shift(films, tmp_path):
    (tmp_path / "plain.csv").write_text("text,label\n" + "the film was good,1\nthe story was bad,0\n" * 30)
    config = PrivacyOutputsConfig(model=films, dataset=f"csv:{tmp_path / 'plain.csv'}", parts=1)
    given, _ = ask(config, device="cpu", threads=1)
    assert given.members is None
    with pytest.raises(InputError, match="members"):
        audit(config, 0, context(tmp_path))
    with pytest.raises(InputError, match="have drifted"):
        ask(config, device="cpu", threads=1, corruption="gaussian")


def test_classes_are_matched_by_name_by_number_or_not_at_all():
    assert order_of(["dog", "Cat"], ["cat", "dog", "bird"])[0].tolist() == [1, 0]
    assert order_of(["0", "2"], ["cat", "dog", "bird"])[0].tolist() == [0, 2]
    assert order_of(["neg", "pos"], ["LABEL_0", "LABEL_1"])[0].tolist() == [0, 1]
    with pytest.raises(InputError, match="2 of 2 that it does not know"):
        order_of(["neg", "pos"], ["cat", "dog"])


def test_a_text_model_is_no_image_model_and_a_body_is_no_classifier(films, tmp_path):
    check_model_source(films)
    with pytest.raises(InputError, match="asked about csv:PATH"):
        PRIVACY_OUTPUTS.fingerprint(PrivacyOutputsConfig(model=films, dataset=data_file(tmp_path)))
    folder = changed(films, tmp_path / "body", architectures=["BertModel"])
    with pytest.raises(InputError, match=r"must hold a classifier of images or texts.*got BertModel"):
        kind_of(folder)


def test_labels_that_the_model_does_not_know(films, tmp_path):
    (tmp_path / "other.csv").write_text("text,label,split\n" + "a film,happy,train\na story,sad,test\nthe story,angry,test\n")
    with pytest.raises(InputError, match="3 of 3 that it does not know"):
        PRIVACY_OUTPUTS.fingerprint(PrivacyOutputsConfig(model=films, dataset=f"csv:{tmp_path / 'other.csv'}"))


def changed(source, folder, **config):
    shutil.copytree(source.partition(":")[2], folder)
    told = json.loads((folder / "config.json").read_text()) | config
    (folder / "config.json").write_text(json.dumps(told))
    return f"transformers:{folder}"


@pytest.mark.parametrize(("config", "words"), [
    ({"quantization_config": {"quant_method": "awq", "bits": 4}}, "quantised with awq to 4 bits"),
    ({"quantization_config": {"quant_method": "gptq", "bits": 8}}, "quantised with gptq to 8 bits"),
    ({"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}}, "quantised with bitsandbytes to 4 bits"),
    ({"model_type": "mine", "auto_map": {"AutoModel": "modeling.Mine"}}, "family mine, which brings code of its own"),
    ({"problem_type": "multi_label_classification"}, "one for each example")])
def test_a_configuration_that_cannot_be_used(films, tmp_path, config, words):
    with pytest.raises(InputError, match=words):
        kind_of(changed(films, tmp_path / "model", **config))


def test_weights_that_cannot_be_used(films, tmp_path):
    source = changed(films, tmp_path / "model")
    file = tmp_path / "model" / "model.safetensors"
    whole, tensors = file.read_bytes(), {name: value.clone() for name, value in load_file(file).items()}
    file.write_bytes(whole[:len(whole) // 2])
    with pytest.raises(InputError, match="it was cut"):
        obtain(source)
    spoilt = "bert.encoder.layer.0.output.dense.weight"
    save_file(tensors | {spoilt: torch.full_like(tensors[spoilt], float("nan"))}, file)
    with pytest.raises(InputError, match=f"NaN or infinite in {spoilt}"):
        obtain(source)
    save_file({name: value for name, value in tensors.items() if not name.startswith("classifier")}, file)
    with pytest.raises(InputError, match=r"every weight that its kind has.*without 2, such as classifier"):
        ask(PrivacyOutputsConfig(model=source, dataset=texts_file(tmp_path)), device="cpu", threads=1)
    file.rename(tmp_path / "model" / "pytorch_model.bin")
    with pytest.raises(InputError, match=r"python -m core convert pytorch_model\.bin"):
        obtain(source)


def test_a_tokeniser_that_is_missing(films, tmp_path):
    source = changed(films, tmp_path / "model")
    for file in (tmp_path / "model").glob("tok*"):
        file.unlink()
    with pytest.raises(InputError, match="must bring its tokeniser"):
        kind_of(source)


def test_shards_and_halves_are_the_same_model(films, tmp_path):
    shards, data = text_folder(tmp_path / "shards", max_shard_size="8KB"), texts_file(tmp_path)
    assert len(list((tmp_path / "shards").glob("*.safetensors"))) > 2
    half = changed(films, tmp_path / "half")
    file = tmp_path / "half" / "model.safetensors"
    save_file({name: value.bfloat16() if value.is_floating_point() else value.clone() for name, value in load_file(file).items()}, file)
    said = [ask(PrivacyOutputsConfig(model=one, dataset=data), device="cpu", threads=1)[0].logits for one in (films, shards, half)]
    assert np.allclose(said[0], said[1], atol=1e-3)
    assert 1e-4 < np.abs(said[0] - said[2]).max() < 0.3
    next((tmp_path / "shards").glob("*-00002-*")).unlink()
    with pytest.raises(InputError, match="every file that its index lists"):
        obtain(shards)


def test_an_adapter_is_added_to_its_base_with_its_own_head(films, tmp_path):
    folder, name = tmp_path / "lora", "bert.encoder.layer.0.attention.self.query"
    folder.mkdir()
    told = {"peft_type": "LORA", "base_model_name_or_path": films.partition(":")[2], "r": 2, "lora_alpha": 6, "target_modules": ["query"]}
    (folder / "adapter_config.json").write_text(json.dumps(told))
    a, b, head = torch.randn(2, 32), torch.randn(32, 2), torch.randn(2, 32)
    save_file({f"base_model.model.{name}.lora_A.weight": a, f"base_model.model.{name}.lora_B.weight": b,
               "base_model.model.classifier.weight": head}, folder / "adapter_model.safetensors")
    from core.models.from_folder import pretrained
    words = {"precision": torch.float32, "what": "a model", "remedy": "none"}
    base, _ = pretrained(obtain(films), "AutoModelForSequenceClassification", **words)
    both, _ = pretrained(obtain(f"transformers:{folder}"), "AutoModelForSequenceClassification", **words)
    assert torch.allclose(both.get_parameter(f"{name}.weight"), base.get_parameter(f"{name}.weight") + 3 * b @ a, atol=1e-5)
    assert torch.equal(both.classifier.weight, head)
    assert torch.equal(both.bert.encoder.layer[0].output.dense.weight, base.bert.encoder.layer[0].output.dense.weight)
    assert obtain(films).fingerprint != obtain(f"transformers:{folder}").fingerprint
    save_file({f"base_model.model.{name}.lora_A.weight": torch.randn(2, 9), f"base_model.model.{name}.lora_B.weight": b},
              folder / "adapter_model.safetensors")
    with pytest.raises(InputError, match="must fit its base"):
        pretrained(obtain(f"transformers:{folder}"), "AutoModelForSequenceClassification", **words)
    (folder / "adapter_config.json").write_text(json.dumps(told | {"use_dora": True}))
    with pytest.raises(InputError, match="kind DoRA"):
        obtain(f"transformers:{folder}")


def test_images_of_another_size_are_resized_and_said(bands, tmp_path):
    x, y = images(120)
    wide = np.repeat(np.repeat(x, 2, axis=1), 2, axis=2)
    np.savez(tmp_path / "wide.npz", x_train=wide[:60], y_train=y[:60], x_test=wide[60:], y_test=y[60:])
    given, _ = ask(PrivacyOutputsConfig(model=bands, dataset=f"npz:{tmp_path / 'wide.npz'}"), device="cpu", threads=1)
    assert "images of 24 x 24 were resized to 12 x 12" in given.notes
