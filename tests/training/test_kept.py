"""A network is trained once, whoever asks; what is another network is trained anew."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.lab.experiment import Context
from core.lab.store import ModelStore
from core.training import kept
from core.training.kept import Images, Wanted, train_kept
from core.training.loop import plain_routine
from core.training.losses import cross_entropy
from core.training.many import train_many
from tests.training.cases import CONFIG, assert_same_bits, halves, squares

X, Y = squares(60)
MEMBERS = halves(3, 60)
IMAGES = Images(X, Y, 3, X[:10], Y[:10])
PLAIN = Wanted(MEMBERS[0], CONFIG)


@pytest.fixture
def context(tmp_path):
    return Context(device="cpu", threads=2, models=ModelStore(tmp_path), begin=lambda step: None, report=lambda *told: None)


@pytest.fixture
def trained(monkeypatch):
    """How many networks each call of the engine has trained."""
    counts, real = [], kept.train_wanted

    def count(images, wanted, **named):
        counts.append(len(wanted) - len(named["skip"]))
        return real(images, wanted, **named)
    monkeypatch.setattr(kept, "train_wanted", count)
    return counts


def test_it_is_the_network_of_the_engine_and_survives_the_store(context):
    wanted = [Wanted(row, CONFIG, stream) for stream, row in enumerate(MEMBERS)]
    fresh = train_kept(IMAGES, wanted, seed=0, context=context, checkpoints=(1, 2))
    again = train_kept(IMAGES, wanted, seed=0, context=context, checkpoints=(1, 2))
    models = train_many(X, Y, MEMBERS, CONFIG, seed=0, n_classes=3, x_test=X[:10], y_test=Y[:10], checkpoints=(1, 2))
    for one, two, model in zip(fresh, again, models, strict=True):
        assert_same_bits(one, model)
        assert sorted(two.checkpoint_logits) == [1, 2]
        np.testing.assert_equal({**two.curves}, model.curves)
        assert all(torch.equal(two.state[name], model.state[name]) for name in model.state)
        assert all(torch.equal(two.initial_state[name], model.initial_state[name]) for name in model.state)


def test_another_room_finds_it_among_other_images(context, trained):
    """The first room asks about checkpoints on a pool; the next has other images around the same training set, and wants weights."""
    first = train_kept(IMAGES, [PLAIN], seed=0, context=context, checkpoints=(1, 2))[0]
    rows = np.flatnonzero(MEMBERS[0])
    others = np.random.default_rng(0).integers(0, 255, (7, *X.shape[1:]), dtype=np.uint8)
    pool = Images(np.concatenate([others, X[rows]]), np.concatenate([np.zeros(7, int), Y[rows]]), 3)
    members = np.arange(len(pool.y)) >= 7
    second = train_kept(pool, [Wanted(members, CONFIG.replace(stop_epoch=CONFIG.epochs))], seed=0, context=context)[0]
    assert trained == [1]
    assert all(torch.equal(first.state[name], second.state[name]) for name in first.state)
    np.testing.assert_array_equal(first.curves["train_loss"], second.curves["train_loss"])
    assert np.isnan(second.curves["test_loss"]).all()


def _changed(images: Images, what: str) -> Images:
    x, y = images.x.copy(), images.y.copy()
    row = np.flatnonzero(MEMBERS[0])[0]
    if what == "pixel":
        x[row, 0, 0, 0] += 1
    else:
        y[row] = (y[row] + 1) % 3
    return Images(x, y, 3)




@pytest.mark.parametrize(("images", "wanted", "seed"), [
    (_changed(IMAGES, "pixel"), PLAIN, 0), (_changed(IMAGES, "label"), PLAIN, 0), (IMAGES, PLAIN, 1), (Images(X, Y, 4), PLAIN, 0),
    (IMAGES, replace(PLAIN, stream=1), 0), (IMAGES, replace(PLAIN, members=MEMBERS[1]), 0),
    (IMAGES, replace(PLAIN, training=CONFIG.replace(epochs=3)), 0), (IMAGES, replace(PLAIN, training=CONFIG.replace(stop_epoch=1)), 0),
    (IMAGES, replace(PLAIN, loss=cross_entropy(0.2), recipe={"loss": "smoothed"}), 0),
    (IMAGES, replace(PLAIN, routine=plain_routine(cross_entropy()), recipe={"routine": "plain"}), 0),
], ids=["pixel", "label", "seed", "classes", "stream", "members", "epochs", "stop", "loss", "routine"])
def test_what_may_change_its_bits_makes_another_network(context, trained, images, wanted, seed):
    plain = Images(X, Y, 3)
    train_kept(plain, [PLAIN], seed=0, context=context)
    train_kept(images, [wanted], seed=seed, context=context)
    assert trained == [1, 1]


def test_a_start_in_hand_is_part_of_it_and_one_to_be_made_is_asked_for_once(context, trained):
    base = train_kept(Images(X, Y, 3), [PLAIN], seed=0, context=context)[0]
    moved = {name: value + 0.1 if value.is_floating_point() else value for name, value in base.state.items()}
    asked = []

    def start():
        asked.append(1)
        return moved
    wanted = [replace(PLAIN, start=base.state), replace(PLAIN, start=moved), replace(PLAIN, start=start, recipe={"start": "moved"})]
    found = train_kept(Images(X, Y, 3), wanted, seed=0, context=context)
    train_kept(Images(X, Y, 3), wanted, seed=0, context=context)
    assert trained == [1, 3]
    assert asked == [1]
    assert not torch.equal(found[0].state["head.weight"], found[1].state["head.weight"])
    assert torch.equal(found[1].state["head.weight"], found[2].state["head.weight"])
    assert torch.equal(found[1].initial_state["head.weight"], moved["head.weight"])


def test_what_was_not_recorded_is_trained_again_with_the_same_bits(context, trained):
    first = train_kept(IMAGES, [PLAIN], seed=0, context=context, checkpoints=(2,))[0]
    second = train_kept(Images(X, Y, 3, X[20:30], Y[20:30]), [replace(PLAIN, asked=np.array([4, 1]))], seed=0, context=context,
                        checkpoints=(2,))[0]
    assert trained == [1, 1]
    assert torch.equal(first.state["head.weight"], second.state["head.weight"])
    np.testing.assert_array_equal(second.checkpoint_logits[2], first.checkpoint_logits[2][[4, 1]])
    assert first.curves["test_loss"][-1] != second.curves["test_loss"][-1]


def test_equal_wishes_are_trained_once_and_different_trainings_in_one_call(context, trained):
    longer = replace(PLAIN, training=CONFIG.replace(epochs=3))
    found = train_kept(IMAGES, [PLAIN, longer, PLAIN], seed=0, context=context)
    assert trained == [2]
    assert found[0] is found[2]
    assert len(found[1].curves["epoch"]) == 3


def test_routines_see_their_place_among_the_wishes(context):
    seen = {}

    def routine(name):
        def begin(trainee):
            (context.models.root / f"{name}-{trainee.index}").touch()
            return plain_routine(cross_entropy())(trainee)
        return begin
    wanted = [PLAIN, *(replace(PLAIN, routine=routine(name), recipe={"routine": name}) for name in "ab")]
    train_kept(IMAGES, wanted, seed=0, context=context)
    seen = {path.name for path in context.models.root.glob("?-?")}
    assert seen == {"a-1", "b-2"}


def test_what_only_a_function_knows_needs_a_recipe(context):
    for extra in ({"loss": cross_entropy()}, {"routine": plain_routine(cross_entropy())}, {"start": dict}, {"trainable": dict}):
        with pytest.raises(ValueError, match="recipe"):
            train_kept(IMAGES, [PLAIN, replace(PLAIN, **extra)], seed=0, context=context)
