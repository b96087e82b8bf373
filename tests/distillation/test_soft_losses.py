"""The released losses against torch's own, and against each other."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from core.distillation.soft_losses import LOSSES, batch_mean_kl, released_cross_entropy, released_kl

LOGITS = torch.randn(6, 10, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
SOFT = torch.softmax(torch.randn(6, 10, generator=torch.Generator().manual_seed(1), dtype=torch.float64), 1)


@pytest.mark.parametrize("temperature", [1.0, 4.0, 20.0])
def test_released_kl_is_torchs_mean_reduction(temperature):
    expected = nn.KLDivLoss()(F.log_softmax(LOGITS / temperature, 1), SOFT) * temperature**2
    torch.testing.assert_close(released_kl(LOGITS, SOFT, temperature), expected)
    torch.testing.assert_close(10 * released_kl(LOGITS, SOFT, temperature), batch_mean_kl(LOGITS, SOFT, temperature))


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_released_cross_entropy_differs_from_kl_by_a_constant_of_the_logits(temperature):
    expected = F.cross_entropy(LOGITS / temperature, SOFT) * temperature**2
    torch.testing.assert_close(released_cross_entropy(LOGITS, SOFT, temperature), expected)
    entropy = -(SOFT * SOFT.log()).sum(1).mean() * temperature**2
    torch.testing.assert_close(released_cross_entropy(LOGITS, SOFT, temperature) - batch_mean_kl(LOGITS, SOFT, temperature), entropy)


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_vanishes_where_the_student_says_what_it_is_told(name):
    logits = SOFT.log().clone().requires_grad_()
    LOSSES[name](logits, SOFT, 1.0).backward()
    assert float(logits.grad.abs().max()) < 1e-12
