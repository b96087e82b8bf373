"""MemGuard: labels always stay, the detector is misled, the expected change keeps within the budget."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import softmax
from torch import nn

from core.lab.errors import InputError
from core.measures.roc import auc
from core.privacy.defences.fixed_answers import hashed, uniforms
from core.privacy.defences.memguard import Search, misleading, output_step, train_detector, within_budget
from core.privacy.defences.record import DefendedModels
from core.privacy.short_audit import answers
from tests.privacy.defences.jobs import last_logits, run


class Confident(nn.Module):
    """Takes answers above a probability of .9 for members."""

    def forward(self, logits):
        return 10.0 * (logits.softmax(1).amax(1) - 0.9)


class Partial(nn.Module):
    """Takes answers for members unless class 1 leads class 0 by more than one: to mislead it, label 0 would have to change."""

    def forward(self, logits):
        return logits[:, 0] - logits[:, 1] + 1.0


def made_up(n=200, n_classes=4, seed=0):
    random = np.random.default_rng(seed)
    members, others = (random.normal(0, 1, (n, n_classes)).astype(np.float32) for _ in range(2))
    members[np.arange(n), random.integers(0, n_classes, n)] += 6.0
    others[np.arange(n), random.integers(0, n_classes, n)] += 2.0
    return members, others


def test_the_detector_tells_members_from_others():
    members, others = made_up()
    detector = train_detector(members, others, seed=0)
    fresh = np.concatenate(made_up(seed=1))
    with torch.no_grad():
        scores = detector(torch.from_numpy(fresh)).numpy()
    assert auc(scores, np.arange(400) < 200) > 0.85
    shuffled = fresh[:, ::-1].copy()  # the detector sees sorted answers
    np.testing.assert_allclose(detector(torch.from_numpy(shuffled)).numpy(), scores, rtol=1e-4, atol=1e-4)


def test_moved_answers_keep_their_label_and_cross_the_boundary():
    logits = np.concatenate(made_up())
    detector = Confident()
    moved = misleading(detector, logits)
    np.testing.assert_array_equal(moved.argmax(1), logits.argmax(1))
    before, after = (detector(torch.from_numpy(values)).numpy() > 0 for values in (logits, moved))
    changed = (moved != logits).any(axis=1)
    assert changed.mean() > 0.95
    np.testing.assert_array_equal(before[changed], ~after[changed])


@pytest.mark.parametrize("label_weight", [10.0, 0.0])  # without the penalty only the check holds the label
def test_where_only_another_label_would_mislead_nothing_is_changed(label_weight):
    logits = np.array([[2.0, 0.0, -1.0], [0.5, 0.2, 0.0], [0.0, 0.9, 0.0]], dtype=np.float32)
    moved = misleading(Partial(), logits, Search(label_weight=label_weight))
    np.testing.assert_array_equal(moved[:2], logits[:2])
    assert moved[2, 1] > moved[2, 0] + 1.0  # here label 1 leads already and may lead by more


def test_the_search_ends_just_behind_the_boundary():
    """Two classes, one way to go: lower the leading logit's lead until p = .9, in steps of .1 along (-1, 1) / sqrt 2."""
    lead = np.array([[4.0, 0.0]], dtype=np.float32)
    moved = misleading(Confident(), lead, Search(largest_change_weight=0.1))
    boundary = np.log(0.9 / 0.1)
    assert boundary - 0.1 * np.sqrt(2) <= moved[0, 0] - moved[0, 1] <= boundary + 1e-5


def test_a_growing_weight_finds_no_larger_change():
    logits = made_up()[0]
    change = [np.abs(softmax(misleading(Confident(), logits, Search(largest_change_weight=end)), axis=1)
                     - softmax(logits, axis=1)).sum(axis=1).mean() for end in (0.1, 1e5)]
    assert change[1] <= change[0] + 1e-6


def test_the_budget_is_kept_on_average_and_by_hand():
    logits = np.tile(np.log(np.array([[0.99, 0.01]], dtype=np.float32)), (4000, 1))
    logits += np.random.default_rng(0).normal(0, 1e-4, logits.shape).astype(np.float32)  # other questions, the same answer
    moved = np.tile(np.log(np.array([[0.89, 0.11]], dtype=np.float32)), (4000, 1))  # L1 change .2
    given = within_budget(Confident(), logits, moved, budget=0.05, seed=1)
    share = (given == moved).all(axis=1).mean()
    assert share == pytest.approx(0.25, abs=5 * np.sqrt(0.25 * 0.75 / 4000))
    np.testing.assert_array_equal(within_budget(Confident(), logits, moved, budget=0.3, seed=1), moved)
    np.testing.assert_array_equal(within_budget(Confident(), logits, moved, budget=0.0, seed=1), logits)
    np.testing.assert_array_equal(within_budget(Confident(), moved, logits, budget=2.0, seed=1), moved)  # misleads less: not given


def test_choices_depend_on_the_answer_alone():
    logits = np.random.default_rng(0).normal(size=(5000, 3)).astype(np.float32)
    drawn = uniforms(logits, seed=1)
    order = np.random.default_rng(1).permutation(5000)
    np.testing.assert_array_equal(uniforms(logits[order], seed=1), drawn[order])
    assert np.histogram(drawn, 10, (0, 1))[0].std() < 3 * np.sqrt(5000 * 0.1 * 0.9)
    assert len(np.unique(hashed(logits, seed=1))) == 5000
    assert abs(np.corrcoef(drawn, uniforms(logits, seed=2))[0, 1]) < 5 / np.sqrt(5000)
    nudged = logits.copy()
    nudged[:, 2] = np.nextafter(logits[:, 2], np.float32(np.inf))
    assert abs(np.corrcoef(drawn, uniforms(nudged, seed=1))[0, 1]) < 5 / np.sqrt(5000)


def test_defended_models_keep_every_label_and_trouble_a_detector():
    defended, job = run("memguard", 1.0)
    plain = last_logits(job.plain())
    np.testing.assert_array_equal(last_logits(defended.models), plain)
    given = np.stack([defended.outputs(index, one) for index, one in enumerate(plain)])
    np.testing.assert_array_equal(given.argmax(-1), plain.argmax(-1))
    np.testing.assert_allclose(defended.outputs(0, plain[0][:7]), given[0, :7], rtol=1e-4, atol=1e-4)  # alone or among others
    areas = []
    for logits in (plain, given):  # a detector trained by somebody else on undefended answers
        judged = [train_detector(plain[k][job.audit.members[k]], plain[k][~job.audit.members[k]], seed=9)(
            torch.from_numpy(logits[k])).detach().numpy() for k in range(len(plain))]
        areas.append(np.mean([auc(scores, inside) for scores, inside in zip(judged, job.audit.members, strict=True)]))
    assert areas[1] < areas[0] - 0.05


def test_cores_share_the_search_and_change_no_bit():
    defended, job = run("memguard", 1.0)
    alone, shared = (answers(job.audit, defended, replace(job.context, threads=threads)) for threads in (1, 2))
    np.testing.assert_array_equal(alone.logits, shared.logits)
    assert alone.logits.dtype == np.float32
    plain = answers(job.audit, DefendedModels(job.plain(), job.training), job.context)
    assert not np.array_equal(alone.logits, plain.logits)


def test_a_budget_beyond_any_change_is_one_sentence():
    with pytest.raises(InputError, match=r"budget of MemGuard must lie in \[0, 2\].*got 3"):
        output_step([Confident()], budget=3.0, seed=0)
