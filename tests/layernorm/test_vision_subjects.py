"""A pretrained vision transformer goes through the protocol like any other subject."""

import pytest
import torch

from core.layernorm import vision_subjects
from core.layernorm.demonstrations import interventions, relative_differences
from core.layernorm.image_task import image_task
from core.layernorm.subjects import check_placement
from core.layernorm.tuning import tune
from core.layernorm.variations import stripped_norms
from core.layernorm.vision_subjects import vision_subject
from tests.layernorm.tiny import TINY, context, images
from tests.models.test_vision_checkpoints import tiny_vit

pytestmark = pytest.mark.slow


def test_it_is_stripped_and_tuned(monkeypatch):
    torch.manual_seed(3)
    vit = tiny_vit("", 3, (1, 12, 12))
    vit.backbone.encoder.layers = vit.backbone.encoder.layers[:3]
    vit.head.reset_parameters()
    with torch.no_grad():
        for name, weight in vit.named_parameters():
            if "ln" in name:
                weight.add_(0.5 * torch.randn_like(weight))
    monkeypatch.setattr(vision_subjects, "pretrained_vision_transformer", lambda *given, **named: vit)
    config = TINY.replace(post_model="none", pre_model="torchvision:vit_tiny", groups=False, rivals=False, dropout=0.0, frozen=False,
                          epochs=2)
    subject = vision_subject(config, "pre", image_task(images(), config, 0), seed=0, device="cpu")
    check_placement(subject)
    found = interventions(subject, stripped_norms(subject, config), 0)
    assert subject.readout(found["folded"].state) == subject.readout(subject.state)
    assert relative_differences(subject, [found["folded"].state])[0] < 1e-5, "queries, keys and values are packed into one weight"
    assert 0.0 <= subject.readout(found["all"].state) <= 1.0
    tuned = tune([subject], config, seed=0, context=context())
    assert [one.variant.id for one in tuned] == ["intact", "all", "elsewhere", "folded"]
    assert tuned[0].trained.logits.shape == (2, len(subject.task.y_true), 3)
    assert (tuned[0].gradients.norms > 0).all()
