"""A routine sees the model in training: written by hand, plain training comes out of it bit for bit."""

import numpy as np
import pytest
import torch.nn.functional as F

from core.lab.errors import InputError
from core.training.many import train_many
from tests.training.cases import CONFIG, assert_same_bits, halves, squares

X, Y = squares()
MEMBERS = halves(2, 60)


def many(config=CONFIG, **more):
    return train_many(X, Y, MEMBERS, config, seed=0, n_classes=3, **more)


def by_hand(trainee):
    def train_epoch(epoch):
        losses, right = [], 0
        for batch, (indices, images) in enumerate(trainee.batches()):
            labels = trainee.pool.labels[indices]
            logits, _ = trainee.forward(images)
            loss = F.cross_entropy(logits, labels)
            trainee.update(loss, trainee.learning_rate(epoch, batch, trainee.n_batches))
            losses += [loss.item()] * len(indices)
            right += int((logits.argmax(1) == labels).sum())
        return float(np.mean(losses)), right / len(trainee.rows)

    return train_epoch


@pytest.mark.parametrize("changes", [{}, {"optimizer": "adam", "augmentation": "pad_crop_flip"}], ids=str)
def test_plain_training_written_as_a_routine(changes):
    config = CONFIG.replace(**changes)
    for plain, routine in zip(many(config), many(config, routine=by_hand), strict=True):
        np.testing.assert_allclose(routine.curves.pop("train_loss"), plain.curves.pop("train_loss"), rtol=1e-5)
        assert_same_bits(routine, plain)


def test_a_routine_knows_which_model_it_trains():
    seen = []

    def note(trainee):
        seen.append((trainee.index, trainee.seed, len(trainee.rows), trainee.n_batches))
        return by_hand(trainee)

    many(routine=note, processes=1)
    assert seen == [(0, 0, 30, 2), (1, 0, 30, 2)]


def test_a_routine_neither_goes_with_a_loss_nor_in_one_batch():
    with pytest.raises(ValueError, match="give one of the two"):
        many(routine=by_hand, loss=lambda logits, features, labels, epoch: logits.sum())
    with pytest.raises(InputError, match="a training routine needs one-by-one training"):
        many(routine=by_hand, batched=True)
