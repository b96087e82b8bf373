"""Orders of removal, networks with blocks left out, and the joint losses, against plain spellings."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from core.distillation.depths import removal_order, sub_networks
from core.distillation.joint_training import Terms, every_exit, fixed_depth, package, random_depth, sandwich
from core.distillation.network_size import size_of
from core.distillation.sub_network import SubNetwork, logits_of, macs_of, member_state, recalibrated
from core.models.registry import build

SHAPE, DROPS = (1, 16, 16), sub_networks((2, 2, 2), "a", 3)
TERMS = Terms(guidance=0.5, mutual=0.25, down=0.7, temperature=2.0)


def network(kind="blocks"):
    torch.manual_seed(0)
    return build(f"{kind}:2-2-2", n_classes=5, image_shape=SHAPE, width=4)


def batch():
    generator = torch.Generator().manual_seed(1)
    return torch.randn(6, *SHAPE, generator=generator), torch.randint(0, 5, (6,), generator=generator)


def dice():
    return np.random.Generator(np.random.PCG64(0))


def kl(teacher, student, temperature=2.0):
    p = F.softmax(teacher / temperature, 1)
    return float((p * (p.log() - F.log_softmax(student / temperature, 1))).sum(1).mean()) * temperature**2


def test_orders_keep_the_first_block_of_every_stage():
    for family in ("a", "b"):
        order = removal_order((3, 3, 3), family)
        assert sorted(order) == [1, 2, 4, 5, 7, 8]
    assert removal_order((4, 2), "b") == (5, 2, 1, 3) or removal_order((4, 2), "b") == (5, 2, 3, 1)
    drops = sub_networks((3, 3, 3), "a", 6)
    assert list(drops) == [9, 8, 7, 6, 5, 4, 3]
    assert all(len(dropped) == 9 - depth for depth, dropped in drops.items())


def test_full_depth_is_the_plain_network_and_a_dropped_block_is_the_identity():
    net, (x, _) = network().eval(), batch()
    torch.testing.assert_close(net(x, ())[0], net(x)[0])
    cut = copy.deepcopy(net)
    cut.blocks[1] = nn.Identity()
    torch.testing.assert_close(net(x, {1})[0], cut(x)[0])
    for dropped in DROPS.values():
        assert net(x, dropped)[0].shape == (6, 5)


def test_every_exit_is_until_each_stage_and_the_last_is_the_plain_answer():
    net, (x, y) = network("blocks_exits").eval(), batch()
    found = net.every_exit(x)
    for stage, logits in enumerate(found):
        torch.testing.assert_close(net.until(x, stage), logits)
    torch.testing.assert_close(found[-1], net(x)[0])
    value, logits = every_exit(net, x, y, dice())
    assert float(value) == pytest.approx(np.mean([float(F.cross_entropy(one, y)) for one in found]))
    assert logits is found[-1] or torch.equal(logits, found[-1])


def test_what_depths_do_alike_runs_once_and_moves_nothing():
    net, (x, y) = network(), batch()
    many = [frozenset(), *DROPS.values()]
    alone = copy.deepcopy(net)
    expected = [alone(x, dropped)[0] for dropped in many]
    found = net.at_depths(x, many)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)
    for logits in (found, expected):
        torch.stack([F.cross_entropy(one, y) for one in logits]).sum().backward()
    for name, parameter in net.named_parameters():
        torch.testing.assert_close(parameter.grad, alone.get_parameter(name).grad, rtol=1e-4, atol=1e-6, msg=name)
    once = size_of(net, SHAPE, call=lambda it, images: it.at_depths(images, many)).macs
    assert once == size_of(net, SHAPE, call=lambda it, images: it.at_depths(images, [*many, *many])).macs
    assert macs_of(net, SubNetwork(), SHAPE) < once < sum(macs_of(net, SubNetwork(dropped), SHAPE) for dropped in many)


def test_own_norms_begin_alike_and_part_by_depth():
    own, plain, (x, y) = network("blocks_own"), network(), batch()
    assert all(torch.equal(own.state_dict()[name], value) for name, value in plain.state_dict().items() if "norm" not in name
               and "shortcut.1" not in name)
    for logits, dropped in zip(own.at_depths(x, list(DROPS.values())), DROPS.values(), strict=True):
        torch.testing.assert_close(logits, plain(x, dropped)[0])
    own.zero_grad()
    F.cross_entropy(own(x, DROPS[4])[0], y).backward()
    moved = {name for name, parameter in own.named_parameters() if parameter.grad is not None}
    assert {name for name in moved if "norms" in name} == {name for name in moved if ".norms.2." in name} != set()
    trio = network("blocks_trio_own")
    assert trio.second.own_norms
    assert not trio.leader.own_norms


def sub_losses(net, x, y, drops, terms):
    """The sandwich rule spelled out: smallest, one drawn (here: the dice's first), one block fewer than full."""
    full, depths, rolled = net(x)[0], sorted(drops)[:-1], dice()
    chosen = {depths[0], depths[-1], depths[int(rolled.integers(len(depths)))]}
    values = [terms.down * kl(full, net(x, drops[depth])[0]) + (1 - terms.down) * float(F.cross_entropy(net(x, drops[depth])[0], y))
              for depth in chosen]
    return float(np.mean(values))


def test_sandwich_is_full_depth_and_the_mean_of_three():
    net, (x, y) = network().eval(), batch()
    value, logits = sandwich(DROPS, TERMS)(net, x, y, dice())
    torch.testing.assert_close(logits, net(x)[0])
    expected = (float(F.cross_entropy(net(x)[0], y)) + sub_losses(net, x, y, DROPS, TERMS)) / 2
    assert float(value) == pytest.approx(expected, rel=1e-5)


def test_package_is_leader_teammates_guidance_and_exchange():
    trio, (x, y) = network("blocks_trio").eval(), batch()
    drops = {depth: DROPS[depth] for depth in (6, 5)}  # one sub-network each, so that nothing is drawn
    value, _ = package(drops, drops, TERMS)(trio, x, y, dice())
    leader, first, second = (net(x)[0] for net in (trio.leader, trio.first, trio.second))
    expected = float(F.cross_entropy(leader, y))
    for net, own, other in ((trio.first, first, second), (trio.second, second, first)):
        parts = float(F.cross_entropy(own, y)) + 0.5 * kl(leader, own) + 0.25 * kl(other, own) + sub_losses(net, x, y, drops, TERMS)
        expected += parts / 2.75
    assert float(value) == pytest.approx(expected, rel=1e-5)


def test_switched_off_parts_leave_no_gradient():
    trio, (x, y) = network("blocks_trio"), batch()
    package(DROPS, DROPS, Terms(0.0, 0.0, 0.0, 1.0))(trio, x, y, dice())[0].backward()
    assert all(parameter.grad is None for parameter in trio.leader.parameters())
    assert trio.first.head.weight.grad.abs().max() > 0
    trio.zero_grad(set_to_none=True)
    package(DROPS, DROPS, TERMS)(trio, x, y, dice())[0].backward()
    torch.testing.assert_close(  # nobody's teacher is taught by its pupils
        trio.leader.head.weight.grad, torch.autograd.grad(F.cross_entropy(trio.leader(x)[0], y), trio.leader.head.weight)[0],
        rtol=1e-3, atol=1e-4)


def test_fixed_and_random_depths():
    net, (x, y) = network().eval(), batch()
    assert float(fixed_depth(frozenset({1}))(net, x, y, dice())[0]) == pytest.approx(float(F.cross_entropy(net(x, {1})[0], y)))
    seen = {round(float(random_depth(DROPS)(net, x, y, rolled)[0]), 5) for rolled in [dice()] * 20}
    assert seen <= {round(float(F.cross_entropy(net(x, dropped)[0], y)), 5) for dropped in DROPS.values()}
    assert len(seen) > 1


def test_recalibration_moves_statistics_alone_and_mends_a_cut_network():
    net = network()
    images = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (128, 16, 16, 1), dtype=np.uint8)
    sub = SubNetwork(frozenset({1, 3}))
    fresh = recalibrated(net, sub, images)
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), fresh.parameters(), strict=True))
    x = (torch.from_numpy(images).float() / 255 - 0.5) / 0.25
    fresh_stem = fresh.stem(x.movedim(-1, 1))
    torch.testing.assert_close(fresh.stem_norm.running_mean, fresh_stem.mean((0, 2, 3)).detach(), rtol=1e-3, atol=1e-4)
    assert logits_of(fresh, sub, images).shape == (128, 5)


def test_multiply_adds_by_hand_and_less_without_blocks():
    layers = nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), nn.Flatten(), nn.Linear(3 * 16, 5))
    assert size_of(layers, (1, 4, 4)).macs == 27 * 16 + 48 * 5
    net = network()
    macs = [macs_of(net, SubNetwork(dropped), SHAPE) for dropped in DROPS.values()]
    assert macs == sorted(macs, reverse=True)
    block = 2 * 9 * 16 * 16  # of the last stage: 16 channels on 2 x 2 pixels
    assert macs[0] - macs[1] == block * 2 * 2


def test_a_member_of_the_trio_is_a_network_of_its_own():
    trio, (x, _) = network("blocks_trio").eval(), batch()
    alone = network().eval()
    alone.load_state_dict(member_state(trio.state_dict(), "second"))
    torch.testing.assert_close(alone(x)[0], trio.second(x)[0])
