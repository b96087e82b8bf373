"""How many bytes a compressed network takes in storage."""

from core.compression.compressed_model import CompressedModel
from core.compression.points import FLOAT_BITS

FLOAT_BYTES = 4


def size_bytes(model: CompressedModel) -> float:
    """Return the bytes of a network's weights, norms and grids.

    The weights of a layer take their width each, and 4 bytes per step of the grid where they are quantised, as do the two ends
    of a grid of activations; everything else is float32. A pruned tensor is stored as its remaining entries beside one bit per
    place, or in full where that is smaller.
    """
    bits = {f"{report.layer}.weight": report.weight_bits for report in model.layers}
    n_steps = sum(report.n_steps for report in model.layers)
    total = float(FLOAT_BYTES * (n_steps + 2 * len(model.activations)))
    for name, value in model.state.items():
        if not value.is_floating_point():
            continue  # BatchNorm's count of batches plays no part in inference
        n_kept = None if model.kept is None or name not in model.kept else int(model.kept[name].sum())
        total += _tensor_bytes(value.numel(), bits.get(name, FLOAT_BITS), n_kept)
    return total


def _tensor_bytes(n: int, bits: int, n_kept: int | None) -> float:
    full = n * bits / 8
    return full if n_kept is None else min(full, n_kept * bits / 8 + n / 8)
