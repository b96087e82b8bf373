"""The stream engine: batches in order, statistics by the batch, shared passes; and what is refused."""

import numpy as np
import pytest
import torch

from core.calibration.stream import share
from core.calibration.streams import check_stream, draw, order_of
from core.calibration.study.config import CalibrationConfig
from core.calibration.study.spec import data_fingerprint
from core.data.corruptions import corrupt
from core.data.dataset import ImageDataset
from core.data.optical_digits import load_optical_digits
from core.data.sources import load
from core.lab.errors import InputError
from core.lab.seeds import generator
from tests.calibration import tiny


def dataset(n: int = 400) -> ImageDataset:
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (n, 8, 8, 1)).astype(np.uint8), rng.integers(0, 3, n)
    return ImageDataset("made", "Made up", x, y, x[:200] // 2, y[:200], ("a", "b", "c"), "0", "")


def config(**changes: object) -> CalibrationConfig:
    return CalibrationConfig(**({"n_train": 200, "n_home": 100, "n_stream": 96, "stream_batch": 32, "corruptions": "gaussian+blur",
                                 "levels": "1+5"} | changes))


def test_batch_statistics_are_those_of_the_batch_and_training_ones_stay():
    subject = tiny.subject()
    found = share(subject, tiny.images(70), 32)
    assert len(found.batches) == 2, "a short last batch is dropped"
    network = subject.build()
    network.load_state_dict(subject.state)
    network.train()
    expected, _ = network(subject_input(found.batches[1].images))
    torch.testing.assert_close(found.batches[1].still[0], expected.detach(), rtol=1e-4, atol=1e-4)
    still = subject.network(batch_statistics=True)
    before = still.state_dict()["blocks.0.1.running_mean"].clone()
    subject.forward(still, found.batches[0].images)
    torch.testing.assert_close(still.state_dict()["blocks.0.1.running_mean"], before, rtol=0, atol=0)


def subject_input(images: torch.Tensor) -> torch.Tensor:
    return ((images.float() / 255 - 0.5) / 0.25).permute(0, 3, 1, 2)


def test_sorted_streams_come_class_by_class_and_shuffled_ones_do_not():
    y = np.random.default_rng(0).integers(0, 5, 200)
    assert (np.diff(y[order_of(y, "sorted", np.random.default_rng(1))]) >= 0).all()
    shuffled = order_of(y, "shuffled", np.random.default_rng(1))
    assert sorted(shuffled) == list(range(200))
    assert (np.diff(y[shuffled]) < 0).any()


def test_levels_show_the_same_images_in_the_same_order_and_sets_share_none():
    scene = draw(dataset(), config(), 7)
    clean, y = scene.streams["clean", 0]
    for (name, level), (images, labels) in scene.streams.items():
        np.testing.assert_array_equal(labels, y)
        if name == "blur":
            np.testing.assert_array_equal(images, corrupt(clean, name, level, generator(0, "any")))
    rows = [{image.tobytes() for image in part} for part in (scene.train[0], scene.home[0], clean)]
    assert len(rows[0] | rows[1] | rows[2]) == sum(map(len, rows))


def test_own_data_is_streamed_as_it_is_beside_held_out_images_of_home():
    data = dataset()
    scene = draw(data, config(shift="test_set"), 0)
    assert set(scene.streams) == {("clean", 0), ("test_set", 5)}
    assert {image.tobytes() for image in scene.streams["test_set", 5][0]} <= {image.tobytes() for image in data.x_test}
    assert {image.tobytes() for image in scene.streams["clean", 0][0]} <= {image.tobytes() for image in data.x_train}


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"stream_batch": 100}, "stream_batch must be at most n_stream"), ({"methods": "tent"}, "methods must hold source"),
    ({"methods": "source+best"}, "methods must list each of some of"), ({"corruptions": "fog"}, "corruptions must list"),
    ({"levels": "3+3"}, "levels must list each .* once"), ({"coldest": 3.0}, "coldest must be at most hottest"),
    ({"model": "cnn_groupnorm"}, "bn needs a network with BatchNorm, got model=cnn_groupnorm"),
])
def test_settings_that_do_not_go_together(changes: dict, sentence: str):
    with pytest.raises(InputError, match=sentence):
        config(**changes)


def test_data_that_cannot_serve():
    with pytest.raises(InputError, match="must be at most the 400 training images of Made up, got 500"):
        draw(dataset(), config(n_train=400), 0)
    with pytest.raises(InputError, match="shift=test_set needs your own data"):
        data_fingerprint(CalibrationConfig(shift="test_set"))
    with pytest.raises(InputError, match="must hold at least two classes, got one"):
        check_stream(np.zeros(40, dtype=int), 8)
    with pytest.raises(InputError, match="at most as long as the stream"):
        check_stream(np.arange(10) % 2, 20)


def test_a_real_shift_shows_other_images_of_equal_number():
    data = load("digits")
    scene = draw(data, config(dataset="digits", shift="optical_digits", n_stream=2000), 7)
    (clean, y), (far, far_y) = scene.streams["clean", 0], scene.streams["optical_digits", 5]
    assert len(y) == len(far_y) == 1797
    assert clean.shape == far.shape
    images, digits = load_optical_digits(28)
    assert sorted(far_y) == sorted(digits)
    assert sorted(far.sum(axis=(1, 2, 3))) == sorted(images.sum(axis=(1, 2, 3)))


def test_a_real_shift_of_digits_needs_digits_and_names_its_data():
    with pytest.raises(InputError, match="needs dataset=digits, got 'fashion-mnist'"):
        config(shift="optical_digits")
    corrupted = config(dataset="digits")
    assert data_fingerprint(corrupted.replace(shift="optical_digits")) != data_fingerprint(corrupted)


def test_methods_of_batch_norm_are_refused_for_a_transformer_in_one_sentence():
    with pytest.raises(InputError, match="bn needs a network with BatchNorm, got model=patch_transformer: leave it out"):
        config(model="patch_transformer")
    assert config(model="patch_transformer", methods="source+tent+dec").method_names == ("source", "tent", "dec")
