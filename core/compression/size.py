"""How many bytes a compressed network takes in storage."""

from collections.abc import Mapping

from core.compression.record import CompressedModel
from core.compression.settings import FLOAT_BITS

FLOAT_BYTES = 4


def size_bytes(model: CompressedModel, *, per_channel: bool = True) -> float:
    """Return the bytes of a network's weights, norms and grids.

    The weights of a layer take their width each, and 4 bytes per step of the grid where they are quantised, as do the two ends
    of a grid of activations; everything else is float32. A pruned tensor is stored as its remaining entries beside one bit per
    place, or in full where that is smaller.

    Args:
        model: The network.
        per_channel: Whether each output channel has a step of its own.
    """
    bits = {f"{report.layer}.weight": report.weight_bits for report in model.layers}
    total = 2.0 * FLOAT_BYTES * len(model.activations)
    for name, value in model.state.items():
        if not value.is_floating_point():
            continue  # BatchNorm's count of batches plays no part in inference
        width = bits.get(name, FLOAT_BITS)
        n_kept = None if model.kept is None or name not in model.kept else int(model.kept[name].sum())
        total += _tensor_bytes(value.numel(), width, n_kept)
        if width != FLOAT_BITS:
            total += FLOAT_BYTES * (len(value) if per_channel else 1)
    return total


def _tensor_bytes(n: int, bits: int, n_kept: int | None) -> float:
    full = n * bits / 8
    return full if n_kept is None else min(full, n_kept * bits / 8 + n / 8)


def weight_bytes(counts: Mapping[str, int], bits: Mapping[str, int]) -> float:
    """Return the bytes of the codes of weights alone, from number of weights and width by layer."""
    return sum(counts[path] * bits[path] / 8 for path in counts)
