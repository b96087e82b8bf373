"""The ring module: what the card lists as acceptance test 7, its gradients, and how model names spell it."""

import pytest
import torch

from core.lab.errors import InputError
from core.models.heads import RINGS, SrcmHead, parse_head
from core.models.names import check_model
from core.models.registry import build
from core.models.srcm import Srcm, confine

HEADS = [SrcmHead(ring=ring) for ring in RINGS] + [SrcmHead(radius=3, thickness=5, ring="centre"), SrcmHead(radius=10, thickness=1)]


@pytest.fixture(scope="module")
def vectors():
    """Vectors of length .01 to 1000."""
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(200, 16, generator=generator)
    return z / z.norm(dim=1, keepdim=True) * torch.logspace(-2, 3, 200)[:, None]


@pytest.mark.parametrize("head", HEADS, ids=str)
def test_magnitudes_lie_in_the_ring_and_directions_stay(head, vectors):
    confined = confine(vectors, head)
    low, high = head.bounds
    lengths = confined.norm(dim=1)
    assert (lengths >= low * (1 - 1e-6)).all()
    assert (lengths <= high * (1 + 1e-6)).all()
    torch.testing.assert_close(torch.cosine_similarity(confined, vectors), torch.ones(200))


def test_inside_the_ring_nothing_changes():
    z = torch.tensor([[3.0, 4.0]])
    torch.testing.assert_close(confine(z, SrcmHead(radius=4, thickness=2)), z)
    torch.testing.assert_close(confine(z, SrcmHead(radius=10, thickness=1)), z * 2)  # from 5 to the inner face
    torch.testing.assert_close(confine(z, SrcmHead(radius=1, thickness=1)), z * 0.4)  # from 5 to the outer face


@pytest.mark.parametrize("head", [head for head in HEADS if head.ring != "none"], ids=str)
def test_logits_are_bounded_and_do_not_know_the_length_of_class_vectors(head, vectors):
    module = Srcm(16, 5, head)
    before, _ = module(vectors)
    assert before.abs().max() <= head.bounds[1] * (1 + 1e-6)
    with torch.no_grad():
        module.classes.weight *= torch.tensor([0.01, 1.0, 3.0, 50.0, 1000.0])[:, None]
    torch.testing.assert_close(module(vectors)[0], before, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("gradient, flows", [("clip", False), ("straight_through", True)])
def test_outside_the_ring_only_a_straight_through_gradient_flows_along_the_radius(gradient, flows):
    z = torch.tensor([[30.0, 40.0]], requires_grad=True)
    confine(z, SrcmHead(radius=10, thickness=1, gradient=gradient)).norm().backward()
    radial = float((z.grad * torch.tensor([[0.6, 0.8]])).sum())
    assert radial == pytest.approx(1.0 if flows else 0.0, abs=1e-6)


def test_free_class_vectors_and_no_layer_before_the_ring():
    module = Srcm(4, 3, SrcmHead(class_norm=False, pre_layer=False))
    assert [name for name, _ in module.named_parameters()] == ["classes.weight"]
    h = torch.tensor([[15.0, 0.0, 0.0, 0.0]])
    torch.testing.assert_close(module(h)[0], module.classes.weight.T[:1] * 15.0)


@pytest.mark.parametrize("head", HEADS, ids=str)
def test_names_spell_heads(head):
    assert parse_head(str(head)) == head
    check_model(f"cnn+{head}")


@pytest.mark.parametrize("text", ["", "srcm", "srcm(15)", "srcm(15,5,oval,unit,pre,clip)", "srcm(-1,5,inner,unit,pre,clip)",
                                  "srcm(15,5,inner,unit,pre,clip)x", "srcm(nan,5,inner,unit,pre,clip)"])
def test_what_is_no_head_is_refused(text):
    with pytest.raises(InputError, match="head of a model must be srcm"):
        check_model(f"cnn+{text}")


@pytest.mark.parametrize("model", ["cnn", "cnn_groupnorm", "resnet20", "mlp"])
def test_any_model_takes_the_ring(model):
    network = build(f"{model}+{SrcmHead()}", n_classes=7, image_shape=(1, 16, 16), width=4)
    logits, features = network(torch.randn(5, 1, 16, 16))
    assert logits.shape == (5, 7)
    assert features.norm(dim=1).min() >= 15 * (1 - 1e-6)
    logits.sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())
