"""Every architecture: shapes, features, refusals, and the small CNN against a plain spelling of it."""

import pytest
import torch
import torch.nn.functional as F

from core.lab.errors import InputError
from core.models.names import MODEL_NAMES, check_model
from core.models.registry import build


@pytest.mark.parametrize("name", MODEL_NAMES)
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 9, 12), (1, 28, 28), (3, 32, 32)])
def test_logits_are_the_head_applied_to_the_features(name, shape):
    network = build(name, n_classes=7, image_shape=shape, width=4)
    logits, features = network(torch.randn(3, *shape))
    assert logits.shape == (3, 7)
    assert features.ndim == 2
    torch.testing.assert_close(logits, features @ network.head.weight.T + network.head.bias)


@pytest.mark.parametrize("name", ["torchvision:resnet18", "torchvision:mobilenet_v3_small"])
def test_torchvision_models_return_features(name):
    network = build(name, n_classes=5, image_shape=(1, 28, 28)).eval()
    logits, features = network(torch.randn(2, 1, 28, 28))
    assert logits.shape == (2, 5)
    torch.testing.assert_close(logits, network.head(features))


def test_torchvision_head_really_is_the_last_layer():
    """Against torchvision's own forward pass on the enlarged images, with the head put back."""
    network = build("torchvision:resnet18", n_classes=5, image_shape=(3, 32, 32)).eval()
    x = torch.randn(2, 3, 32, 32)
    logits, _ = network(x)
    network.backbone.fc = network.head
    torch.testing.assert_close(logits, network.backbone(F.interpolate(x, size=(64, 64), mode="bilinear")))


def test_cnn_is_convolution_norm_relu_pool():
    network = build("cnn", n_classes=10, image_shape=(1, 28, 28))
    assert sum(parameter.numel() for parameter in network.parameters()) == 98_554
    x = torch.randn(4, 1, 28, 28)
    y = x
    for convolution, norm in network.blocks:
        y = F.max_pool2d(
            torch.relu(F.batch_norm(F.conv2d(y, convolution.weight, padding=1), None, None, norm.weight, norm.bias, True)), 2
        )
    features = torch.relu(network.hidden(y.flatten(1)))
    logits, found = network(x)
    torch.testing.assert_close(found, features)
    torch.testing.assert_close(logits, network.head(features))


def test_published_sizes():
    count = {
        name: sum(p.numel() for p in build(name, n_classes=10, image_shape=(3, 32, 32)).parameters())
        for name in ("resnet18", "resnet20")
    }
    assert count["resnet18"] == 11_173_962  # the usual CIFAR ResNet-18
    assert count["resnet20"] == pytest.approx(0.27e6, rel=0.02)  # He et al. 2016, Table 6


def test_groupnorm_model_has_no_statistics_of_the_batch():
    network = build("cnn_groupnorm", n_classes=3, image_shape=(1, 16, 16), width=6).train()
    x = torch.randn(5, 1, 16, 16)
    torch.testing.assert_close(network(x)[0][:1], network(x[:1])[0])
    assert not list(network.buffers())


@pytest.mark.parametrize("name", [*MODEL_NAMES, "torchvision:resnet18"])
def test_legal_names(name):
    check_model(name)


@pytest.mark.parametrize("name", ["", "CNN", "resnet", "torchvision:", "torchvision:../x", "torchvision:Res Net"])
def test_illegal_names(name):
    with pytest.raises(InputError, match="model must be one of cnn, cnn_groupnorm, resnet18, resnet20, mlp or torchvision:NAME"):
        check_model(name)


@pytest.mark.parametrize(
    "name, shape, words",
    [
        ("cnn", (1, 7, 28), "sides of at least 8 pixels, got 1 x 7 x 28"),
        ("cnn", (4, 28, 28), "1 or 3 channels"),
        ("torchvision:resnet19", (3, 32, 32), "must be one that torchvision.models lists, got 'resnet19': try resnet18"),
        ("torchvision:squeezenet1_0", (3, 32, 32), "must end in a linear layer, got 'squeezenet1_0'"),
    ],
)
def test_impossible_models_are_one_sentence(name, shape, words):
    with pytest.raises(InputError, match=words):
        build(name, n_classes=10, image_shape=shape)


def test_one_class_is_refused():
    with pytest.raises(InputError, match="at least 2 classes, got 1"):
        build("cnn", n_classes=1, image_shape=(1, 8, 8))
