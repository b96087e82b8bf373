"""Arrays that ship with the repository: an npz file beside a manifest with one hash per array."""

import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from core.lab.errors import InputError


def array_hash(array: np.ndarray) -> str:
    """Return the hash of an array's dtype, shape and bytes."""
    digest = hashlib.blake2b(f"{array.dtype.str} {array.shape}".encode(), digest_size=32)
    digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


def combined_hash(hashes: Mapping[str, str], names: Sequence[str]) -> str:
    """Return one hash of the named arrays' hashes, in the order of ``names``."""
    return hashlib.blake2b("\n".join(f"{name} {hashes[name]}" for name in names).encode(), digest_size=32).hexdigest()


def checked_manifest(folder: Path, names: Sequence[str], title: str) -> dict:
    """Return the manifest in a folder of assets, its fingerprint compared with the hashes of its arrays.

    Raises:
        InputError: If it is missing or damaged.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        hashes = {name: str(manifest["arrays"][name]) for name in names}
        if manifest["fingerprint"] != combined_hash(hashes, names):
            raise ValueError("its fingerprint is not that of its arrays")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"the manifest of the bundled {title} must be whole, got {error}: {_remedy(folder)}.") from None
    return manifest


def checked_arrays(folder: Path, manifest: Mapping, names: Sequence[str], title: str) -> dict[str, np.ndarray]:
    """Return the named arrays, each compared with its hash.

    Raises:
        InputError: If the file is missing, unreadable, or an array differs.
    """
    try:
        with np.load(folder / manifest["file"], allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in names}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        raise InputError(f"the bundled {title} must be readable, got {error}: {_remedy(folder)}.") from None
    for name, array in arrays.items():
        if array_hash(array) != manifest["arrays"][name]:
            raise InputError(f"the bundled {title} must match its checksums, but {name} differs: {_remedy(folder)}.")
    return arrays


def _remedy(folder: Path) -> str:
    return f"restore assets/{folder.name} from the repository"
