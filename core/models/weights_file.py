"""Weights as safetensors: names, shapes and faults, read without torch; and the prefixes that wrappers leave before names.

A tensor's name in a message is cut to letters, digits, dots and dashes.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data.files import check_regular
from core.lab.errors import InputError

WHAT = "a file of weights"
MOST_BYTES, MOST_HEADER = 8 * 2**30, 64 * 2**20
PREFIXES = ("module.", "_orig_mod.", "model.", "network.", "net.", "backbone.model.")
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
          "F8_E4M3": "u1", "F8_E5M2": "u1", "BOOL": "?"}
PICKLED = (".pt", ".pth", ".tar", ".ckpt", ".bin", ".pkl", ".torchscript")


@dataclass(frozen=True)
class Header:
    """What a file of weights says of itself.

    Attributes:
        shapes: Shape of each tensor by its name in the file.
        plain: Its name without what wrappers put before it, by its name in the file.
        spans: First and last byte of each.
        dtypes: NumPy's type of each; bfloat16 comes as whole numbers of two bytes.
        start: Where the tensors begin.
        is_brain: Names of bfloat16 tensors.
    """

    shapes: dict[str, tuple[int, ...]]
    plain: dict[str, str]
    spans: dict[str, tuple[int, int]]
    dtypes: dict[str, str]
    start: int
    is_brain: frozenset[str]


def read_header(path: Path, most_bytes: int = MOST_BYTES) -> Header:
    """Return what the header of a safetensors file says, compared with the length of the file.

    Raises:
        InputError: If there is no such file, it is another kind of file, or it was cut.
    """
    if path.suffix.lower() in PICKLED:
        raise InputError(f"{WHAT} must be safetensors, since nothing here is unpickled, got {path}: run python -m core convert {path.name} "
                         f"{path.stem.partition('.')[0]}.safetensors first.")
    check_regular(path, WHAT, most_bytes)
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(MOST_HEADER, size - 8):
                raise ValueError
            told = json.loads(file.read(length))
        told.pop("__metadata__", None)
        spans = {name: tuple(map(int, one["data_offsets"])) for name, one in told.items()}
        shapes = {name: tuple(map(int, one["shape"])) for name, one in told.items()}
        dtypes = {name: DTYPES[one["dtype"]] for name, one in told.items()}
        brain = frozenset(name for name, one in told.items() if one["dtype"] == "BF16")
    except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError):
        raise InputError(f"{WHAT} must be safetensors that is whole, got {path} whose header cannot be read: save it again.") from None
    if not told:
        raise InputError(f"{WHAT} must hold tensors, got none in {path}: save the network's state.")
    end = 8 + length + max(last for _, last in spans.values())
    if end != size:
        raise InputError(f"{WHAT} must be whole, got {path} of {size:,} bytes where its header asks for {end:,}: it was cut, so copy it "
                         "again.")
    return Header(shapes, _stripped(list(told)), spans, dtypes, 8 + length, brain)


def _stripped(names: list[str]) -> dict[str, str]:
    """Return each name without the prefixes that all names share."""
    plain = {name: name for name in names}
    while prefix := next((one for one in PREFIXES if all(name.startswith(one) for name in plain.values())), None):
        plain = {name: short.removeprefix(prefix) for name, short in plain.items()}
    return plain


def check_finite(path: Path, header: Header) -> None:
    """Refuse weights that are not finite, and name the tensor.

    Raises:
        InputError: If a value is NaN or infinite.
    """
    content = np.memmap(path, dtype=np.uint8, mode="r")
    for name, (first, last) in header.spans.items():
        if header.dtypes[name][-2] not in "fu" or (header.dtypes[name] == "<u2" and name not in header.is_brain):
            continue
        values = content[header.start + first:header.start + last]
        try:
            values = values.view(header.dtypes[name])
        except ValueError:
            raise InputError(f"{WHAT} must be whole, got {path} in which {shown(name)} has a wrong length: save it again.") from None
        # the exponent of a bfloat16 that is NaN or infinite has every bit set
        n_bad = int(((values & 0x7F80) == 0x7F80).sum()) if name in header.is_brain else int((~np.isfinite(values)).sum())
        if n_bad:
            raise InputError(f"every weight must be finite, got {n_bad:,} values that are NaN or infinite in {shown(name)}: take a "
                             "checkpoint from before training diverged.")


def shown(name: str) -> str:
    """Return a tensor's name as a message may show it."""
    return re.sub(r"[^\w.-]", "?", name)[:80]
