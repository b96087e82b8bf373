"""Small models and data whose right answers are known: a class is a bright band of rows, and a model looks where the light is."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE, CLASSES = 12, 3


def images(n: int, *, channels: int = 1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % CLASSES
    x = rng.integers(0, 160, (n, SIDE, SIDE, channels), dtype=np.uint8)
    for k in range(CLASSES):
        x[y == k, 4 * k:4 * k + 4] += 70
    return x, y


def data_file(folder: Path, *, channels: int = 1, n: int = 300) -> str:
    (x, y), (xt, yt) = images(n, channels=channels), images(n // 2, channels=channels, seed=1)
    np.savez(folder / "data.npz", x_train=x, y_train=y, x_test=xt, y_test=yt, group_train=np.arange(n) % 2,
             group_test=np.arange(n // 2) % 2)
    return f"npz:{folder / 'data.npz'}"


def onnx_file(folder: Path, *, channels: int = 1, batch: int | None = None, channels_last: bool = False, kind: int = TensorProto.FLOAT,
              probs: bool = False, spoilt: bool = False, side: int = SIDE, name: str = "model.onnx") -> str:
    """Write a linear model that adds up each band of rows and subtracts the mean light."""
    shape = [batch or "n", side, side, channels] if channels_last else [batch or "n", channels, side, side]
    band = np.zeros((CLASSES, side, side), np.float32)
    for k in range(CLASSES):
        band[k, k * side // 3:(k + 1) * side // 3] = 1
    band = (band - band.mean(axis=0)) / side
    weight = np.repeat(band[..., None], channels, -1) if channels_last else np.repeat(band[:, None], channels, 1)
    weight = weight.reshape(CLASSES, -1).astype(np.float32)
    if spoilt:
        weight[0, 0] = np.nan
    nodes = [helper.make_node("Cast", ["x"], ["f"], to=TensorProto.FLOAT), helper.make_node("Flatten", ["f"], ["flat"]),
             helper.make_node("Gemm", ["flat", "w"], ["logits"], transB=1)]
    nodes += [helper.make_node("Softmax", ["logits"], ["p"])] if probs else []
    out = "p" if probs else "logits"
    graph = helper.make_graph(nodes, "bands", [helper.make_tensor_value_info("x", kind, shape)],
                              [helper.make_tensor_value_info(out, TensorProto.FLOAT, [batch or "n", CLASSES])],
                              [numpy_helper.from_array(weight, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, folder / name)
    return f"onnx:{folder / name}"
