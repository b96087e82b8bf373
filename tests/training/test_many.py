"""Many models: forked, one by one and batched are the same training; errors, cancelling, skipping, progress."""

import os
import signal
import time

import numpy as np
import psutil
import pytest
import torch
import torch.nn.functional as F

from core.lab.errors import Cancelled, InputError, RunFailed
from core.training.batched import Batch, train_batched
from core.training.evaluate import predict_many
from core.training.forked import run_each, run_forked, shared_array
from core.training.losses import cross_entropy
from core.training.many import Machine, train_many, train_wanted
from core.training.pool import make_pool
from core.training.progress import watch
from core.training.wanted import Images, Wanted
from tests.training.cases import CONFIG, assert_same_bits, halves, squares

X, Y = squares()
MEMBERS = halves(3, 60)


def many(config=CONFIG, members=MEMBERS, **more):
    return train_many(X, Y, members, config, seed=0, n_classes=3, **more)


@pytest.mark.parametrize("changes", [{}, {"precision": "bfloat16", "augmentation": "pad_crop_flip"}], ids=str)
def test_forked_is_one_by_one_to_the_bit(changes):
    config = CONFIG.replace(**changes)
    torch.randn(300, 300) @ torch.randn(300, 300)  # work on several threads before the fork must do no harm
    forked = many(config, processes=2, x_test=X[:9], y_test=Y[:9], checkpoints=[1])
    serial = many(config, processes=1, x_test=X[:9], y_test=Y[:9], checkpoints=[1])
    for index, (first, second) in enumerate(zip(forked, serial, strict=True)):
        assert first.index == second.index == index
        assert_same_bits(first, second)
    assert not torch.equal(forked[0].state["head.weight"], forked[1].state["head.weight"])


def test_each_model_sees_its_members_only():
    """A pool whose other images change must give the same models."""
    changed = X.copy()
    changed[~MEMBERS[1]] = 255 - changed[~MEMBERS[1]]
    before = many(processes=1)[1]
    after = train_many(changed, Y, MEMBERS, CONFIG, seed=0, n_classes=3, processes=1)[1]
    assert_same_bits(before, after)


@pytest.mark.parametrize("changes", [{}, {"augmentation": "pad_crop_flip"}, {"optimizer": "adam", "learning_rate": 0.002},
                                     {"model": "cnn_groupnorm"}, {"model": "mlp", "learning_rate": 0.01}], ids=str)
def test_batched_agrees_with_one_by_one(changes):
    """Same weights, order and augmentation; float32 sums run in another order, and training amplifies the rounding."""
    config = CONFIG.replace(learning_rate=0.01, epochs=2).replace(**changes)
    more = {"x_test": X[:9], "y_test": Y[:9], "checkpoints": [1, 2]}
    for one, two in zip(many(config, batched=True, **more), many(config, processes=1, **more), strict=True):
        assert list(one.state) == list(two.state)
        for name in one.state:
            assert torch.equal(one.initial_state[name], two.initial_state[name])
            torch.testing.assert_close(one.state[name], two.state[name], rtol=2e-3, atol=2e-4)
        for name in one.curves:
            np.testing.assert_allclose(one.curves[name], two.curves[name], rtol=1e-3, atol=1e-4)
        for epoch in (1, 2):
            np.testing.assert_allclose(one.checkpoint_logits[epoch], two.checkpoint_logits[epoch], rtol=2e-2, atol=2e-3)


def test_batched_batchnorm_keeps_statistics_apart():
    """The running averages of a model do not depend on its neighbours in the batch."""
    alone = many(CONFIG, members=MEMBERS[:1], batched=True)[0]
    together = many(CONFIG, batched=True)[0]
    mean = "blocks.0.1.running_mean"
    torch.testing.assert_close(together.state[mean], alone.state[mean], rtol=1e-4, atol=1e-5)
    assert int(together.state["blocks.0.1.num_batches_tracked"]) == 2 * 2  # two epochs of two batches
    assert not torch.allclose(together.state[mean], many(CONFIG, batched=True)[1].state[mean])


def test_chunks_change_nothing_but_rounding():
    pool = make_pool(X, Y, CONFIG, n_classes=3, device="cpu")
    whole = many(CONFIG, batched=True)
    parts = []
    wanted = [Wanted(row, CONFIG, stream) for stream, row in enumerate(MEMBERS)]
    train_batched(Batch(pool, wanted, [0, 1, 2], 0, frozenset()), progress=watch(None, [2] * 3, [0, 1, 2]), on_model=parts.append,
                  models_at_once=2)
    assert [model.index for model in parts] == [0, 1, 2]
    for one, two in zip(parts, whole, strict=True):
        torch.testing.assert_close(one.state["head.weight"], two.state["head.weight"], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("how", [{"processes": 1}, {"processes": 2}, {"batched": True}], ids=str)
def test_different_trainings_share_one_call(how):
    """Lengths, sizes, augmentations and losses of their own: each network is what it would be alone, to the bit unless batched."""
    wanted = [Wanted(MEMBERS[0], CONFIG), Wanted(MEMBERS[1], CONFIG.replace(epochs=4, augmentation="pad_crop_flip"), 7),
              Wanted(MEMBERS[2] & (np.arange(60) < 40), CONFIG.replace(width=5), 2), Wanted(MEMBERS[0], CONFIG, loss=cross_entropy(0.3))]
    heard = []
    report = lambda fraction, message, curve=None: heard.append(fraction)  # noqa: E731
    together = train_wanted(Images(X, Y, 3), wanted, seed=0, machine=Machine(report=report, **how), checkpoints=(1,))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    for place, one in enumerate(together):
        alone = train_wanted(Images(X, Y, 3), [wanted[place]], seed=0, machine=Machine(processes=1), checkpoints=(1,))[0]
        assert one.index == place
        assert len(one.curves["epoch"]) == wanted[place].training.epochs
        if "batched" in how:
            torch.testing.assert_close(one.state["head.weight"], alone.state["head.weight"], rtol=2e-3, atol=2e-4)
        else:
            assert_same_bits(one, alone)


def test_custom_loss_runs_batched():
    def loss(logits, features, labels, epoch):
        value = F.cross_entropy(logits, labels)
        return torch.where(value > 0.5, value, -value) + 0.01 * epoch * features.square().mean()

    one, two = (many(CONFIG.replace(learning_rate=0.01), loss=loss, **how)[0] for how in ({"batched": True}, {"processes": 2}))
    torch.testing.assert_close(one.state["head.weight"], two.state["head.weight"], rtol=2e-3, atol=2e-4)


def test_starts_are_where_training_begins():
    first = many(processes=1)
    again = many(processes=2, starts=tuple(model.state for model in first))
    for one, two in zip(first, again, strict=True):
        for name in one.state:
            assert torch.equal(two.initial_state[name], one.state[name])


@pytest.mark.parametrize("how", [{"processes": 1}, {"processes": 2}, {"batched": True}], ids=str)
def test_skipped_models_are_not_trained(how):
    stored = []
    models = many(skip={1}, on_model=lambda index, model: stored.append((index, model.index)), **how)
    assert models[1] is None
    assert sorted(stored) == [(0, 0), (2, 2)]
    if "batched" not in how:
        assert_same_bits(models[2], many(processes=1)[2])


def test_everything_skipped_trains_nothing():
    assert many(skip=range(3)) == [None] * 3


@pytest.mark.parametrize("how", [{"processes": 1}, {"processes": 2}, {"batched": True}], ids=str)
def test_progress_rises_to_one_with_curve_points(how):
    heard = []
    many(CONFIG.replace(epochs=6), report=lambda fraction, message, curve=None: heard.append((fraction, message, curve)), **how)
    fractions = [fraction for fraction, _, _ in heard]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert heard[-1][1] == "Training: 3 of 3 models done"
    points = [curve for _, _, curve in heard if curve]
    assert points
    assert set(points[0]) == {"epoch", "train_loss", "test_loss", "label"}
    assert points[0]["test_loss"] is None


def test_cancelling_keeps_finished_models_and_leaves_no_child():
    stored, before = [], set(psutil.Process().children())

    def report(fraction, message, curve=None):
        if stored:
            raise Cancelled("stopped on request")

    with pytest.raises(Cancelled):
        many(CONFIG.replace(epochs=4), members=halves(12, 60), processes=2, report=report, on_model=lambda index, model:
        stored.append(index))
    assert 0 < len(stored) < 12
    assert not [child for child in set(psutil.Process().children()) - before if child.status() != psutil.STATUS_ZOMBIE]


def test_failure_in_a_child_is_one_sentence(capfd):
    def loss(logits, features, labels, epoch):
        raise KeyError("a defect")

    with pytest.raises(RunFailed, match=r"task \d of a training process failed with KeyError: 'a defect'"):
        many(processes=2, loss=loss)
    assert "Traceback" in capfd.readouterr().err


def test_divergence_in_a_child_keeps_its_sentence():
    with pytest.raises(RunFailed, match="the loss must stay finite"):
        many(processes=2, loss=lambda logits, features, labels, epoch: logits.sum() * float("inf"))


def test_killed_child_is_one_sentence():
    with pytest.raises(RunFailed, match="died with exit code -9"):
        run_forked([0, 1], lambda task: os.kill(os.getpid(), signal.SIGKILL), on_done=print, on_tick=lambda: None, processes=1)


def test_children_die_with_their_parent():
    pids = shared_array((3,), np.int64)

    def work(task):
        pids[task] = os.getpid()
        time.sleep(60)

    parent = os.fork()
    if parent == 0:
        run_forked([0, 1], work, on_done=print, on_tick=lambda: None, processes=2)
        os._exit(0)
    deadline = time.monotonic() + 20
    while not pids[:2].all() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    while any(map(_alive, pids[:2])) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert pids[:2].all()
    assert not any(map(_alive, pids[:2]))


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(int(pid)).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("processes", [1, 3])
def test_each_task_is_done_once_whatever_the_processes(processes):
    place = shared_array((5,))

    def work(task):
        place[task] += 10.0 + task

    run_each(5, work, processes=processes)
    assert place.tolist() == [10.0, 11.0, 12.0, 13.0, 14.0]


def test_tasks_are_handed_out_as_workers_become_free():
    done, owners = [], shared_array((6,), np.int64)

    def work(task):
        owners[task] = os.getpid()
        time.sleep(0.4 if task == 0 else 0.01)

    run_forked(range(6), work, on_done=done.append, on_tick=lambda: None, processes=2)
    assert sorted(done) == list(range(6))
    assert done[-1] == 0
    assert len(set(owners[1:].tolist())) == 1
    assert owners[0] not in owners[1:]


@pytest.mark.parametrize("how", [{"processes": 2}, {"batched": True}], ids=str)
def test_models_of_one_stream_differ_by_their_images_alone(how):
    """Model 2 repeats model 0 with the streams of 0; model 1 shares them on fewer images."""
    members = np.stack([MEMBERS[0], MEMBERS[0] & (np.arange(60) < 40), MEMBERS[0]])
    models = many(members=members, streams=[0, 0, 0], **how)
    alone = many(members=MEMBERS[:1], processes=1)[0]
    assert [model.index for model in models] == [0, 1, 2]
    for name, value in alone.state.items():
        assert torch.equal(models[1].initial_state[name], alone.initial_state[name])
        torch.testing.assert_close(models[0].state[name], models[2].state[name], rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(models[2].state[name], value, rtol=2e-3, atol=2e-4)
    assert not torch.allclose(models[1].state["head.weight"], models[0].state["head.weight"], atol=1e-3)
    if "batched" not in how:
        assert_same_bits(models[0], alone)


@pytest.mark.parametrize("members, words", [
    (MEMBERS.astype(int), r"members must be a boolean array \(60,\), got int64"),
    (MEMBERS[:, :-1], r"members must be a boolean array \(60,\), got bool of shape \(59,\)"),
    (np.zeros((0, 60), bool), "at least one network must be wanted, got none"),
    (np.eye(1, 60, dtype=bool), "at least 2 images, got 1"),
])
def test_wrong_members_are_one_sentence(members, words):
    with pytest.raises(InputError, match=words):
        many(members=members)


def test_batched_refuses_frozen_weights():
    with pytest.raises(InputError, match="frozen weights need one-by-one training"):
        many(batched=True, trainable={})


def test_batched_refuses_torchvision_models():
    with pytest.raises(InputError, match=r"batched training takes cnn, .* got 'torchvision:resnet18'"):
        many(CONFIG.replace(model="torchvision:resnet18"), batched=True)


def test_prediction_is_the_network_whatever_the_processes():
    models = many(CONFIG, checkpoints=[2])
    large = np.tile(X, (20, 1, 1, 1))  # enough images for forking to be worth it
    logits, features = predict_many(models, large, CONFIG, n_classes=3, processes=2)
    again, _ = predict_many([model.state for model in models], large, CONFIG, n_classes=3, processes=1)
    assert logits.shape == (3, 1200, 3)
    assert features.shape == (3, 1200, 128)
    assert logits.dtype == np.float32
    np.testing.assert_array_equal(logits, again)
    for index, model in enumerate(models):
        np.testing.assert_allclose(logits[index, :60], model.checkpoint_logits[2], rtol=1e-4, atol=1e-5)
        head = model.state["head.weight"].numpy(), model.state["head.bias"].numpy()
        np.testing.assert_allclose(logits[index], features[index] @ head[0].T + head[1], rtol=1e-4, atol=1e-5)


def test_prediction_refuses_wrong_input():
    models = many(members=MEMBERS[:1])
    with pytest.raises(InputError, match="images must be uint8"):
        predict_many(models, X.astype(float), CONFIG, n_classes=3)
    with pytest.raises(InputError, match="at least one model"):
        predict_many([], X, CONFIG, n_classes=3)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_gpu_agrees_with_cpu():
    config = CONFIG.replace(learning_rate=0.01)
    for one, two in zip(many(config, device="cuda"), many(config, processes=1), strict=True):
        for name in one.state:
            torch.testing.assert_close(one.state[name], two.state[name], rtol=1e-2, atol=1e-3)
