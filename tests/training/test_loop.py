"""Training one model: determinism, the initial weights, curves, checkpoints, custom losses, frozen weights, refusals."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from core.lab.errors import InputError, RunFailed
from core.models.mlp import Mlp
from core.models.registry import build
from core.training.images import to_input
from core.training.loop import Extras, train_one
from core.training.schedule import learning_rate_at
from core.training.workbench import fresh_network
from tests.training.cases import CONFIG, assert_same_bits, squares

X, Y = squares()


def train(config=CONFIG, seed=0, **more):
    return train_one(X, Y, config, seed=seed, n_classes=3, **more)


@pytest.mark.parametrize(
    "changes",
    [{}, {"precision": "bfloat16"}, {"augmentation": "pad_crop_flip"}, {"optimizer": "adam"}, {"model": "resnet20"}],
    ids=str,
)
def test_one_seed_means_the_same_bits(changes):
    config = CONFIG.replace(**changes)
    torch.manual_seed(1)
    first = train(config)
    torch.manual_seed(2)  # the global generator has no say
    assert_same_bits(first, train(config))


def test_seed_and_index_change_everything():
    reference = train().state["head.weight"]
    assert not torch.equal(reference, train(seed=1).state["head.weight"])
    assert not torch.equal(reference, train(index=1).state["head.weight"])
    assert not torch.equal(train(seed=1).initial_state["head.weight"], train().initial_state["head.weight"])


def test_training_leaves_global_randomness_and_threads_alone():
    torch.manual_seed(3)
    expected, threads = torch.rand(3), torch.get_num_threads()
    torch.manual_seed(3)
    train()
    assert torch.equal(torch.rand(3), expected)
    assert torch.get_num_threads() == threads


def test_dropout_has_a_stream_of_its_own(monkeypatch):
    """A network that drops units draws from torch's global generator: the seed decides it all the same."""
    plain = Mlp.forward

    def dropping(self, x):
        return plain(self, F.dropout(x, 0.2, self.training))

    monkeypatch.setattr(Mlp, "forward", dropping)
    config = CONFIG.replace(model="mlp")
    torch.manual_seed(1)
    first = train(config)
    torch.manual_seed(2)
    assert_same_bits(first, train(config))
    monkeypatch.undo()
    assert not torch.equal(train(config).state["head.weight"], first.state["head.weight"])


def test_initial_weights_are_kept():
    model = train()
    network = fresh_network(CONFIG, n_classes=3, image_shape=(1, 12, 12), seed=0, index=0)
    for name, value in network.state_dict().items():
        assert torch.equal(model.initial_state[name], value), name
    assert not torch.equal(model.state["head.weight"], model.initial_state["head.weight"])


def test_loop_is_plain_torch():
    """Against a plain loop with torch.optim and the same order of images, in float32."""
    config = CONFIG.replace(epochs=3, label_smoothing=0.1)
    model = train(config)
    network = build("cnn", n_classes=3, image_shape=(1, 12, 12), width=4)
    network.load_state_dict(model.initial_state)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=config.learning_rate, momentum=config.momentum, weight_decay=config.weight_decay
    )
    order = torch.Generator().manual_seed(_order_seed())
    images, labels = to_input(torch.from_numpy(X)).contiguous(), torch.from_numpy(Y)
    for epoch in range(3):
        for batch, rows in enumerate(torch.randperm(60, generator=order).tensor_split(4)):
            optimizer.param_groups[0]["lr"] = learning_rate_at(
                4 * epoch + batch, 12, base=config.learning_rate, schedule="cosine"
            )
            optimizer.zero_grad()
            F.cross_entropy(network(images[rows])[0], labels[rows], label_smoothing=0.1).backward()
            optimizer.step()
    for name, value in network.state_dict().items():
        torch.testing.assert_close(model.state[name], value, rtol=1e-3, atol=1e-4)


def _order_seed() -> int:
    from core.lab.seeds import torch_seed

    return torch_seed(0, "data order", 0)


def test_it_learns():
    model = train(CONFIG.replace(epochs=12, precision="auto"), x_test=X[:20], y_test=Y[:20])
    assert model.curves["train_accuracy"][-1] > 0.95
    assert model.curves["train_loss"][-1] < model.curves["train_loss"][0]
    assert model.curves["test_accuracy"][-1] > 0.9


def test_curves_hold_every_epoch_and_the_true_test_loss():
    model = train(CONFIG.replace(epochs=3), x_test=X[:20], y_test=Y[:20])
    assert model.curves["epoch"].tolist() == [1, 2, 3]
    assert np.isfinite(model.curves["test_loss"]).all()
    network = build("cnn", n_classes=3, image_shape=(1, 12, 12), width=4)
    network.load_state_dict(model.state)
    with torch.no_grad():
        logits, _ = network.eval()(to_input(torch.from_numpy(X[:20])))
    assert model.curves["test_loss"][-1] == pytest.approx(F.cross_entropy(logits, torch.from_numpy(Y[:20])).item(), rel=1e-4)


def test_curves_without_a_test_set_say_nan():
    assert np.isnan(train().curves["test_loss"]).all()


def test_checkpoints_keep_the_pool_logits():
    model = train(CONFIG.replace(epochs=3), extras=Extras(checkpoints={1, 3}))
    assert sorted(model.checkpoint_logits) == [1, 3]
    assert model.checkpoint_logits[1].shape == (60, 3)
    assert not np.allclose(model.checkpoint_logits[1], model.checkpoint_logits[3])


def test_stopping_early_is_the_prefix_of_the_long_run():
    long, short = train(CONFIG.replace(epochs=4)), train(CONFIG.replace(epochs=4, stop_epoch=2))
    assert len(short.curves["epoch"]) == 2
    np.testing.assert_array_equal(short.curves["train_loss"], long.curves["train_loss"][:2])


def test_custom_loss_sees_features_and_epochs():
    seen = []

    def loss(logits, features, labels, epoch):
        seen.append((epoch, logits.dtype, features.shape[1]))
        return F.cross_entropy(logits, labels) + 10 * features.square().mean()

    model = train(CONFIG.replace(precision="bfloat16"), extras=Extras(loss=loss))
    assert {epoch for epoch, _, _ in seen} == {0, 1}
    assert {dtype for _, dtype, _ in seen} == {torch.float32}
    assert seen[0][2] == 128
    assert not torch.equal(model.state["head.weight"], train(CONFIG.replace(precision="bfloat16")).state["head.weight"])


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_frozen_weights_and_their_norms_keep_their_bits(precision):
    start = train().state
    trainable = {name: torch.ones_like(value, dtype=torch.bool) for name, value in start.items() if value.is_floating_point()}
    for name in trainable:
        trainable[name][...] = not name.startswith("blocks.0")
    trainable["head.weight"][0] = False
    model = train(CONFIG.replace(precision=precision), seed=5, extras=Extras(start=start, trainable=trainable))
    for name, value in model.state.items():
        assert torch.equal(value, start[name]) == name.startswith("blocks.0"), name
    assert torch.equal(model.state["head.weight"][0], start["head.weight"][0])
    assert torch.equal(model.initial_state["head.weight"], start["head.weight"])


def test_epochs_are_cut_into_equal_batches():
    """17 images in batches of at most 16 make 9 and 8, never a batch of one, which BatchNorm could not take."""
    model = train_one(X[:17], Y[:17], CONFIG, seed=0, n_classes=3)
    assert np.isfinite(model.curves["train_loss"]).all()


def test_divergence_is_one_sentence():
    with pytest.raises(RunFailed, match="the loss must stay finite, but became nan in epoch 1: lower the learning rate"):
        train(extras=Extras(loss=lambda logits, features, labels, epoch: logits.sum() * float("nan")))


@pytest.mark.parametrize(
    "x, y, words",
    [
        (X.astype(np.float32), Y, "training images must be uint8 of shape"),
        (X[..., 0], Y, "training images must be uint8 of shape"),
        (X, Y[:-1], "every training image needs one label, got 60 images"),
        (X, Y + 1, "training labels must be whole numbers from 0 to 2, got 1 to 3"),
        (X, Y.astype(float), "training labels must be whole numbers"),
    ],
)
def test_wrong_data_is_one_sentence(x, y, words):
    with pytest.raises(InputError, match=words):
        train_one(x, y, CONFIG, seed=0, n_classes=3)
