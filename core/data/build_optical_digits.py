"""Build the bundled optical digits from the file that scikit-learn ships.

    python -m core.data.build_optical_digits .../sklearn/datasets/data/digits.csv.gz

The same file gives the same arrays.
"""

import gzip
import hashlib
import io
import json
import sys
from pathlib import Path

import numpy as np

from core.data.building import command
from core.data.bundled import array_hash, combined_hash
from core.data.optical_digits import ARRAYS, FOLDER
from core.lab.errors import InputError

FILE = "digits.csv.gz"
CHECKSUM = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"  # SHA-256 of the file in scikit-learn 1.9.1
LICENCE = """Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, 1998.
UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, under the Creative Commons Attribution 4.0 International licence
(CC BY 4.0, https://creativecommons.org/licenses/by/4.0/). Taken from scikit-learn 1.9.1, which ships the test part of it
(BSD 3-Clause, the scikit-learn developers). Changed: stored as unsigned bytes in one file; nothing else.
"""


def build(path: Path, folder: Path = FOLDER) -> dict:
    """Write the digits, their licence and their manifest into ``folder`` and return the manifest.

    Raises:
        InputError: If the file is missing or differs from its checksum.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{FILE} must be a readable file, got {path} ({error.strerror}): it lies in scikit-learn.") from None
    found = hashlib.sha256(content).hexdigest()
    if found != CHECKSUM:
        raise InputError(f"{FILE} must have SHA-256 {CHECKSUM}, got {found}: take it from scikit-learn 1.9.1.")
    rows = np.loadtxt(io.BytesIO(gzip.decompress(content)), delimiter=",").astype(np.uint8)
    arrays = {"images": rows[:, :-1].reshape(-1, 8, 8), "y": rows[:, -1]}
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "optical_digits.npz", **arrays)
    (folder / "LICENSE").write_text(LICENCE, encoding="utf-8")
    hashes = {name: array_hash(arrays[name]) for name in ARRAYS}
    manifest = {
        "title": "Optical digits: 1,797 handwritten digits of 8 x 8 greys",
        "source": "UCI Machine Learning Repository, doi 10.24432/C50P49, test part, as in scikit-learn 1.9.1",
        "licence": "CC BY 4.0, E. Alpaydin and C. Kaynak",
        "file": "optical_digits.npz",
        "originals_sha256": {FILE: CHECKSUM},
        "arrays": hashes,
        "fingerprint": combined_hash(hashes, ARRAYS),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def main(arguments: list[str]) -> int:
    """Build from the file named on the command line; return the exit status."""
    return command(arguments, build, "the file of digits")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
