"""DP-SGD: epsilon is Opacus', gradients are clipped one by one, BatchNorm is refused, too little noise is called by its name."""

import math
import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from opacus.accountants import RDPAccountant

from core.lab.errors import InputError
from core.models.registry import build
from core.privacy.defences.dp_accounting import NO_GUARANTEE, Budget, epsilon_of, noise_for, plan
from core.privacy.defences.dp_sgd import poisson_batch, private_optimizer, private_routine, refuse_batch_norm
from core.training.config import TrainingConfig
from core.training.loop import Trainee, streams_of
from core.training.pool import make_pool
from core.training.workbench import make_workbench
from tests.privacy.defences.jobs import last_logits, make_job, patterns, run

BUDGET = Budget(4.0, 1e-4, 0.0, 0.2, 50, 100)


def accountant_epsilon(noise, rate, steps, delta):
    accountant = RDPAccountant()
    for _ in range(steps):
        accountant.step(noise_multiplier=noise, sample_rate=rate)
    return accountant.get_epsilon(delta)


@pytest.mark.parametrize("noise, rate, steps", [(1.0, 0.0625, 256), (2.5, 0.2, 50), (0.6, 0.01, 500)])
def test_epsilon_is_the_accountants_step_by_step(noise, rate, steps):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = accountant_epsilon(noise, rate, steps, 1e-4)
    assert epsilon_of(noise, sample_rate=rate, steps=steps, delta=1e-4) == pytest.approx(expected, rel=1e-12)


def test_whole_batches_are_the_gaussian_mechanism():
    """At rate 1 the Rényi divergence of order a is steps * a / (2 sigma^2); the best order is found here on a fine grid."""
    sigma, steps, delta = 20.0, 100, 1e-5
    orders = np.linspace(1.01, 200, 100_000)
    loose = steps * orders / (2 * sigma**2) + math.log(1 / delta) / (orders - 1)  # the classical conversion, an upper bound
    ours = epsilon_of(sigma, sample_rate=1.0, steps=steps, delta=delta)
    assert 0.7 * loose.min() < ours <= loose.min()


@pytest.mark.parametrize("epsilon", [1.0, 4.0, 10.0])
def test_noise_is_chosen_to_keep_epsilon(epsilon):
    noise = noise_for(epsilon, sample_rate=0.0625, steps=256, delta=1e-4)
    reached = epsilon_of(noise, sample_rate=0.0625, steps=256, delta=1e-4)
    assert epsilon - 0.02 <= reached <= epsilon
    assert epsilon_of(0.97 * noise, sample_rate=0.0625, steps=256, delta=1e-4) > epsilon


def test_more_noise_is_less_epsilon():
    sizes = [epsilon_of(noise, sample_rate=0.0625, steps=256, delta=1e-4) for noise in (0.5, 1.0, 2.0, 4.0)]
    assert sizes == sorted(sizes, reverse=True)
    assert epsilon_of(0.0, sample_rate=0.0625, steps=256, delta=1e-4) == math.inf


def planned(**changes):
    settings = {"epsilon": 4.0, "noise_multiplier": 0.0, "delta": 1e-4, "sample_rate": 0.2, "steps": 50, "n_members": 100}
    return plan(**settings | changes)


def test_the_noise_of_the_literature_guarantees_nothing():
    """Baselines of this literature use noise of .01, of which nothing follows; the words say so."""
    budget = planned(noise_multiplier=0.01)
    assert budget.epsilon > 1e5
    assert not budget.is_meaningful
    assert budget.words.startswith(NO_GUARANTEE)
    assert planned().is_meaningful
    assert planned().words == f"ε = {planned().epsilon:.3g} at δ = 0.0001"
    assert planned(delta=0.02).words.startswith(NO_GUARANTEE)  # two members in a hundred may be published
    assert Budget(math.inf, 1e-4, 0.0, 0.2, 50, 100).words == f"{NO_GUARANTEE} (without noise)"


@pytest.mark.parametrize("changes, words", [
    ({"delta": 0.0}, "an epsilon says nothing without a delta, got dp_delta = 0"),
    ({"delta": 1.0}, "dp_delta must lie strictly between 0 and 1, got 1"),
    ({"delta": -0.1}, "dp_delta must lie strictly between 0 and 1, got -0.1"),
    ({"noise_multiplier": -1.0}, "dp_noise_multiplier must be at least 0, got -1"),
    ({"epsilon": 0.0}, "epsilon must be positive, got 0"),
])
def test_wrong_settings_are_one_sentence(changes, words):
    with pytest.raises(InputError, match=words):
        planned(**changes)


@pytest.mark.parametrize("name", ["cnn", "resnet20"])
def test_batch_norm_is_refused(name):
    with pytest.raises(InputError, match=f"DP-SGD needs a network without BatchNorm, got {name}: choose cnn_groupnorm"):
        refuse_batch_norm(build(name, n_classes=4, image_shape=(1, 12, 12), width=4), name)
    with pytest.raises(InputError, match=f"DP-SGD needs a network without BatchNorm, got {name}"):
        make_job("dp_sgd", model=name)


@pytest.mark.parametrize("name", ["cnn_groupnorm", "mlp"])
def test_other_networks_are_taken(name):
    refuse_batch_norm(build(name, n_classes=4, image_shape=(1, 12, 12), width=4), name)


def small_network():
    torch.manual_seed(0)
    return build("cnn_groupnorm", n_classes=4, image_shape=(1, 12, 12), width=4)


def as_in_training(network):
    """Return the network with weights that lie channels last, as those of every training here do."""
    return make_workbench(network, torch.float32, "cpu")[0].network


@pytest.mark.parametrize("laid_out", [lambda network: network, as_in_training], ids=["channels first", "channels last"])
def test_a_step_without_noise_is_the_mean_of_clipped_gradients(laid_out):
    """Against one image at a time, clipped by hand."""
    config = TrainingConfig(model="cnn_groupnorm", width=4, momentum=0.0, weight_decay=0.0, learning_rate=1.0)
    x = torch.randn(20, 12, 12, 1, generator=torch.Generator().manual_seed(1)).movedim(-1, 1)
    labels = torch.arange(20) % 4
    network, reference = laid_out(small_network()), small_network()
    clipped = [torch.zeros_like(parameter) for parameter in reference.parameters()]
    for image, label in zip(x, labels, strict=True):
        gradients = torch.autograd.grad(F.cross_entropy(reference(image[None])[0], label[None]), list(reference.parameters()))
        norm = torch.cat([gradient.flatten() for gradient in gradients]).norm()
        for total, gradient in zip(clipped, gradients, strict=True):
            total += gradient * min(1.0, 0.5 / float(norm))
    before = [parameter.detach().clone() for parameter in network.parameters()]
    wrapped, optimizer = private_optimizer(network, config, BUDGET, 0.5, torch.Generator())
    optimizer.zero_grad()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        F.cross_entropy(wrapped(x)[0], labels).backward()
    optimizer.step()
    for old, new, total in zip(before, network.parameters(), clipped, strict=True):
        torch.testing.assert_close(old - new.detach(), total / 20, rtol=1e-3, atol=1e-6)


def test_noise_has_the_size_asked_for():
    config = TrainingConfig(model="cnn_groupnorm", width=4, momentum=0.0, weight_decay=0.0, learning_rate=1.0)
    network = small_network()
    before = torch.cat([parameter.detach().flatten().clone() for parameter in network.parameters()])
    budget = Budget(1.0, 1e-4, 2.0, 0.2, 50, 100)
    _, optimizer = private_optimizer(network, config, budget, 3.0, torch.Generator().manual_seed(0))
    for parameter in network.parameters():
        parameter.grad_sample = parameter.new_zeros((0, *parameter.shape))  # nobody was drawn
    optimizer.step()
    moved = torch.cat([parameter.detach().flatten() for parameter in network.parameters()]) - before
    assert float(moved.std()) == pytest.approx(2.0 * 3.0 / 20, rel=5 / math.sqrt(2 * len(moved)))


def test_batches_are_poisson_samples():
    data = patterns()
    pool = make_pool(data.x_train, data.y_train, TrainingConfig(), n_classes=4, device="cpu")
    rows = torch.arange(0, 400, 2)
    trainee = Trainee(None, None, pool, rows, TrainingConfig(), streams_of(0, 0), 0, 0)
    batches = [poisson_batch(trainee, 0.1) for _ in range(500)]
    sizes = np.array([len(indices) for indices, _ in batches])
    assert sizes.mean() == pytest.approx(20, abs=5 * math.sqrt(18 / 500))
    assert sizes.var() == pytest.approx(18, rel=5 * math.sqrt(2 / 500))
    for indices, images in batches[:5]:
        assert set(indices.tolist()) <= set(rows.tolist())
        assert torch.equal(images, pool.images[indices])


def test_defended_models_report_their_guarantee():
    defended, job = run("dp_sgd", 4.0, model="cnn_groupnorm", epochs=3, dp_delta=1e-3)
    (row,) = defended.evidence["epsilon"].to_dict("records")
    assert row["epsilon"] == pytest.approx(epsilon_of(row["noise_multiplier"], sample_rate=0.2, steps=15, delta=1e-3), rel=1e-9)
    assert row["epsilon"] <= 4.0
    assert row["steps"] == 15
    assert 0 <= row["epsilon_lower_bound"] <= row["epsilon"]
    assert row["words"] == f"ε = {row['epsilon']:.3g} at δ = 0.001"
    assert defended.training.model == job.training.model == "cnn_groupnorm"  # the plain models have the same normalisation
    again, _ = run("dp_sgd", 4.0, model="cnn_groupnorm", epochs=3, dp_delta=1e-3, threads=1, shelf=type(job.context.models)())
    np.testing.assert_array_equal(last_logits(again.models), last_logits(defended.models))


def test_a_clipping_norm_of_nothing_is_one_sentence():
    with pytest.raises(InputError, match="dp_max_grad_norm must be positive, got 0"):
        private_routine(BUDGET, max_grad_norm=0.0)
