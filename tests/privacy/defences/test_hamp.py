"""HAMP: soft labels with the entropy asked for, the authors' loss, and answers that keep the ranking and nothing else."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.lab.errors import InputError
from core.privacy.defences.hamp import output_step, random_images, reranked, top_probability, uncertain_labels_loss
from tests.privacy.defences.jobs import last_logits, run

FINITE = st.floats(-50, 50, width=32)


def entropy_of(p, n_classes):
    rest = (1 - p) / (n_classes - 1)
    return -p * math.log(p) - (n_classes - 1) * (rest * math.log(rest) if rest else 0.0)


@pytest.mark.parametrize("n_classes", [2, 10, 100])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.8, 0.95, 0.999])
def test_soft_labels_have_the_entropy_asked_for_and_no_more(share, n_classes):
    p = top_probability(share, n_classes)
    assert 1 / n_classes < p < 1
    assert entropy_of(p, n_classes) == pytest.approx(share * math.log(n_classes), rel=1e-9)


def test_soft_labels_at_the_ends():
    assert top_probability(0.0, 10) == 1.0
    assert top_probability(1.0, 10) == pytest.approx(0.1, abs=1e-6)


def test_the_loss_is_the_authors_times_the_number_of_classes():
    logits = torch.randn(6, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    labels = torch.tensor([0, 1, 2, 3, 4, 0])
    top = top_probability(0.8, 5)
    soft = torch.full((6, 5), (1 - top) / 4, dtype=torch.float64).scatter(1, labels[:, None], top)
    log_probs = F.log_softmax(logits, 1)
    entropy = -(log_probs.exp() * log_probs).sum(1).mean()
    authors = (soft * (soft.log() - log_probs)).mean() - 0.01 * entropy  # averages over images and classes
    ours = uncertain_labels_loss(0.8, 0.01)(logits, logits, labels, 0)
    assert float(ours) == pytest.approx(5 * float(authors), rel=1e-9)


def test_the_loss_is_smallest_at_the_soft_label():
    loss = uncertain_labels_loss(0.5, 0.0)
    p = top_probability(0.5, 4)
    soft = torch.tensor([[p, *[(1 - p) / 3] * 3]]).log().requires_grad_()
    at_label = loss(soft, soft, torch.tensor([0]), 0)
    at_label.backward()
    assert at_label.item() == pytest.approx(0.0, abs=1e-6)
    assert soft.grad.abs().max() < 1e-6


@given(arrays(np.float32, (4, 6), elements=FINITE, unique=True), arrays(np.float32, (4, 6), elements=FINITE))
def test_reranking_keeps_the_order_and_takes_the_values(logits, donors):
    answers = reranked(logits, donors)
    np.testing.assert_array_equal(np.sort(answers, axis=1), np.sort(donors, axis=1))
    ranks = np.argsort(logits, axis=1)
    ordered = np.take_along_axis(answers, ranks, axis=1)
    assert (np.diff(ordered, axis=1) >= 0).all()


def test_reranking_by_hand():
    logits = np.array([[0.2, 5.0, -1.0]])
    donors = np.array([[7.0, 1.0, 3.0]])
    np.testing.assert_array_equal(reranked(logits, donors), [[3.0, 7.0, 1.0]])


def test_the_output_step_answers_the_same_question_the_same_way():
    random = np.random.default_rng(0)
    donors, logits = random.normal(size=(2, 50, 5)).astype(np.float32), random.normal(size=(30, 5)).astype(np.float32)
    answer = output_step(donors, seed=3)
    whole = answer(0, logits)
    order = random.permutation(30)
    np.testing.assert_array_equal(answer(0, logits[order]), whole[order])
    np.testing.assert_array_equal(answer(0, logits[:1]), whole[:1])
    # each row's values are those of one donor of its own model; many donors are used
    owners = [int((np.sort(row) == np.sort(donors[0], axis=1)).all(axis=1).argmax()) for row in whole]
    for row, owner in zip(whole, owners, strict=True):
        np.testing.assert_array_equal(np.sort(row), np.sort(donors[0, owner]))
    assert len(set(owners)) > 15
    assert (answer(1, logits) != whole).any()


def test_defended_models_keep_their_labels_and_give_random_values():
    defended, job = run("hamp", 0.5)
    logits = last_logits(defended.models)
    answers = np.stack([defended.outputs(index, one) for index, one in enumerate(logits)])
    np.testing.assert_array_equal(answers.argmax(-1), logits.argmax(-1))
    np.testing.assert_array_equal(answers.argsort(-1), logits.argsort(-1))
    assert defended.training == job.training
    training_only, _ = run("hamp", 0.5, hamp_halves="training")
    outputs_only, _ = run("hamp", 0.5, hamp_halves="outputs")
    assert training_only.outputs is None
    np.testing.assert_array_equal(last_logits(training_only.models), logits)
    np.testing.assert_array_equal(last_logits(outputs_only.models), last_logits(job.plain()))


def test_random_images_are_noise_over_all_values():
    images = random_images(20, (12, 12, 1), seed=0)
    assert images.shape == (20, 12, 12, 1)
    assert images.dtype == np.uint8
    assert images.min() == 0
    assert images.max() == 255
    assert (images != random_images(20, (12, 12, 1), seed=1)).mean() > 0.9


def test_wrong_settings_are_one_sentence():
    with pytest.raises(InputError, match=r"entropy threshold of HAMP must lie in \[0, 1\], got 1.2"):
        uncertain_labels_loss(1.2, 0.0)
    with pytest.raises(InputError, match="entropy weight of HAMP must be at least 0, got -1"):
        uncertain_labels_loss(0.5, -1)
