"""The pieces of the loop on their own: schedule, loss, optimiser, images, curves, config."""

import itertools
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lab.config import Config, Knob, fields_of
from core.lab.errors import InputError
from core.training import optimizer as optimizer_module
from core.training.config import TrainingConfig
from core.training.images import Shifts, draw_shifts, gather_moved, pad_images, padding, to_input
from core.training.losses import cross_entropy
from core.training.optimizer import Optimizer
from core.training.precision import check_device, resolve_precision
from core.training.schedule import learning_rate_at
from core.training.trained import curve_epochs


@pytest.mark.parametrize(
    "schedule, expected",
    [
        (
            "cosine",
            [0.4, 0.4 * (1 + 2**-0.5) / 2, 0.2, 0.4 * (1 - 2**-0.5) / 2],
        ),  # cos 0, pi/4, pi/2, 3 pi/4 at steps 0, 2, 4, 6 of 8
        ("step", [0.4, 0.4, 0.04, 0.004]),  # tenfold lower from half on, and again from three quarters on
        ("constant", [0.4] * 4),
    ],
)
def test_schedule_by_hand(schedule, expected):
    found = [learning_rate_at(step, 8, base=0.4, schedule=schedule) for step in (0, 2, 4, 6)]
    assert found == pytest.approx(expected)


@given(total=st.integers(1, 500), schedule=st.sampled_from(["cosine", "step", "constant"]))
def test_schedules_never_rise_and_stay_positive(total, schedule):
    rates = [learning_rate_at(step, total, base=1.0, schedule=schedule) for step in range(total)]
    assert rates[0] == 1.0
    assert min(rates) > 0
    assert all(later <= earlier for earlier, later in itertools.pairwise(rates))


def test_label_smoothing_by_hand():
    # softmax of (ln 2, 0, 0) is (1/2, 1/4, 1/4); label 0 with s = 0.3 has target (0.8, 0.1, 0.1)
    logits = torch.tensor([[np.log(2.0), 0.0, 0.0]], dtype=torch.float64)
    features, labels = torch.zeros(1, 1), torch.tensor([0])
    expected = -(0.8 * np.log(0.5) + 0.2 * np.log(0.25))
    assert cross_entropy(0.3)(logits, features, labels, 0).item() == pytest.approx(expected, rel=1e-12)
    assert cross_entropy()(logits, features, labels, 0).item() == pytest.approx(np.log(2.0), rel=1e-12)


@pytest.mark.parametrize("kind", ["sgd", "adam"])
def test_optimizer_is_that_of_torch(kind):
    """Against torch.optim over ten steps of random gradients, in float64."""
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(20, generator=generator, dtype=torch.float64)
    theirs = torch.nn.Parameter(weights.clone())
    made = (
        torch.optim.SGD([theirs], lr=0.1, momentum=0.9, weight_decay=0.01)
        if kind == "sgd"
        else torch.optim.Adam([theirs], lr=0.1, weight_decay=0.01)
    )
    ours = Optimizer(kind, momentum=0.9, weight_decay=0.01)
    for step in range(10):
        gradient = torch.randn(20, generator=generator, dtype=torch.float64)
        made.param_groups[0]["lr"] = 0.1 / (step + 1)
        theirs.grad = gradient.clone()
        made.step()
        ours.step(weights, gradient, 0.1 / (step + 1))
    torch.testing.assert_close(weights, theirs.detach(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", ["sgd", "adam"])
def test_a_long_vector_part_by_part_gives_the_same_bits(kind, monkeypatch):
    generator = torch.Generator().manual_seed(1)
    start, rates, decay = (torch.randn(3001, generator=generator) for _ in range(3))
    trainable = torch.rand(3001, generator=generator) > 0.3
    found = []
    for part in (10**6, 256):
        monkeypatch.setattr(optimizer_module, "PART", part)
        weights, stream = start.clone(), torch.Generator().manual_seed(2)
        optimizer = Optimizer(kind, momentum=0.9, weight_decay=0.01, trainable=trainable, rates=rates, decoupled=decay)
        for _ in range(4):
            optimizer.step(weights, torch.randn(3001, generator=stream), 0.1)
        found.append(weights)
    assert torch.equal(*found)
    assert not torch.equal(found[0], start)


@pytest.mark.parametrize("kind", ["sgd", "adam"])
def test_frozen_weights_keep_their_bits(kind):
    weights = torch.randn(6)
    before = weights.clone()
    trainable = torch.tensor([True, False] * 3)
    optimizer = Optimizer(kind, momentum=0.9, weight_decay=0.1, trainable=trainable)
    for _ in range(3):
        optimizer.step(weights, torch.randn(6), 0.1)
    assert torch.equal(weights[1::2], before[1::2])
    assert not (weights[::2] == before[::2]).any()


def test_pixels_are_scaled_by_constants():
    images = torch.tensor([0, 51, 255], dtype=torch.uint8).reshape(1, 1, 1, 3)
    assert to_input(images).flatten().tolist() == pytest.approx([-2.0, (0.2 - 0.5) / 0.25, 2.0])
    assert to_input(images).shape == (1, 3, 1, 1)


@pytest.mark.parametrize("side, pad", [(8, 1), (28, 4), (32, 4), (64, 8)])
def test_padding_grows_with_the_image(side, pad):
    assert padding(side, side) == pad


def test_moved_images_by_hand():
    image = torch.arange(1, 10, dtype=torch.uint8).reshape(1, 3, 3, 1)
    padded = pad_images(image, 1)
    still = Shifts(torch.tensor([1]), torch.tensor([1]), torch.tensor([False]))
    assert gather_moved(padded, torch.tensor([0]), still, 3, 3)[0, ..., 0].tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    down_right_mirrored = Shifts(torch.tensor([2]), torch.tensor([2]), torch.tensor([True]))
    assert gather_moved(padded, torch.tensor([0]), down_right_mirrored, 3, 3)[0, ..., 0].tolist() == [
        [0, 6, 5],
        [0, 9, 8],
        [0, 0, 0],
    ]


@settings(max_examples=20, deadline=None)
@given(
    n=st.integers(1, 9),
    height=st.integers(8, 20),
    width=st.integers(8, 20),
    channels=st.sampled_from([1, 3]),
    seed=st.integers(0, 2**40),
)
def test_augmentation_keeps_shape_and_follows_its_generator(n, height, width, channels, seed):
    images = torch.randint(0, 256, (n, height, width, channels), dtype=torch.uint8)
    pad = padding(height, width)
    moved = []
    for _ in range(2):
        shifts = draw_shifts(n, pad, torch.Generator().manual_seed(seed))
        moved.append(gather_moved(pad_images(images, pad), torch.arange(n), shifts, height, width))
    assert moved[0].shape == images.shape
    assert torch.equal(*moved)
    assert set(moved[0].flatten().tolist()) <= set(images.flatten().tolist()) | {0}


def test_every_offset_and_both_mirrors_occur():
    shifts = draw_shifts(2000, 2, torch.Generator().manual_seed(0))
    assert set(shifts.rows.tolist()) == set(shifts.columns.tolist()) == {0, 1, 2, 3, 4}
    assert 900 < shifts.flips.sum() < 1100  # 1000 +- 4.5 standard deviations


@given(last=st.integers(1, 300), points=st.integers(1, 40))
def test_curves_end_at_the_last_epoch(last, points):
    epochs = curve_epochs(last, points)
    assert last in epochs
    assert len(epochs) <= points
    assert min(epochs) >= 1


def test_every_knob_explains_itself():
    for field in fields_of(TrainingConfig):
        assert field.knob.label
        assert field.knob.help.endswith(".")
        assert field.choices == () or set(field.knob.labels or ()) == set(field.choices)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"model": "resnet"}, "model must be one of"),
        ({"epochs": 0}, r"epochs must lie in \[1, 1000\], got 0"),
        ({"batch_size": 1}, r"batch_size must lie in \[2, 8192\], got 1"),
        ({"learning_rate": float("nan")}, "learning_rate must be finite"),
        ({"stop_epoch": 30, "epochs": 20}, r"stop_epoch must lie in \[0, epochs = 20\], got 30"),
        ({"schedule": "linear"}, "schedule must be one of cosine, step, constant, got 'linear'"),
    ],
)
def test_config_refuses(changes, words):
    with pytest.raises(InputError, match=words):
        TrainingConfig(**changes)


def test_named_precision_is_obeyed():
    assert resolve_precision("float32", "cpu") is torch.float32
    assert resolve_precision("bfloat16", "cpu") is torch.bfloat16
    assert resolve_precision("auto", "cpu") in (torch.float32, torch.bfloat16)


@pytest.mark.parametrize("device", ["gpu", "cuda:x", "cuda:-1", "mps", "cuda:99"])
def test_impossible_devices_are_refused(device):
    with pytest.raises(InputError, match=r"device must be cpu, cuda or cuda:NUMBER, got|is not available"):
        check_device(device)


def test_a_rooms_settings_say_how_its_networks_are_trained():
    """Fields of the same name are taken, others keep their defaults, and the room's own are left out."""

    @dataclass(frozen=True, kw_only=True)
    class Room(Config):
        epochs: Annotated[int, Knob("Passes")] = 7
        width: Annotated[int, Knob("Width")] = 5
        n_train: Annotated[int, Knob("Images")] = 100

    assert TrainingConfig.of(Room()) == TrainingConfig(epochs=7, width=5)
    with pytest.raises(InputError, match="epochs must lie in"):
        TrainingConfig.of(Room(epochs=0))
