"""What a sceptic asks to see beside the numbers: attribution on the mark, a check of the maps, the test of simplicity bias."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from core.data.dataset import ImageDataset
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.models.registry import build
from core.spurious.attribution import attribution_maps, mean_share_on_mark
from core.spurious.columns import table_of
from core.spurious.design import Design
from core.spurious.diffroar import LabelledMaps, diffroar
from core.spurious.networks import Network, training_config
from core.spurious.simplicity import farthest_pair, pair_up, simplicity_test

METHODS = ("integrated_gradients", "grad_cam")
MAPPED = ("clean", "none", "hardest", "oracle_hardest")  # networks whose maps can be looked at
N_EXPLAINED, N_RETRAINED, N_BLOCKS, N_SHOWN = 128, 1000, 500, 6
FRACTIONS = (0.1,)


@dataclass(frozen=True, eq=False)
class Maps:
    """Attribution of several networks: numbers, and maps to look at (see ``tables``)."""

    attribution: pd.DataFrame
    maps: pd.DataFrame
    arrays: np.ndarray


def methods_of(model: str) -> tuple[str, ...]:
    """Return the methods that a network can be explained by: Grad-CAM needs convolutions."""
    return METHODS[:1] if model.startswith("mlp") else METHODS


def explain(networks: Mapping[str, Network], design: Design, cued: np.ndarray, shown: Mapping[int, np.ndarray],
            context: Context) -> Maps:
    """Return how much attribution falls on the mark, for harmed-class test images that carry it.

    Args:
        networks: By name, see ``tables``.
        design: Images of the seed.
        cued: Harmed-class test images with the cue, uint8 (n, H, W, C).
        shown: Such images to draw maps of, (H, W, C) each, by their place in the table of examples.
        context: Device.
    """
    numbers, rows, arrays = [], [], []
    drawn = np.stack(list(shown.values())) if shown else np.zeros((0, *cued.shape[1:]), dtype=np.uint8)
    for name, network in networks.items():
        module = module_of(network, design, context.device)
        for method in methods_of(design.config.model):
            ask = {"method": method, "towards": design.biased, "against": design.harmed, "device": context.device}
            if design.area is not None:
                numbers.append({"model": name, "method": method, "area": float(design.area.mean()), "n_images": len(cued),
                                "share_on_mark": mean_share_on_mark(attribution_maps(module, cued, **ask), design.area)})
            if name in MAPPED and shown:
                arrays.append(attribution_maps(module, drawn, **ask))
                rows += [{"model": name, "method": method, "image": place} for place in shown]
    table = table_of("maps", rows)
    whole = np.concatenate(arrays) if arrays else np.zeros((0, *cued.shape[1:3]))
    return Maps(table_of("attribution", numbers), table, scaled_together(whole, table).astype(np.float32))


def scaled_together(maps: np.ndarray, table: pd.DataFrame) -> np.ndarray:
    """Return maps (rows of ``table``, H, W) with a largest absolute value of 1 over the networks of one image and method.

    Scaled one by one, the noise of a clean network would look as strong as a network that reads the mark.
    """
    scaled = np.zeros_like(maps, dtype=np.float64)
    for _, part in table.groupby(["method", "image"]):
        rows = part.index.to_numpy()
        scaled[rows] = maps[rows] / max(float(np.abs(maps[rows]).max()), 1e-12)
    return scaled


def module_of(network: Network, design: Design, device: str) -> torch.nn.Module:
    """Return the network as a module in evaluation mode; torch's global generator is left as it was."""
    _, height, width, channels = design.x.shape
    with torch.random.fork_rng(devices=[]):
        module = build(design.config.model, n_classes=design.n_classes, image_shape=(channels, height, width), width=design.config.width)
    module.load_state_dict(network.state)
    return module.to(device).eval()


def check_maps(network: Network, design: Design, images: np.ndarray, y: np.ndarray, context: Context) -> pd.DataFrame:
    """Return DiffROAR of the maps of one network on its training images (N, H, W, C) with labels (N,)."""
    module = module_of(network, design, context.device)
    train = generator(design.seed, "diffroar", "train").permutation(len(y))[:N_RETRAINED]
    test = generator(design.seed, "diffroar", "test").permutation(len(design.y_plain))[:N_RETRAINED]

    def with_maps(x: np.ndarray, labels: np.ndarray) -> LabelledMaps:
        maps = {method: attribution_maps(module, x, method=method, towards=design.biased, against=design.harmed, steps=8,
                                         device=context.device) for method in methods_of(design.config.model)}
        return LabelledMaps(x, labels, maps)
    return diffroar(with_maps(images[train], y[train]), with_maps(design.plain[test], design.y_plain[test]), training_config(design.config),
                    fractions=FRACTIONS, seed=design.seed, n_classes=design.n_classes, device=context.device, report=context.report,
                    processes=context.threads)


def simplicity(data: ImageDataset, design: Design, context: Context) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the two-block test and some stacked images; empty where the data has no second pair of classes.

    The complex block is the biased and the harmed class, the simple one the two other classes that are farthest apart.
    """
    config = design.config
    hard = (config.biased_class, config.harmed_class)
    simple = farthest_pair(data.x_train, data.y_train, without=hard)
    if simple is None or not np.isin((*simple, *hard), data.y_test).all():
        return table_of("simplicity", []), np.zeros((0, 2 * design.x.shape[1], *design.x.shape[2:]), dtype=np.uint8)
    blocks = [pair_up(x, y, simple=simple, hard=hard, n_per_class=N_BLOCKS, rng=generator(design.seed, "blocks", part))
              for part, x, y in (("train", data.x_train, data.y_train), ("test", data.x_test, data.y_test))]
    table = simplicity_test(*blocks, training_config(config), seed=design.seed, device=context.device, report=context.report,
                            processes=context.threads)
    stacked = blocks[1].stacked()
    return table, np.concatenate([stacked[blocks[1].y == label][:N_SHOWN // 2] for label in (0, 1)])
