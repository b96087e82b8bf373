"""Weights and pickles: a network of the house and one of torchvision's come back as they were, and every fault is named."""

import os
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from core.__main__ import main
from core.data.torchvision_import import import_torchvision
from core.lab.errors import InputError
from core.models.registry import build
from core.models.weights_file import check_finite, read_header
from core.subjects.convert import convert
from core.subjects.models import check_model_source, open_model
from core.subjects.weights import load_weights

SHAPE = (1, 16, 16)
IMAGES = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 1), dtype=np.uint8)


def written(folder: Path, network: torch.nn.Module, *, prefix: str = "", dtype: torch.dtype = torch.float32) -> Path:
    path = folder / "weights.safetensors"
    safetensors.torch.save_file({f"{prefix}{name}": value.to(dtype).contiguous() for name, value in network.state_dict().items()}, path)
    return path


@pytest.mark.parametrize(("name", "width", "prefix"), [
    ("cnn", 8, "module."), ("cnn_groupnorm", 8, ""), ("resnet20", 4, "_orig_mod.module."), ("resnet18", 2, "model."), ("mlp", 2, "")])
def test_a_network_of_the_house_is_recognised_and_says_the_same(tmp_path, name, width, prefix):
    torch.manual_seed(0)
    network = build(name, n_classes=5, image_shape=SHAPE, width=width).eval()
    opened = open_model(f"weights:{written(tmp_path, network, prefix=prefix)}", SHAPE)
    assert (opened.architecture, opened.width, opened.scale) == (name, width, "house")
    logits, features = opened.ask(IMAGES, "house")
    with torch.no_grad():
        said, inner = network((torch.from_numpy(np.moveaxis(IMAGES, -1, 1)).float() / 255 - 0.5) / 0.25)
    np.testing.assert_allclose(logits, said, atol=1e-5)
    np.testing.assert_allclose(features, inner.flatten(1), atol=1e-5)


def test_torchvision_s_own_weights_are_recognised(tmp_path):
    network = import_torchvision("models").models.resnet18(weights=None, num_classes=4).eval()
    found, recognised = load_weights(written(tmp_path, network, prefix="module."), (3, 32, 32))
    assert (recognised.name, recognised.n_classes) == ("torchvision:resnet18", 4)
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        np.testing.assert_allclose(found(images)[0], network(images), atol=1e-5)


def test_every_fault_is_named(tmp_path):
    network = build("cnn", n_classes=5, image_shape=SHAPE, width=8)
    with pytest.raises(InputError, match="must fit the data's images of 1 x 24 x 24"):
        load_weights(written(tmp_path, network), (1, 24, 24))
    other = torch.nn.Sequential(torch.nn.Linear(4, 3))
    with pytest.raises(InputError, match=r"known network \(cnn, .* got 2 tensors such as 0.bias, 0.weight: export any other"):
        load_weights(written(tmp_path, other), SHAPE)
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        state = {name: value.to(dtype) if value.is_floating_point() else value for name, value in network.state_dict().items()}
        state["hidden.bias"][3] = float("nan")
        safetensors.torch.save_file(state, tmp_path / "nan.safetensors")
        with pytest.raises(InputError, match=r"got 1 values that are NaN or infinite in hidden.bias"):
            check_finite(tmp_path / "nan.safetensors", read_header(tmp_path / "nan.safetensors"))
    whole = (tmp_path / "nan.safetensors").read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(whole[:len(whole) // 2])
    with pytest.raises(InputError, match="it was cut"):
        read_header(tmp_path / "cut.safetensors")
    (tmp_path / "none.safetensors").write_bytes(b"secret:x:0:0")
    with pytest.raises(InputError, match="header cannot be read") as found:
        read_header(tmp_path / "none.safetensors")
    assert "secret" not in str(found.value)
    with pytest.raises(InputError, match=r"python -m core convert mine.pt mine.safetensors first"):
        read_header(tmp_path / "mine.pt")
    with pytest.raises(InputError, match="must be none, onnx:PATH, weights:PATH"):
        check_model_source("mine.pt")


class Mischief:
    """What a pickle may do."""

    def __reduce__(self):
        return os.mkdir, (os.environ["MISCHIEF"],)


def test_pickled_weights_are_converted_and_no_code_of_theirs_runs(tmp_path, monkeypatch, capsys):
    network = build("cnn", n_classes=5, image_shape=SHAPE, width=8)
    state = {f"module.{name}": value for name, value in network.state_dict().items()}
    torch.save({"epoch": 9, "state_dict": state}, tmp_path / "best.pth.tar")
    assert main(["convert", str(tmp_path / "best.pth.tar"), str(tmp_path / "best.safetensors")]) == 0
    assert "found under state_dict" in capsys.readouterr().out
    assert load_weights(tmp_path / "best.safetensors", SHAPE)[1].name == "cnn"
    with pytest.raises(InputError, match=r"to a new file that ends in .safetensors"):
        convert(tmp_path / "best.pth.tar", tmp_path / "best.safetensors")
    monkeypatch.setenv("MISCHIEF", str(tmp_path / "done"))
    torch.save({"state_dict": Mischief()}, tmp_path / "bad.pt")
    with pytest.raises(InputError, match="must hold weights alone"):
        convert(tmp_path / "bad.pt", tmp_path / "bad.safetensors")
    assert not (tmp_path / "done").exists()
    assert not (tmp_path / "bad.safetensors").exists()
