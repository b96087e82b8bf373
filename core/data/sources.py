"""Data sets by the text that names them: ``fashion-mnist``, ``digits``, ``adult``, ``cifar10``, ``npz:PATH``, ``folder:PATH``, ..."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.data.adult import load_adult, read_adult_manifest
from core.data.csv_source import csv_fingerprint, load_csv
from core.data.dataset import ImageDataset
from core.data.digit_sums import load_digit_sums, sums_fingerprint
from core.data.digits import load_digits, read_digits_manifest
from core.data.fashion_mnist import load_fashion_mnist, read_manifest
from core.data.files import named
from core.data.folder import folder_fingerprint, load_folder
from core.data.npz import load_npz, npz_fingerprint
from core.data.torchvision_sets import SETS, is_here, load_torchvision, torchvision_fingerprint
from core.lab.errors import InputError

BUNDLED = "fashion-mnist"
CENSUS = "adult"
DIGITS = "digits"
SUMS = "digit-sums"
NAMES = (BUNDLED, DIGITS, SUMS, CENSUS, *SETS)
PREFIXES = ("npz:", "folder:")
TABLE_PREFIX = "csv:"


@dataclass(frozen=True)
class SourceStatus:
    """Whether one named data set can be used right now.

    Attributes:
        source: Its name.
        title: Its name on screen.
        available: Whether its files are here.
        remedy: What to do where they are not; empty otherwise.
    """

    source: str
    title: str
    available: bool
    remedy: str


def check_source(text: str) -> None:
    """Refuse a text that names no data set; whether its files exist is not looked at.

    Raises:
        InputError: If ``text`` is neither a known name nor ``npz:PATH``, ``folder:PATH`` or ``csv:PATH``.
    """
    if text in NAMES:
        return
    if text.startswith((*PREFIXES, TABLE_PREFIX)) and text.partition(":")[2].strip() and "\0" not in text:
        return
    raise InputError(f"dataset must be one of {', '.join(NAMES)}, npz:PATH, folder:PATH or csv:PATH, got {text!r}.")


def fingerprint(source: str) -> str:
    """Return the hash of a source's content, equal to ``load(source).fingerprint``. Missing torchvision sets are downloaded.

    Raises:
        InputError: If the source is missing.
    """
    check_source(source)
    if source == BUNDLED:
        return read_manifest()["fingerprint"]
    if source == CENSUS:
        return read_adult_manifest()["fingerprint"]
    if source == DIGITS:
        return read_digits_manifest()["fingerprint"]
    if source == SUMS:
        return sums_fingerprint()
    if source in SETS:
        return torchvision_fingerprint(source)
    if source.startswith(TABLE_PREFIX):
        return csv_fingerprint(source)
    return npz_fingerprint(_path(source)) if source.startswith("npz:") else folder_fingerprint(_path(source))


def load(source: str) -> ImageDataset:
    """Return the data set that ``source`` names, checked.

    Raises:
        InputError: If it is missing or breaks a rule.
    """
    check_source(source)
    if source == BUNDLED:
        return load_fashion_mnist()
    if source == CENSUS:
        return load_adult()
    if source == DIGITS:
        return load_digits()
    if source == SUMS:
        return load_digit_sums()
    if source in SETS:
        return load_torchvision(source)
    if source.startswith(TABLE_PREFIX):
        return load_csv(source)
    return load_npz(_path(source)) if source.startswith("npz:") else load_folder(_path(source))


def at_hand() -> list[SourceStatus]:
    """Return the status of every named data set, without reading or downloading any."""
    statuses = [
        _bundled_status(BUNDLED, "Fashion-MNIST", read_manifest), _bundled_status(DIGITS, "Handwritten digits", read_digits_manifest),
        _bundled_status(SUMS, "Sums of two digits", read_digits_manifest), _bundled_status(CENSUS, "Adult census", read_adult_manifest)]
    for source, details in SETS.items():
        here = is_here(source)
        remedy = (
            ""
            if here
            else (
                f"Run once with a network and dataset={source}, or put torchvision's "
                f"{details.files[0].split('/')[0]} into the folder that GLASSHOUSE_DATA names."
            )
        )
        statuses.append(SourceStatus(source, details.title, here, remedy))
    return statuses


def _bundled_status(source: str, title: str, read: Callable[[], dict]) -> SourceStatus:
    try:
        read()
    except InputError as error:
        return SourceStatus(source, title, False, str(error))
    return SourceStatus(source, title, True, "")


def _path(source: str) -> Path:
    return named(source.partition(":")[2], "a data set")
