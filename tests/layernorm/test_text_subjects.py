"""Texts and checkpoints become subjects: the same texts, labels and order for both models, and a readout that finds what is known."""

import numpy as np
import pytest
import torch
from torch import nn

from core.lab.errors import InputError
from core.layernorm import text_subjects
from core.layernorm.config import LayerNormConfig, data_fingerprint
from core.layernorm.text_subjects import labelled_texts, text_subject
from core.models.normalisation import find_norms, strip
from tests.layernorm.tiny_transformers import save, write_texts


def config_of(folder, **changes):
    names = save(folder)
    return LayerNormConfig(data=write_texts(folder / "texts.csv"), post_model=names["post"], pre_model=names["pre"], n_train=30, n_test=20,
                           noise_share=0.2, batch_size=8, most_tokens=8, width=12, heads=2).replace(**changes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


def test_both_models_get_the_same_texts_and_labels(folder):
    config = config_of(folder)
    labelled = labelled_texts(config, 3)
    post, pre = (text_subject(config, placement, labelled, seed=3) for placement in ("post", "pre"))
    assert post.task.texts == pre.task.texts == labelled.texts
    assert torch.equal(post.task.feed.labels, pre.task.feed.labels)
    assert post.task.is_noisy[post.task.train].sum() == 6
    assert post.task.is_noisy[post.task.valid].sum() == 2
    assert not post.task.is_noisy[post.task.test].any()
    assert (post.task.feed.labels.numpy() != post.task.y_true).sum() == 6, "only training texts are trained towards wrong labels"
    lengths = [len(text) for text in labelled.texts]
    assert lengths[:30] == sorted(lengths[:30])
    assert post.readout_kind == "probe"
    assert post.reads is None
    assert len(pre.reads) == 6
    assert labelled_texts(config, 3).texts == labelled.texts
    assert labelled_texts(config, 4).texts != labelled.texts


def test_the_network_maps_the_feed_to_logits_and_starts_alike(folder):
    config = config_of(folder, scratch=True)
    labelled = labelled_texts(config, 0)
    subject, again = (text_subject(config, "post", labelled, seed=0) for _ in range(2))
    logits, features = subject.network(subject.task.feed.prepare(subject.task.feed.inputs[:4]))
    assert logits.shape == (4, 2)
    assert features.shape == (4, 12)
    for name, value in subject.state.items():
        assert torch.equal(value, again.state[name]), name
        assert subject.fresh[name].shape == value.shape
    assert text_subject(config.replace(scratch=False), "post", labelled, seed=0).fresh is None


def test_the_readout_is_deterministic_and_moves_when_weights_do(folder):
    config = config_of(folder)
    subject = text_subject(config, "pre", labelled_texts(config, 0), seed=0)
    first = subject.readout(subject.state)
    subject.readout(strip(subject.state, [norm for norm in subject.norms if norm.place]))
    assert subject.readout(subject.state) == first
    assert 0.0 <= first <= 1.0
    assert np.isclose(first * 20, round(first * 20)), "a share of 20 test texts"


def test_a_model_without_norms_is_refused(folder, monkeypatch):
    config = config_of(folder)
    labelled = labelled_texts(config, 0)
    load = text_subjects.load_text_classifier

    def bare(*given, **named):
        network, tokenizer = load(*given, **named)
        for norm in find_norms(network):
            network.set_submodule(norm.name, nn.Identity())
        return network, tokenizer

    monkeypatch.setattr(text_subjects, "load_text_classifier", bare)
    with pytest.raises(InputError, match="a model must have LayerNorm or RMSNorm in its layers, got TextClassifier without: choose a"):
        text_subject(config, "post", labelled, seed=0)


def test_the_fingerprint_follows_texts_and_weights(folder, tmp_path):
    config = config_of(folder)
    first = data_fingerprint(config)
    assert data_fingerprint(config) == first
    assert data_fingerprint(config.replace(pre_model="none")) != first
    with pytest.raises(InputError, match="at most the 60 texts"):
        data_fingerprint(config.replace(n_train=50))
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="columns text and label"):
        data_fingerprint(config.replace(data=f"csv:{tmp_path / 'bad.csv'}"))
    (tmp_path / "one.csv").write_text("text,label\n" + "some words,same\n" * 60)
    with pytest.raises(InputError, match=r"at least two different labels, got 1 in one\.csv"):
        data_fingerprint(config.replace(data=f"csv:{tmp_path / 'one.csv'}"))
