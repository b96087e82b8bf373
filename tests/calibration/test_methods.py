"""Every method on one tiny stream: the first prediction, what moves, and each loss against its formula written out."""

import math

import numpy as np
import pytest
import torch

from core.calibration.catalogue import METHODS
from core.calibration.methods.come import Come
from core.calibration.methods.distillation import OneTemperature, PerSample
from core.calibration.methods.eta import REDUNDANT, RELIABLE, Eta
from core.calibration.methods.infomax import InfoMax
from core.calibration.methods.tent import Tent
from core.calibration.methods.weight_space import Wise
from core.calibration.stream import follow
from core.lab.errors import InputError
from core.lab.experiment import load_object
from core.measures.calibration import entropy, softmax
from core.measures.temperature import certainty_temperature
from tests.calibration import tiny

WITHOUT_BATCH_NORM = tuple(name for name, facts in METHODS.items() if not facts.needs_batch_norm)
STEPPING = ("tent", "eta", "infomax", "come", "dec", "fixed")
SUBJECT = tiny.subject()
SHARED = tiny.shared(SUBJECT)


def adapter(name: str, **changes: float):
    return load_object(METHODS[name].place)(SUBJECT, tiny.settings(SUBJECT, **changes))


@pytest.mark.parametrize("name", METHODS)
def test_every_method_answers_every_image_and_repeats(name: str):
    first, again = (follow(adapter(name), SHARED.over(2)) for _ in range(2))
    assert first.logits.shape == (192, tiny.N_CLASSES)
    assert np.isfinite(first.logits).all()
    np.testing.assert_array_equal(first.logits, again.logits)


@pytest.mark.parametrize("name", WITHOUT_BATCH_NORM)
def test_every_other_method_works_with_layer_norm(name: str):
    subject = tiny.subject("patch_transformer")
    shared = tiny.shared(subject)
    found = follow(load_object(METHODS[name].place)(subject, tiny.settings(subject)), shared.over(2))
    assert np.isfinite(found.logits).all()
    moved = not np.allclose(found.logits[:96], found.logits[96:])
    if name in (*STEPPING, "released", "wise", "soup") and name != "eta":
        assert moved, "the second pass meets a network that has learned"


@pytest.mark.parametrize("name", STEPPING)
def test_what_steps_predicts_first_then_moves_norms_alone(name: str):
    method = adapter(name)
    before = {key: value.clone() for key, value in method.network.state_dict().items()}
    said = method.predict(SHARED.batches[0])
    torch.testing.assert_close(said.detach(), SHARED.batches[0].still[0], rtol=1e-4, atol=1e-4)
    norms = {id(weight) for weight in method.weights}
    named = dict(method.network.named_parameters())
    for key, value in method.network.state_dict().items():
        is_norm = key.endswith("num_batches_tracked") or (key in named and id(named[key]) in norms)  # a counter that nothing reads
        assert is_norm or torch.equal(value, before[key]), f"{key} moved"
    if name != "eta":  # of a network without training it finds nothing reliable
        assert any(not torch.equal(named[key], before[key]) for key in named if id(named[key]) in norms)


def test_tent_lowers_entropy_and_information_maximisation_spreads_classes():
    said = {name: follow(adapter(name, rate=0.05), SHARED.over(6)).logits for name in ("tent", "infomax", "bn")}
    last = {name: softmax(logits[-96:]) for name, logits in said.items()}
    assert entropy(last["tent"]).mean() < 0.8 * entropy(last["bn"]).mean()
    spread = {name: entropy(p.mean(axis=0, keepdims=True))[0] for name, p in last.items()}
    assert spread["infomax"] > spread["tent"]


def test_losses_against_their_formulas():
    logits = torch.from_numpy(np.random.default_rng(1).standard_normal((6, 4)).astype(np.float32) * 2)
    p = softmax(logits.numpy())
    h = entropy(p) * math.log(2)
    batch = SHARED.batches[0]
    loss = {kind: kind(SUBJECT, tiny.settings(SUBJECT)).loss(logits, batch) for kind in (Tent, InfoMax, Come)}
    assert loss[Tent].item() == pytest.approx(h.mean(), rel=1e-5)
    mean = p.mean(axis=0)
    assert loss[InfoMax].item() == pytest.approx(h.mean() + (mean * np.log(mean)).sum(), rel=1e-4)
    evidence = np.exp(logits.numpy())
    opinion = np.concatenate([evidence, np.full((6, 1), 4.0)], axis=1) / (4.0 + evidence.sum(axis=1, keepdims=True))
    assert loss[Come].item() == pytest.approx(-(opinion * np.log(opinion)).sum(axis=1).mean(), rel=1e-5)


def test_eta_takes_reliable_images_that_are_not_redundant():
    sure, unsure = [8.0, 0, 0, 0], [0.2, 0, 0, 0]
    method = Eta(SUBJECT, tiny.settings(SUBJECT))
    assert method.loss(torch.tensor([unsure, unsure]), SHARED.batches[0]) is None
    first = method.loss(torch.tensor([sure, unsure]), SHARED.batches[0])
    h = float(entropy(softmax(np.array([sure])))[0]) * math.log(2)
    assert first.item() == pytest.approx(math.exp(RELIABLE * math.log(4) - h) * h, rel=1e-4)
    assert method.loss(torch.tensor([sure, sure]), SHARED.batches[0]) is None, "the same again teaches nothing"
    assert method.loss(torch.tensor([[0, 8.0, 0, 0]]), SHARED.batches[0]) is not None
    assert 0 < REDUNDANT < 1


def test_eata_holds_the_weights_that_home_needs():
    free, held = (adapter("tent"), adapter("eta", fisher=2000.0))
    assert held.importance is not None
    assert all((one >= 0).all() for one in held.importance)
    assert held._pull().item() == pytest.approx(0.0, abs=1e-6)
    with torch.no_grad():
        for weight in held.weights:
            weight += 0.1
    expected = 2000.0 * sum(float((one * 0.01).sum()) for one in held.importance)
    assert held._pull().item() == pytest.approx(expected, rel=1e-3)
    assert not hasattr(free, "importance")


def test_distillation_softens_by_the_rule_and_by_its_mean():
    teacher = SHARED.batches[0].still[0]
    given = tiny.settings(SUBJECT, temperature=1.7)
    each, one = PerSample(SUBJECT, given), OneTemperature(SUBJECT, given)
    np.testing.assert_allclose(each.temperature(teacher)[:, 0], certainty_temperature(teacher.numpy(), given.home), rtol=1e-5)
    torch.testing.assert_close(one.temperature(teacher), torch.full((len(teacher), 1), 1.7))
    target = softmax(teacher.numpy(), 1.7)
    log = np.log(softmax(teacher.numpy()))
    assert one.loss(teacher, SHARED.batches[0]).item() == pytest.approx(-(target * log).sum(axis=1).mean(), rel=1e-4)


def test_t3a_starts_from_the_head_and_keeps_the_surest():
    method = adapter("t3a")
    assert len(method.supports) == tiny.N_CLASSES
    for batch in SHARED.over(9):
        method.predict(batch)
    counts = torch.bincount(method.classes, minlength=tiny.N_CLASSES)
    assert counts.max() <= 100
    torch.testing.assert_close(method.supports.norm(dim=1), torch.ones(len(method.supports)), rtol=1e-4, atol=1e-4)


def test_half_way_back_is_half_way_back():
    method = Wise(SUBJECT, tiny.settings(SUBJECT))
    for batch in SHARED.batches:
        method.predict(batch)
    method._mix()
    for mean, walked, start in zip(method.weights, method.members[0].weights, method.source, strict=True):
        torch.testing.assert_close(mean.detach(), (walked.detach() + start) / 2)


def test_the_ensemble_is_the_mean_of_three():
    said = adapter("ensemble").predict(SHARED.batches[0])
    images = SHARED.batches[0].images
    with torch.no_grad():
        each = [torch.softmax(SUBJECT.forward(SUBJECT.network(state, batch_statistics=True), images)[0], dim=1)
                for state in (SUBJECT.state, *SUBJECT.further)]
    torch.testing.assert_close(said.exp(), torch.stack(each).mean(dim=0), rtol=1e-4, atol=1e-5)


def test_the_released_rule_moves_every_weight_and_the_running_averages():
    method = adapter("released")
    before = {key: value.clone() for key, value in method.network.state_dict().items()}
    method.predict(SHARED.batches[0])
    after = method.network.state_dict()
    assert not torch.equal(after["head.weight"], before["head.weight"])
    moved = [key for key in before if key.endswith("running_mean") and not torch.equal(after[key], before[key])]
    assert len(moved) == 3


def test_a_network_without_batch_norm_has_no_batch_statistics_but_can_lower_its_entropy():
    plain = tiny.subject("cnn_groupnorm")
    batches = tiny.shared(plain)
    with pytest.raises(InputError, match="need a network with BatchNorm"):
        load_object(METHODS["bn"].place)(plain, tiny.settings(plain))
    assert follow(Tent(plain, tiny.settings(plain)), batches.over(1)).logits.shape == (96, 4)
    with pytest.raises(InputError, match="adapting by norms needs a network with norms"):
        Tent(tiny.subject("mlp"), tiny.settings(plain))
