"""The whole room on texts: downloaded checkpoints, a CSV file, and a checkpoint that stands in the wrong place."""

import pytest

from core.lab.errors import InputError
from core.layernorm import subjects
from core.layernorm.config import LayerNormConfig
from core.layernorm.study.experiment import run
from tests.layernorm import tiny_transformers
from tests.layernorm.tiny import context

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    names = tiny_transformers.save(folder)
    return LayerNormConfig(
        data=tiny_transformers.write_texts(folder / "texts.csv"), post_model=names["post"], pre_model=names["pre"], noise_share=0.2,
        n_train=24, n_test=20, depth=3, epochs=2, evaluations=2, batch_size=8, learning_rate=1e-3, rivals=False, scratch=False,
        groups=False, gradient_samples=10)


def test_every_step_on_texts(config):
    result = run(config, 0, context())
    assert result.models["norm"].tolist() == ["LayerNorm", "RMSNorm"]
    assert set(result.models["start"]) == {"downloaded"}
    by_placement = result.variants.groupby("placement")["variant"].apply(list)
    assert by_placement["post"] == ["intact", "all", "elsewhere", "dropout_intact", "dropout_all"]
    assert by_placement["pre"] == ["intact", "all", "elsewhere", "folded", "dropout_intact", "dropout_all"]
    assert (result.samples["text"] != "").all()
    assert result.sample_images.shape == (len(result.samples), 1, 1, 1)
    assert set(result.damage["head"]) == {"probe"}
    assert result.fold_difference < 1e-4
    assert set(result.gauge["placement"]) == {"pre"}
    assert len(result.pretraining) == 0
    assert result.gradients["bound"].isna().all(), "the bound is computed for patch transformers alone"
    assert (result.gradients["gradient"] > 0).all()


def test_a_pre_ln_model_that_folding_changes_is_refused(config, monkeypatch):
    """Something else then reads what a norm leaves, and stripping would mean nothing."""
    exact = subjects.fold
    monkeypatch.setattr(subjects, "fold", lambda state, reads: {name: 1.1 * value for name, value in exact(state, reads).items()})
    with pytest.raises(InputError, match=r"pre_model must answer the same .*, whose logits change by \d+% of their spread"):
        run(config.replace(post_model="none"), 0, context())


def test_exchanged_models_are_refused_before_training(config):
    swapped = config.replace(post_model=config.pre_model, pre_model="none")
    with pytest.raises(InputError, match=r"post_model must be a Post-LN model, got transformers:.*, which is Pre-LN"):
        run(swapped, 0, context())
    swapped = config.replace(pre_model=config.post_model, post_model="none")
    with pytest.raises(InputError, match=r"pre_model must be a Pre-LN model, got transformers:.*, which is Post-LN"):
        run(swapped, 0, context())
