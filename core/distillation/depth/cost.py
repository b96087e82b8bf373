"""What a step of every way of training multiplies, counted by running it; and how long one network trains for the package's cost."""

import math

import numpy as np

from core.distillation.depth.config import DepthConfig
from core.distillation.depths import sub_networks
from core.distillation.images import Images
from core.distillation.joint_training import Drops, sandwich_depths
from core.distillation.network_size import size_of
from core.distillation.sub_network import SubNetwork, macs_of
from core.models.blocks import BlockNet
from core.models.registry import build


def network_of(config: DepthConfig, images: Images, kind: str = "blocks") -> BlockNet:
    """Return a network of the study's shape with fresh weights; ``kind`` is one of ``core.models.names.BLOCKS``."""
    return build(f"{kind}:{'-'.join(map(str, config.per_stage))}", n_classes=images.n_classes, image_shape=images.shape,
                 width=config.width)


def step_macs(config: DepthConfig, images: Images) -> dict[str, float]:
    """Return the expected multiply-adds of a forward step on one image, by way of training; ``separate`` is the sum of all depths."""
    families = {family: sub_networks(config.per_stage, family, config.most_dropped) for family in ("a", "b")}
    plain, exits = network_of(config, images), network_of(config, images, "blocks_exits")
    alone = [macs_of(plain, SubNetwork(dropped), images.shape) for dropped in families["a"].values()]
    sandwich = {kind: {family: _sandwich(network_of(config, images, kind), drops, images) for family, drops in families.items()}
                for kind in ("blocks", "blocks_own")}
    chosen = sandwich[config.kind]
    return {"separate": float(sum(alone)), "random": float(np.mean(alone)), "sandwich": sandwich["blocks"]["a"],
            "sandwich-own": sandwich["blocks_own"]["a"], "sandwich-long": chosen["a"],
            "exits": float(macs_of(exits, SubNetwork(stage=len(config.per_stage) - 1), images.shape)),
            "package": alone[0] + chosen["a"] + chosen["b"], "no-leader": chosen["a"] + chosen["b"]}


def equal_epochs(config: DepthConfig, images: Images) -> int:
    """Return after how many epochs one network with the sandwich rule has multiplied as much as the package."""
    macs = step_macs(config, images)
    return math.ceil(config.epochs * macs["package"] / macs["sandwich-long"])


def _sandwich(network: BlockNet, drops: Drops, images: Images) -> float:
    """Return the cost of a step that trains full depth and those of ``sandwich_depths``, mean over what is drawn."""
    def cost(drawn: int) -> int:
        many = [frozenset(), *(drops[depth] for depth in sandwich_depths(drops, drawn))]
        return size_of(network, images.shape, call=lambda net, x: net.at_depths(x, many)).macs

    return float(np.mean([cost(drawn) for drawn in range(len(drops) - 1)]))
