"""What the room may be told, and the sentence where it may not."""

import pytest

from core.lab.errors import InputError
from core.layernorm.config import FULL, LITE, STANDARD, LayerNormConfig, data_fingerprint, work_of
from core.layernorm.fitting import fit
from core.layernorm.gauge.config import GaugeConfig
from core.layernorm.variants import VARIANTS
from tests.layernorm.tiny import saved


@pytest.mark.parametrize(("settings", "words"), [
    ({"depth": 4}, "depth must be divisible by three (early, middle, later layers), got 4: choose 3."),
    ({"noise_share": 1.2}, "noise_share must lie in [0, 1), got 1.2."),
    ({"noise_share": -0.1}, "noise_share must lie in [0, 1), got -0.1."),
    ({"noise_share": 1.0}, "noise_share must lie in [0, 1), got 1.0."),
    ({"noise_share": 0.9999}, "noise_share must leave at least one label right, got 0.9999 of 600: lower it."),
    ({"noise_share": 0.0}, "noise_share times n_train must give at least one wrong label, got 0 of 600: raise one of them."),
    ({"heads": 5}, "width must be a multiple of heads (5), got 48."),
    ({"post_model": "none", "pre_model": "none"}, "one of post_model and pre_model must name a model, got none twice."),
    ({"post_model": "resnet18"}, "a model must be patch, minilm, smollm2, none, transformers:FOLDER_OR_ID or torchvision:vit_NAME, "
                                 "got 'resnet18'."),
    ({"pre_model": "smollm2"}, "pre_model=smollm2 reads texts, got data=fashion-mnist: choose data such as fortunes or csv:PATH."),
    ({"data": "fortunes"}, "post_model=patch reads images, got data=fortunes: choose data such as fashion-mnist or npz:PATH."),
    ({"data": "holiday"}, "data must be an image set such as fashion-mnist, npz:PATH, folder:PATH, fortunes or csv:PATH, "
                          "got 'holiday'."),
    ({"data": "adult"}, "data must be an image set such as fashion-mnist, npz:PATH, folder:PATH, fortunes or csv:PATH, got 'adult'."),
    ({"n_train": 20}, "batch_size must be at most n_train (20), got 32."),
])
def test_one_sentence_each(settings, words):
    with pytest.raises(InputError) as caught:
        LayerNormConfig(**settings)
    assert str(caught.value) == words


def test_nearly_all_labels_may_be_wrong():
    assert LayerNormConfig(noise_share=0.95).noise_share == 0.95


@pytest.mark.parametrize("data", ["adult", "fortunes", "csv:texts.csv", "holiday"])
def test_the_gauge_takes_images_alone(data):
    with pytest.raises(InputError) as caught:
        GaugeConfig(data=data)
    assert str(caught.value) == f"data must be images such as fashion-mnist, npz:PATH or folder:PATH, got {data!r}."


def test_what_does_not_fit_the_data_is_told_before_anything_is_written(tmp_path):
    with pytest.raises(InputError, match="patch must divide the images of 28 x 28 pixels, got 5: choose a divisor"):
        data_fingerprint(LITE.replace(patch=5))
    with pytest.raises(InputError, match="n_train must be at most half of the 20000 training images"):
        data_fingerprint(LITE.replace(n_train=15_000))
    with pytest.raises(InputError, match="n_test must be at most the 5000 test images of fashion-mnist, got 20000: lower it"):
        data_fingerprint(LITE.replace(n_test=20_000))
    with pytest.raises(InputError, match="noise_class must be below 10, the number of classes of fashion-mnist, got 50: lower it"):
        data_fingerprint(LITE.replace(noise_class=50))
    with pytest.raises(InputError, match="patch must divide the images of 12 x 12 pixels, got 7"):
        data_fingerprint(LITE.replace(data=saved(tmp_path)))
    assert len(data_fingerprint(LITE)) == len(data_fingerprint(LITE.replace(patch=4)))


def test_switches_bring_their_variants():
    bare = LITE.replace(groups=False, controls=False, frozen=False, rivals=False, scratch=False, dropout=0.0)
    assert [variant.id for variant in bare.variants("post")] == ["intact", "all"]
    assert {variant.id for variant in LITE.variants("pre")} - {variant.id for variant in LITE.variants("post")} == {"folded"}
    every = LITE.replace(groups=True, controls=True, frozen=True, rivals=True, scratch=True, dropout=0.1)
    assert every.variants("pre") == VARIANTS
    assert LITE.replace(post_model="none").placements() == ("pre",)


def test_presets_know_their_time():
    assert work_of(LITE).seconds() < 120
    assert work_of(LITE.replace(rivals=False)).seconds() < work_of(LITE).seconds()
    assert work_of(FULL).seconds() > work_of(STANDARD).seconds() > work_of(LITE).seconds()


def test_the_gauge_uses_the_rooms_pretrained_models():
    room, gauge = LITE, GaugeConfig().room()
    for name in ("data", "depth", "width", "heads", "patch", "n_train", "n_test", "pretraining_samples", "pretraining_rate", "norm_rate",
                 "warmup"):
        assert getattr(room, name) == getattr(gauge, name)
    assert GaugeConfig(strongest=1.0, points=5).strengths() == (0.0, 0.25, 0.5, 0.75, 1.0)
    with pytest.raises(InputError, match="depth must be divisible by three"):
        GaugeConfig(depth=5)


def test_parts_of_own_texts_are_fitted_to_what_there_is(tmp_path):
    (tmp_path / "texts.csv").write_text("text,label\n" + "".join(f"text {row},{row % 2}\n" for row in range(700)))
    config = STANDARD.replace(data=f"csv:{tmp_path / 'texts.csv'}", post_model="minilm", pre_model="none", n_train=480, n_test=300)
    fitted = config.replace(**fit(config))
    assert fitted.n_train + fitted.n_valid + fitted.n_test == 700
    assert fitted.n_train / fitted.n_test == pytest.approx(480 / 300, abs=0.02)
    assert fit(fitted) == {}
