"""The study of new tasks on a tiny real run."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from core.data.sources import load
from core.lab.errors import InputError
from core.retraining.forward import forward, network_of
from core.retraining.tasks.catalogue import INDEX_NAMES, TASKS
from core.retraining.tasks.config import TasksConfig
from core.retraining.tasks.draw import read
from core.retraining.tasks.experiment import indices_of_task, run
from core.retraining.tasks.study import Source, training_of, with_new_head
from core.retraining.tasks.tables import choices_at, costs_at, ranks_at
from core.training.workbench import fresh_network
from tests.retraining import tiny, tiny_tasks


def test_no_task_holds_an_image_that_a_source_has_seen():
    pools, tasks = read(tiny_tasks.CONFIG, 3)
    for drawn in tasks:
        pool = pools[drawn.task.data]
        seen = {image.tobytes() for image in pool.data.x_train[pool.seen]}
        images = 255 - drawn.x if drawn.task.is_inverted else drawn.x
        fresh = [image.tobytes() not in seen for image in images]
        assert np.mean(fresh) > 0.995, drawn.task.name  # the data sets hold a few images twice
        assert np.unique(drawn.y).tolist() == list(range(drawn.n_classes))


def test_new_labels_stand_for_the_classes_in_their_order():
    tasks = {drawn.task.name: drawn for drawn in read(tiny_tasks.CONFIG, 0)[1]}
    data = load("fashion-mnist")
    label = {image.tobytes(): int(y) for image, y in zip(data.x_train, data.y_train, strict=True)}
    shoes = tasks["shoes"]
    assert {(label[image.tobytes()], int(y)) for image, y in zip(shoes.x, shoes.y, strict=True)} == {(5, 0), (7, 1), (9, 2)}


def test_every_source_and_task_has_its_case_and_curve():
    result = tiny_tasks.result()
    assert len(result.cases) == 3 * len(TASKS) == result.retrainings
    assert len(result.curves) == len(result.cases) * len((0, 64, 192, 256))
    assert np.isfinite(result.cases[list(INDEX_NAMES)]).all(axis=None)
    pixels = result.cases.groupby("task")["pixel_error"].nunique()
    assert (pixels == 1).all()  # raw pixels know no network
    assert result.never == result.cases["images"].isna().sum()


def test_only_the_head_is_new():
    config, shape = tiny_tasks.CONFIG, (1, 28, 28)
    old = fresh_network(training_of(config), n_classes=10, image_shape=shape, seed=5, index=0)
    sources = [Source("random", {name: value + extra for name, value in old.state_dict().items()}, 10) for extra in (0, 1)]
    first, second = (with_new_head(config, source, 3, shape, 0) for source in sources)
    images = load("digits").x_train[:20]
    before = forward(old.eval(), images)
    after = forward(network_of("cnn", 4, first, 3, shape), images)
    assert np.allclose(before.features, after.features, atol=1e-5)
    assert after.logits.shape == (20, 3)
    same = [name for name in first if first[name].equal(second[name])]
    assert len(same) == 2  # weight and bias of the head are one for all sources
    assert all(first[name].shape[0] == 3 for name in same)


def test_a_target_is_a_share_of_the_way_and_ratios_are_to_random_weights():
    cases = pd.DataFrame({"source": ["digits", "random"], "task": "t", "title": "T", "data": "digits", "n_classes": 2.0})
    curves = pd.DataFrame({"source": ["digits"] * 3 + ["random"] * 3, "task": "t", "images": [0, 100, 200] * 2,
                           "accuracy": [0.5, 0.9, 0.9, 0.5, 0.5, 0.9]})
    told = costs_at(cases, curves, 0.5, 200)
    assert told["target"].tolist() == pytest.approx([0.7, 0.7])
    assert told["images"].tolist() == pytest.approx([50.0, 150.0])
    assert told["ratio"].tolist() == pytest.approx([1 / 3, 1.0])
    curves.loc[3:, "accuracy"] = 0.5
    told = costs_at(cases, curves, 0.5, 200)
    assert told["images"].tolist() == pytest.approx([50.0, np.inf])
    assert told["ratio"].iloc[0] == pytest.approx(0.25)  # counted at the cap


def test_a_perfect_index_ranks_and_picks_perfectly():
    told = tiny_tasks.result().cases.assign(images=lambda frame: np.arange(len(frame), dtype=float))
    for name in INDEX_NAMES:
        told[name] = told["images"]
    assert (ranks_at(told)["spearman"] == 1.0).all()
    picked = choices_at(told, 1000.0)
    assert picked[picked["index"] != "random"]["right"].eq(1.0).all()
    assert picked[picked["index"] == "random"]["right"].to_numpy() == pytest.approx(1 / 3)


def test_shuffled_classes_leave_no_structure():
    assert tiny_tasks.result().shuffled == pytest.approx(1.0, abs=0.03)


def test_a_network_that_tells_the_classes_is_ranked_cheapest():
    """Old features that are the classes themselves: every index at its floor."""
    data = load("digits")
    chosen = np.random.Generator(np.random.PCG64(0)).permutation(7996)[:200]  # the file is sorted by class
    images, y = data.x_train[chosen], data.y_train[chosen]
    found = indices_of_task(_Oracle(y).eval(), images, y)
    assert found["task_features"] == found["probe_error"] == found["knn_error"] == 0.0
    assert found["leep"] < 0.01


def test_own_data_join_on_either_side_and_nothing_is_trained_twice(tmp_path):
    """A second run with data of one's own: what the first had trained is kept, and its cases come out again."""
    data, path = load("digits"), tmp_path / "two.npz"
    train, test = data.y_train < 3, data.y_test < 3
    np.savez(path, x_train=data.x_train[train][::5], y_train=data.y_train[train][::5],
             x_test=data.x_test[test][::4], y_test=data.y_test[test][::4])
    first, known = tiny_tasks.result(), len(tiny.KEPT)
    second = run(tiny_tasks.CONFIG.replace(own_task=f"npz:{path}", own_source=f"npz:{path}"), 0, tiny.context())
    cases = second.cases
    assert set(cases["source"]) == {"fashion-mnist", "digits", "own", "random"}
    assert set(cases.loc[cases["task"] == "own", "n_classes"]) == {3.0}
    assert 0 < len(tiny.KEPT) - known <= 1 + len(cases) - len(first.cases), "its source, and the curves of its cases"
    for before, after, names in ((first.curves, second.curves, list(first.curves)), (first.cases, cases, ["source", "task", *INDEX_NAMES])):
        after = after[(after["source"] != "own") & (after["task"] != "own")].reset_index(drop=True)
        pd.testing.assert_frame_equal(after[names], before[names])


def test_bad_input_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="n_index must be at most n_task = 1500, got 2000"):
        TasksConfig(n_index=2000)
    with pytest.raises(InputError, match="own data must be none or a data set"):
        TasksConfig(own_task="snow")
    path = tmp_path / "small.npz"
    images, labels = np.zeros((60, 8, 8), np.uint8), np.arange(60) % 2
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)
    with pytest.raises(InputError, match=r"own_task must hold images of shape \(28, 28, 1\) as the sources do, got \(8, 8, 1\)"):
        read(tiny_tasks.CONFIG.replace(own_task=f"npz:{path}"), 0)
    with pytest.raises(InputError, match="every class of a task needs train images that no source has seen"):
        read(tiny_tasks.CONFIG.replace(n_source=7996), 0)


class _Oracle(nn.Module):
    """A network whose features are the classes ``y`` of the images that it is shown in order."""

    def __init__(self, y: np.ndarray):
        super().__init__()
        self.left = torch.from_numpy(y)
        self.hidden, self.head = nn.Linear(10, 12, bias=False), nn.Linear(12, 10, bias=False)
        self.hidden.weight.data, self.head.weight.data = torch.eye(12, 10), 50.0 * torch.eye(10, 12)

    def forward(self, x):
        now, self.left = self.left[:len(x)], self.left[len(x):]
        features = self.hidden(torch.eye(10)[now])
        return self.head(features), features
