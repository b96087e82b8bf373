"""Sampling and weights by hand, the penalty on group losses by hand, and further training of real networks."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from core.compression.calibration import calibrate
from core.compression.compressed_model import FloatModel, QuantPlan, float_network, network_of
from core.compression.group_penalty import STEPS_PER_UPDATE, GroupPenalty
from core.compression.quantise import compressed, plan_layers
from core.compression.retraining import Retraining, retraining_routine, trainable_weights
from core.compression.sampling import emphasis
from core.lab.errors import InputError
from core.training.images import to_input
from core.training.many import train_many
from tests.compression.networks import float_model
from tests.training.cases import CONFIG, squares

GROUPS = torch.tensor([0] * 6 + [1] * 3 + [2] * 1)


def test_balanced_draws_and_weights_by_hand():
    natural = emphasis(GROUPS, 3, balanced=False, weighted=False)
    assert (natural.draws, natural.losses.tolist()) == (None, [1.0, 1.0, 1.0])
    balanced = emphasis(GROUPS, 3, balanced=True, weighted=False)
    np.testing.assert_allclose(balanced.draws, [1 / 18] * 6 + [1 / 9] * 3 + [1 / 3])
    assert balanced.losses.tolist() == [1.0, 1.0, 1.0]
    weighted = emphasis(GROUPS, 3, balanced=False, weighted=True)
    assert weighted.draws is None
    np.testing.assert_allclose(weighted.losses, [10 / 18, 10 / 9, 10 / 3], rtol=1e-6)  # N / (G n_g)


def test_sampling_and_weights_together_count_the_correction_once():
    """What a group weighs in the end, draws times factor, is what either alone gives it: one third."""
    for balanced, weighted in ((True, False), (False, True), (True, True)):
        how = emphasis(GROUPS, 3, balanced=balanced, weighted=weighted)
        draws = torch.full((10,), 0.1, dtype=torch.double) if how.draws is None else how.draws
        weights = torch.zeros(3, dtype=torch.double).index_add(0, GROUPS, draws * how.losses[GROUPS])
        np.testing.assert_allclose(weights, [1 / 3] * 3, rtol=1e-6)


def test_a_group_without_samples_cannot_weigh_like_the_others():
    with pytest.raises(InputError, match=r"need a sample of every group, got none of group 1: lower the imbalance\.$"):
        emphasis(torch.tensor([0, 2]), 3, balanced=True, weighted=False)
    emphasis(torch.tensor([0, 2]), 3, balanced=False, weighted=False)


def test_the_penalty_by_hand():
    losses, groups = torch.tensor([1.0, 1.0, 4.0], requires_grad=True), torch.tensor([0, 0, 1])
    for form, moved in (("one_sided", [0.0, 1.0]), ("absolute", [0.5, 1.0])):
        penalty = GroupPenalty(3, 0.5, form)
        assert penalty.loss(losses, groups).item() == pytest.approx(2.0)  # no multiplier yet: the mean
        for _ in range(STEPS_PER_UPDATE - 1):
            penalty.loss(losses, groups)
        # J = 2, J_0 - J = -1, J_1 - J = 2; the third group was never seen
        assert penalty.multipliers.tolist() == [*moved, 0.0]
        wanted = 2.0 + moved[0] * 1.0 + moved[1] * 2.0 if form == "absolute" else (2.0 + moved[1] * 2.0) / (1.0 + moved[1])
        value = penalty.loss(losses, groups)
        assert value.item() == pytest.approx(wanted)
        losses.grad = None
        value.backward()
        # one-sided: J is held fixed, so only the worse group is pulled, by (1 / n + lambda / n_1) / (1 + lambda)
        if form == "one_sided":
            np.testing.assert_allclose(losses.grad, np.array([1 / 3, 1 / 3, 1 / 3 + 1.0]) / 2.0, rtol=1e-6)
    capped = GroupPenalty(2, 100.0)
    for _ in range(STEPS_PER_UPDATE):
        capped.loss(losses, groups)
    assert capped.multipliers.tolist() == [0.0, 10.0]


@pytest.mark.parametrize("seed", range(5))
def test_the_one_sided_penalty_never_pulls_harder_than_the_plain_loss(seed):
    rng = torch.Generator().manual_seed(seed)
    losses = torch.rand(16, generator=rng).requires_grad_()
    penalty = GroupPenalty(4, 0.1)
    penalty.multipliers = 10 * torch.rand(4, generator=rng)
    penalty.loss(losses, torch.randint(0, 4, (16,), generator=rng)).backward()
    assert (losses.grad >= 0).all()
    assert float(losses.grad.sum()) <= 1.0 + 1e-6  # that of the mean is 1


@pytest.fixture(scope="module")
def trained():
    """A learned problem with a long tail, its float network, and what further training makes of it in several arms."""
    x, y = squares(150)
    keep = np.concatenate([np.flatnonzero(y == label)[:n] for label, n in ((0, 44), (1, 24), (2, 6))])
    x, y = x[keep], y[keep]
    members = np.ones((1, len(y)), bool)
    config = CONFIG.replace(epochs=10)
    base = train_many(x, y, members, config, seed=0, n_classes=3)[0]
    architecture = float_model().architecture
    model = FloatModel(architecture, base.state)
    layers = plan_layers(QuantPlan(weight_bits=2, activation_bits=6), calibration := calibrate(model, torch.from_numpy(x), folded=True))
    arms = [Retraining("a", 0.02, layers), Retraining("a", 0.02, layers, balanced=True), Retraining("a", 0.02, layers, weighted=True),
            Retraining("a", 0.02), Retraining("a", 0.02, penalty_step=0.5), Retraining("a", 0.02, layers)]
    masks = [trainable_weights(architecture.build(), freeze_norms=place == 5) for place in range(len(arms))]
    starts = [calibration.reference if arm.layers else model.state for arm in arms]
    everyone = np.ones((len(arms), len(y)), bool)
    again = train_many(x, y, everyone, config.replace(epochs=4), seed=0, n_classes=3, starts=starts, trainable=masks,
                       routine=lambda trainee: retraining_routine(arms[trainee.index], y)(trainee))
    return x, y, model, calibration, layers, arms, again


def test_training_through_the_rounding_repairs_what_rounding_broke(trained):
    x, y, model, calibration, layers, _, again = trained
    labels, images = torch.from_numpy(y), to_input(torch.from_numpy(x))

    def loss(compressed_model):
        with torch.no_grad():
            return F.cross_entropy(network_of(compressed_model)(images)[0], labels).item()

    before = compressed(model.architecture, calibration.reference, calibration.reference, layers)
    after = compressed(model.architecture, again[0].state, calibration.reference, layers)
    assert loss(after) < 0.7 * loss(before)
    for path, layer in layers.items():
        assert all(len(channel.unique()) <= 3 for channel in after.state[f"{path}.weight"]), path
        assert layer.weight_bits == 2
    # the state that was trained is not rounded: it collects small steps
    assert not torch.equal(again[0].state["hidden.weight"], after.state["hidden.weight"])


def test_frozen_norms_keep_their_bits(trained):
    *_, calibration, _, _, again = trained
    norms = [name for name in calibration.reference if name.startswith(tuple(f"blocks.{block}.1." for block in range(3)))]
    assert len(norms) == 15
    for name in norms:
        assert torch.equal(again[5].state[name], calibration.reference[name])
    assert any(not torch.equal(again[0].state[name], calibration.reference[name]) for name in norms)


def test_emphasis_on_small_groups_lowers_their_loss(trained):
    x, y, model, calibration, layers, arms, again = trained
    labels, images = torch.from_numpy(y), to_input(torch.from_numpy(x))
    tail = []
    for arm, one in zip(arms, again, strict=True):
        network = network_of(compressed(model.architecture, one.state, calibration.reference, layers)) if arm.layers else float_network(
            FloatModel(model.architecture, one.state))
        with torch.no_grad():
            tail.append(F.cross_entropy(network(images)[0][labels == 2], labels[labels == 2]).item())
    plain, balanced, weighted, plain_float, held, _ = tail
    assert max(balanced, weighted) < plain
    assert held <= plain_float


def test_an_arm_does_not_depend_on_its_place_among_others(trained):
    x, y, model, _, _, arms, again = trained
    alone = train_many(
        x, y, np.ones((1, len(y)), bool), CONFIG.replace(epochs=4), seed=0, n_classes=3, starts=[model.state],
        trainable=[trainable_weights(model.architecture.build())], routine=retraining_routine(arms[3], y))[0]
    np.testing.assert_array_equal(alone.curves["train_loss"], again[3].curves["train_loss"])
    for name, value in alone.state.items():
        assert torch.equal(value, again[3].state[name])
