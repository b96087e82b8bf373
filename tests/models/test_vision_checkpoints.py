"""Pretrained vision transformers from a file at hand; no test downloads anything."""

import subprocess

import pytest
import safetensors.torch
import torch
from torch import nn

from core.data.torchvision_import import import_torchvision
from core.lab.errors import InputError
from core.models import vision_checkpoints, vision_weights
from core.models.normalisation import choose, find_norms, placement_of
from core.models.torchvision_models import TorchvisionClassifier
from core.models.vision_checkpoints import pretrained_vision_transformer
from core.models.vision_weights import at_hand, vision_fingerprint, weights_file

SHAPE = (1, 12, 12)


def tiny_vit(name, n_classes, image_shape):
    models = import_torchvision("models").models
    backbone = models.VisionTransformer(image_size=16, patch_size=8, num_layers=6, num_heads=2, hidden_dim=8, mlp_dim=16)
    backbone.heads = nn.Identity()
    head = nn.Linear(8, n_classes)
    nn.init.zeros_(head.weight)  # as torchvision does
    return TorchvisionClassifier(backbone, head, 16)


@pytest.fixture
def stored(monkeypatch):
    """A file with the weights of a tiny ViT, where torchvision's would lie."""
    monkeypatch.setattr(vision_checkpoints, "build_torchvision", tiny_vit)
    torch.manual_seed(7)
    state = tiny_vit("", 3, SHAPE).backbone.state_dict()
    path = weights_file("vit_tiny")
    path.parent.mkdir(parents=True)
    safetensors.torch.save_file({name: value.contiguous() for name, value in state.items()}, path)
    return state


def test_weights_come_from_the_file_and_the_first_blocks_are_kept(stored):
    network = pretrained_vision_transformer("vit_tiny", n_classes=3, image_shape=SHAPE, n_blocks=3)
    kept = network.backbone.state_dict()
    assert all(torch.equal(kept[name], stored[name]) for name in kept)
    norms = find_norms(network)
    assert [norm.layer for norm in choose(norms)] == [1, 1, 2, 2, 3, 3]
    assert norms[-1].layer == 4
    assert network(torch.zeros(2, *SHAPE))[0].shape == (2, 3)
    assert network.head.weight.std() > 0.01, "torchvision's own heads are zero"
    assert placement_of(network, torch.zeros(1, *SHAPE)) == "pre"


def test_more_blocks_than_there_are(stored):
    with pytest.raises(InputError, match="at most the 6 blocks of vit_tiny can be kept, got 9"):
        pretrained_vision_transformer("vit_tiny", n_classes=3, image_shape=SHAPE, n_blocks=9)


def test_a_damaged_file_and_one_that_does_not_fit(stored):
    weights_file("vit_tiny").write_bytes(b"no weights")
    with pytest.raises(InputError, match="must be a safetensors file"):
        pretrained_vision_transformer("vit_tiny", n_classes=3, image_shape=SHAPE, n_blocks=3)
    safetensors.torch.save_file({"other": torch.zeros(1)}, weights_file("vit_tiny"))
    with pytest.raises(InputError, match="must fit torchvision's model of that name"):
        pretrained_vision_transformer("vit_tiny", n_classes=3, image_shape=SHAPE, n_blocks=3)


def test_the_weights_are_looked_at_before_a_run(stored):
    first = vision_fingerprint("vit_tiny", 6)
    assert vision_fingerprint("vit_tiny", 3) == first
    with pytest.raises(InputError, match="at most the 6 blocks of vit_tiny can be kept, got 9"):
        vision_fingerprint("vit_tiny", 9)
    safetensors.torch.save_file({name: value + 1 for name, value in stored.items()}, weights_file("vit_tiny"))
    assert vision_fingerprint("vit_tiny", 6) != first
    safetensors.torch.save_file({"other": torch.zeros(1)}, weights_file("vit_tiny"))
    with pytest.raises(InputError, match="the weights of vit_tiny must fit torchvision's model of that name"):
        vision_fingerprint("vit_tiny", 3)
    weights_file("vit_tiny").write_bytes(b"no weights")
    with pytest.raises(InputError, match="must be a safetensors file"):
        vision_fingerprint("vit_tiny", 3)


def test_whether_the_proposed_one_is_at_hand(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    [status] = at_hand()
    assert not status.available
    assert str(weights_file("vit_b_16")) in status.remedy
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    (tmp_path / "hub" / "checkpoints" / "vit_b_16-c867db91.pth").touch()
    assert at_hand()[0].available


def test_what_another_process_says_of_weights_that_are_not_here(monkeypatch):
    def answering(code, out, err=""):
        done = subprocess.CompletedProcess([], code, stdout=out, stderr=err)
        monkeypatch.setattr(vision_weights.subprocess, "run", lambda *given, **named: done)

    answering(0, "https://host/vit_b_16-c867db91.pth 12\n")
    first = vision_fingerprint("vit_b_16", 12)
    with pytest.raises(InputError, match="at most the 12 blocks of vit_b_16 can be kept, got 15"):
        vision_fingerprint("vit_b_16", 15)
    answering(0, "https://host/vit_b_16-00000000.pth 12\n")
    assert vision_fingerprint("vit_b_16", 12) != first
    answering(1, "", "Traceback\nthe weights of vit_b_16 must lie somewhere, got neither.\n")
    with pytest.raises(InputError, match=r"^the weights of vit_b_16 must lie somewhere, got neither\.$"):
        vision_fingerprint("vit_b_16", 12)


def test_the_process_that_fetches_them_exits_with_the_sentence():
    with pytest.raises(SystemExit, match=r"a torchvision model must be one of vit_b_16, .* here, got 'vit_b_17'"):
        vision_checkpoints.main("vit_b_17")


def test_without_file_and_network_it_is_one_sentence(monkeypatch):
    monkeypatch.setattr(vision_checkpoints, "build_torchvision", tiny_vit)
    weights = import_torchvision("models").models.get_model_weights("vit_b_16").DEFAULT

    def offline(*arguments, **words):
        assert words["weights_only"] is True, "nothing but tensors is unpickled"
        raise OSError("no network")

    monkeypatch.setattr(type(weights), "get_state_dict", offline)
    with pytest.raises(InputError, match=r"the weights of vit_b_16 must lie at .* or be downloadable from https://.*, got neither"):
        pretrained_vision_transformer("vit_b_16", n_classes=3, image_shape=SHAPE, n_blocks=3)
