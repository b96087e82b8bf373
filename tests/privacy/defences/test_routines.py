"""Defences with a second stream of data: MixupMMD, adversarial regularisation, distillation; and dropout."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from core.lab.errors import InputError
from core.models.registry import build
from core.privacy.defences.adversarial_regularisation import (
    Attacker,
    adversarial_routine,
    attacker_loss,
    classifier_loss,
)
from core.privacy.defences.distillation import distillation_loss, distillation_routine
from core.privacy.defences.dropout import drop_before_head, dropout_routine
from core.privacy.defences.mixup_mmd import mixed_loss, mixup_mmd_routine, squared_mmd
from core.privacy.defences.reference_data import check_apart, reference_data
from core.privacy.protocol import content_hashes
from core.training.evaluate import predict_many
from core.training.loop import plain_routine
from core.training.losses import cross_entropy
from core.training.many import train_many
from tests.privacy.defences.jobs import Shelf, last_logits, make_job, run


def rows(n, seed, shift=0.0):
    return torch.rand(n, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) + shift


def train_by(routine, job, epochs=3, **changes):
    x, y = job.audit.pool
    config = job.training.replace(epochs=epochs, **changes)
    return train_many(x, y, job.audit.members[:2], config, seed=0, n_classes=4, routine=routine, processes=2)


def same_weights(first, second):
    return all(torch.equal(first.state[name], second.state[name]) for name in first.state)


# maximum mean discrepancy and mixup

def test_discrepancy_of_equal_samples_is_nothing():
    sample = rows(8, 0)
    assert float(squared_mmd(sample, sample)) == pytest.approx(0.0, abs=1e-12)
    assert float(squared_mmd(sample, sample.flip(0))) == pytest.approx(0.0, abs=1e-12)


def test_discrepancy_is_the_double_sum():
    first, second = rows(5, 0).numpy(), rows(7, 1, shift=0.4).numpy()

    def mean_kernel(a, b):
        return np.mean([[math.exp(-((x - y) ** 2).sum() / (2 * 0.7**2)) for y in b] for x in a])

    slow = mean_kernel(first, first) + mean_kernel(second, second) - 2 * mean_kernel(first, second)
    assert float(squared_mmd(torch.tensor(first), torch.tensor(second), bandwidth=0.7)) == pytest.approx(slow, rel=1e-10)
    # two points a unit apart, bandwidth 1: 1 + 1 - 2 exp(-1/2)
    points = torch.zeros(1, 2), torch.tensor([[1.0, 0.0]])
    assert float(squared_mmd(*points)) == pytest.approx(2 - 2 * math.exp(-0.5), rel=1e-6)


def test_discrepancy_grows_with_the_distance():
    sizes = [float(squared_mmd(rows(20, 0), rows(20, 1, shift=shift))) for shift in (0.0, 0.3, 0.6)]
    assert 0 <= sizes[0] < sizes[1] < sizes[2]


def test_mixed_loss_is_cross_entropy_against_mixed_labels():
    logits = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    labels, partners = torch.tensor([0, 1, 2, 3, 0, 1]), torch.tensor([1, 1, 3, 0, 2, 2])
    soft = 0.3 * F.one_hot(labels, 4) + 0.7 * F.one_hot(partners, 4)
    assert float(mixed_loss(logits, labels, partners, 0.3)) == pytest.approx(float(F.cross_entropy(logits, soft)), rel=1e-6)


def test_matching_happens_only_above_the_tolerated_gap_and_never_last():
    job = make_job("mixup_mmd")
    reference = reference_data(job.audit, device="cpu")
    never, always, other = (train_by(mixup_mmd_routine(reference, weight, tolerated_gap=gap), job, epochs=2)
                            for weight, gap in ((3.0, 2.0), (3.0, -1.0), (0.0, -1.0)))
    assert same_weights(never[0], other[0])
    assert not same_weights(never[0], always[0])
    last, without = (train_by(mixup_mmd_routine(reference, weight, tolerated_gap=-1.0), job, epochs=1) for weight in (3.0, 0.0))
    assert same_weights(last[0], without[0])  # the only epoch is the last one


def test_mixup_mmd_leaves_less_gap_than_plain_training():
    defended, job = run("mixup_mmd", 3.0)
    gaps = []
    for models in (job.plain(), defended.models):
        right = last_logits(models).argmax(-1) == job.audit.pool[1]
        gaps.append(np.mean(right, where=job.audit.members) - np.mean(right, where=~job.audit.members))
    assert gaps[1] < gaps[0] - 0.03


# adversarial regularisation

def test_losses_of_the_game_by_hand():
    sigmoid = lambda z: 1 / (1 + math.exp(-z))  # noqa: E731
    by_hand = -0.5 * (np.mean([math.log(sigmoid(2)), math.log(sigmoid(-1))]) + math.log(1 - sigmoid(0.5)))
    assert float(attacker_loss(torch.tensor([2.0, -1.0]), torch.tensor([0.5]))) == pytest.approx(by_hand, rel=1e-6)
    logits = torch.log(torch.tensor([[0.5, 0.5], [0.2, 0.8]]))
    belief = torch.tensor([0.0, math.log(3)])  # probabilities .5 and .75
    value = classifier_loss(logits, torch.tensor([0, 1]), belief, 2.0)
    assert float(value) == pytest.approx((math.log(2) - math.log(0.8)) / 2 + 2 * (0.625 - 0.5), rel=1e-6)


def test_the_attacker_learns_to_tell_answers_apart():
    torch.manual_seed(0)
    attacker = Attacker(4)
    labels = torch.arange(4).repeat(25)
    sure = 5.0 * F.one_hot(labels, 4) + torch.randn(100, 4)
    unsure = 1.0 * F.one_hot(labels, 4) + torch.randn(100, 4)
    optimizer = torch.optim.Adam(attacker.parameters(), lr=1e-2)
    before = attacker_loss(attacker(sure, labels), attacker(unsure, labels)).item()
    for _ in range(100):
        optimizer.zero_grad()
        loss = attacker_loss(attacker(sure, labels), attacker(unsure, labels))
        loss.backward()
        optimizer.step()
    assert before == pytest.approx(math.log(2), abs=0.1)
    assert loss.item() < 0.45


def test_without_weight_the_game_is_plain_training():
    """In a network without running averages the attacker then leaves no trace at all."""
    job = make_job("adversarial_regularisation", model="cnn_groupnorm")
    reference = reference_data(job.audit, device="cpu")
    plain = train_by(plain_routine(cross_entropy()), job)
    game = train_by(adversarial_routine(reference, 0.0, attacker_steps=2), job)
    moved = train_by(adversarial_routine(reference, 5.0, attacker_steps=2), job)
    assert same_weights(plain[0], game[0])
    assert same_weights(plain[1], game[1])
    assert not same_weights(plain[0], moved[0])


# distillation

def test_distillation_loss_by_hand():
    teacher, student = torch.log(torch.tensor([[0.64, 0.36]])), torch.log(torch.tensor([[0.5, 0.5]]))
    # at temperature 2 the teacher says sqrt(.64) : sqrt(.36) = 8 : 6
    soft = np.array([8, 6]) / 14
    assert float(distillation_loss(student, teacher, 2.0)) == pytest.approx((soft * np.log(soft / 0.5)).sum(), rel=1e-5)
    assert float(distillation_loss(teacher, teacher, 1.0)) == pytest.approx(0.0, abs=1e-7)


def test_students_follow_their_teachers_and_never_see_a_member():
    job = make_job("distillation", 1.0)
    reference = reference_data(job.audit, device="cpu")
    teachers = np.random.default_rng(0).normal(size=(2, 50, 4)).astype(np.float32)
    first = train_by(distillation_routine(reference, teachers, 1.0), job)
    x, y = job.audit.pool
    blank = train_many(np.zeros_like(x), y[::-1].copy(), job.audit.members[:2], job.training.replace(epochs=3), seed=0, n_classes=4,
                       routine=distillation_routine(reference, teachers, 1.0), processes=1)
    assert same_weights(first[0], blank[0])  # whatever the members look like
    assert first[0].curves["train_loss"][-1] < first[0].curves["train_loss"][0]


def test_distilled_models_agree_with_their_teachers():
    defended, job = run("distillation", 1.0)
    images = job.audit.reference[0]
    (teachers, _), (students, _) = (predict_many([model.state for model in models], images, job.training, n_classes=4)
                                    for models in (job.plain(), defended.models))
    own = (teachers.argmax(-1) == students.argmax(-1)).mean()
    other = (teachers.argmax(-1) == np.roll(students, 1, axis=0).argmax(-1)).mean()
    assert own > 0.75
    assert own > other


# dropout

def test_dropout_silences_features_in_training_only():
    torch.manual_seed(0)
    network = build("cnn", n_classes=4, image_shape=(1, 12, 12), width=4).eval()
    x = torch.randn(50, 1, 12, 12)
    before, features = network(x)
    drop_before_head(network, 0.5)
    torch.testing.assert_close(network(x)[0], before)
    network.head.train()
    dropped, same = network(x)
    torch.testing.assert_close(same, features)
    assert (dropped - before).abs().mean() > 0.01
    average = torch.stack([network(x)[0] for _ in range(400)]).mean(0)  # features kept are doubled, so the mean stays
    torch.testing.assert_close(average, before, atol=0.25, rtol=0.0)


def test_no_dropout_is_plain_training():
    job = make_job("dropout")
    plain, none, half = (train_by(routine, job) for routine in (
        plain_routine(cross_entropy()), dropout_routine(0.0), dropout_routine(0.5)))
    assert same_weights(plain[0], none[0])
    assert not same_weights(plain[0], half[0])


# reference data

def test_reference_images_are_apart_by_content():
    audit = make_job("distillation").audit
    sets = {"reference": audit.reference[0], "strangers": audit.strangers[0], "pool": audit.pool[0], "test": audit.test[0]}
    hashes = {name: set(content_hashes(images).tolist()) for name, images in sets.items()}
    for name in ("strangers", "pool", "test"):
        assert not hashes["reference"] & hashes[name]
    assert len(hashes["reference"]) == len(hashes["strangers"]) == 50
    for name in ("strangers", "pool", "test"):
        with pytest.raises(InputError, match="in no set that attacks ask about"):
            check_apart(np.concatenate([sets["reference"], sets[name][:1]]), audit)


def test_matched_images_have_the_class_asked_for():
    reference = reference_data(make_job("mixup_mmd").audit, device="cpu")
    labels = torch.tensor([0, 1, 2, 3] * 5)
    chosen = reference.matched_to(labels, torch.Generator().manual_seed(0))
    assert torch.equal(reference.labels[chosen], labels)
    assert len(set(chosen.tolist())) > 10


def test_defended_models_are_stored_and_not_trained_again():
    shelf = Shelf()
    first, _ = run("adversarial_regularisation", 2.0, shelf=shelf, epochs=2)
    assert shelf.puts == 8  # weights, and what was recorded on the way
    again, _ = run("adversarial_regularisation", 2.0, shelf=shelf, epochs=2, threads=1)
    assert shelf.puts == 8
    np.testing.assert_array_equal(last_logits(first.models), last_logits(again.models))
    run("adversarial_regularisation", 3.0, shelf=shelf, epochs=2)
    run("adversarial_regularisation", 2.0, shelf=shelf, epochs=2, adversary_steps=1)
    assert shelf.puts == 24


@pytest.mark.parametrize("make, words", [
    (lambda: mixup_mmd_routine(None, -1.0, tolerated_gap=0.03), "weight of the discrepancy must be at least 0, got -1"),
    (lambda: adversarial_routine(None, -2.0, attacker_steps=5), "weight of the attacker must be at least 0, got -2"),
    (lambda: adversarial_routine(None, 1.0, attacker_steps=0), "at least 1 step per batch, got 0"),
    (lambda: distillation_routine(None, None, 0.0), "temperature of distillation must be positive, got 0"),
    (lambda: dropout_routine(1.0), r"dropout must lie in \[0, 1\), got 1"),
])
def test_wrong_settings_are_one_sentence(make, words):
    with pytest.raises(InputError, match=words):
        make()
