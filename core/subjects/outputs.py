"""Outputs of a classifier that somebody brings, without the classifier: ``npz:PATH`` or ``csv:PATH``. Imports no torch.

``read_outputs`` is the one reader: privacy, calibration, retraining and the scorecard take from it what they need.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data.files import named, read_whole
from core.lab.errors import InputError
from core.subjects.output_checks import checked
from core.subjects.output_files import MOST_BYTES, WHAT, from_csv, from_npz

EXAMPLE = "example"
PREFIXES = ("npz:", "csv:")


@dataclass(frozen=True, eq=False)
class GivenOutputs:
    """Outputs of one classifier, checked; what the file does not hold is None.

    Attributes:
        logits: (N, C) float64. Probabilities come in as their logarithms, each row moved to a mean of zero.
        y: Right class of each row (N,) int64.
        given: ``logits`` or ``probabilities``, as the file has them.
        fingerprint: Hash of the file.
        notes: How it was read, a clause each.
        members: Whether each row was trained on (N,) bool.
        group: Index of each row's group (N,).
        reference_logits: What K other models say of the same rows (K, N, C).
        reference_members: Whether model k was trained on row i (K, N) bool.
        shifted_logits: (M, C) where data has drifted.
        shifted_y: Their classes (M,).
        shifted_group: Their groups (M,).
        group_names: Names of the groups of both places; empty where none are told.
        features: (N, D) of any layer.
        shifted_features: (M, D) of the same layer.
        copies_right: Whether a model that was asked again is right on changed copies (N, Q) bool.
    """

    logits: np.ndarray
    y: np.ndarray
    given: str
    fingerprint: str
    notes: tuple[str, ...] = ()
    members: np.ndarray | None = None
    group: np.ndarray | None = None
    reference_logits: np.ndarray | None = None
    reference_members: np.ndarray | None = None
    shifted_logits: np.ndarray | None = None
    shifted_y: np.ndarray | None = None
    shifted_group: np.ndarray | None = None
    group_names: tuple[str, ...] = ()
    features: np.ndarray | None = None
    shifted_features: np.ndarray | None = None
    copies_right: np.ndarray | None = None

    @property
    def words(self) -> str:
        """Return what there is, in words."""
        n, c = self.logits.shape
        parts = [f"{n:,} rows of {c} classes, as {self.given}"]
        if self.members is not None:
            parts.append(f"{int(self.members.sum()):,} of them members")
        if self.reference_logits is not None:
            parts.append(f"{len(self.reference_logits)} reference models")
        if self.shifted_logits is not None:
            parts.append(f"{len(self.shifted_logits):,} shifted rows")
        if self.group_names:
            parts.append(f"{len(self.group_names)} groups")
        if self.features is not None:
            parts.append(f"{self.features.shape[1]} features")
        return ", ".join(parts)


def check_outputs_source(text: str) -> None:
    """Refuse a text that names no outputs; whether the file exists is not looked at.

    Raises:
        InputError: One sentence.
    """
    if text == EXAMPLE or (text.startswith(PREFIXES) and text[4:].strip() and "\0" not in text):
        return
    raise InputError(f"outputs must be {EXAMPLE}, npz:PATH or csv:PATH, got {text[:200]!r}.")


def read_outputs(source: str) -> GivenOutputs:
    """Return the outputs that ``npz:PATH`` or ``csv:PATH`` names, checked.

    Raises:
        InputError: If the file is missing, damaged, or breaks a rule.
    """
    check_outputs_source(source)
    return read_outputs_file(named(source[4:], WHAT), is_csv=source.startswith("csv:"))


def read_outputs_file(path: Path, *, is_csv: bool = False) -> GivenOutputs:
    """Return the outputs in a file, checked; see ``read_outputs``."""
    content = read_whole(path, WHAT, MOST_BYTES)
    found = hashlib.blake2b(content, digest_size=32).hexdigest()
    arrays, notes = from_csv(content, path) if is_csv else from_npz(content)
    fields = checked(arrays, notes)
    return GivenOutputs(**fields, notes=tuple(notes), fingerprint=found)
