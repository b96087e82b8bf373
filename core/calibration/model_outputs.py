"""What a classifier said at home and away, as arrays that somebody brings: checked, and dealt into parts. Imports no torch."""

from dataclasses import dataclass

import numpy as np

from core.lab.errors import InputError
from core.subjects.outputs import GivenOutputs

FEWEST = 20  # rows of a part: half of those at home are fitted, and sets of 90% need nine


@dataclass(frozen=True, eq=False)
class Outputs:
    """Outputs of one classifier.

    Attributes:
        home: Logits (N, C) float64 where nothing has drifted.
        y: Their classes (N,).
        shifted: Logits (M, C) where it has.
        shifted_y: Their classes (M,).
        group: Index of each shifted row's group (M,); zeros where none are told.
        group_names: Names of the groups; one, ``all``, where none are told.
        given: ``logits`` or ``probabilities``: the second come in as their logarithms, each row moved to a mean of zero.
        fingerprint: Hash of the file.
    """

    home: np.ndarray
    y: np.ndarray
    shifted: np.ndarray
    shifted_y: np.ndarray
    group: np.ndarray
    group_names: tuple[str, ...]
    given: str
    fingerprint: str

    def part(self, number: int, parts: int, rng: np.random.Generator) -> "Outputs":
        """Return one of several disjoint random parts; every part of one generator's state belongs to the same deal.

        Raises:
            InputError: If a part would hold too few rows.
        """
        check_parts(self, parts)
        rows = [np.sort(rng.permutation(len(y))[number::parts]) for y in (self.y, self.shifted_y)]
        return Outputs(self.home[rows[0]], self.y[rows[0]], self.shifted[rows[1]], self.shifted_y[rows[1]], self.group[rows[1]],
                       self.group_names, self.given, self.fingerprint)


def check_parts(outputs: Outputs, parts: int) -> None:
    """Refuse more parts than the rows reach for.

    Raises:
        InputError: One sentence.
    """
    fewest = min(len(outputs.y), len(outputs.shifted_y))
    if fewest // parts < FEWEST:
        raise InputError(f"each of the {parts} parts must hold at least {FEWEST} rows of home and of the shifted data, got {fewest} rows "
                         f"for all of them: lower parts{'' if fewest >= FEWEST else ', and bring more rows'}.")


def with_shift(given: GivenOutputs) -> Outputs:
    """Return outputs that somebody brings as those of two places.

    Raises:
        InputError: If they tell of no shifted rows.
    """
    if given.shifted_logits is None:
        raise InputError("outputs must tell of shifted rows, too, with shifted_logits or shifted_probs and shifted_y, got only those at "
                         "home: add rows where data has drifted.")
    is_grouped = given.shifted_group is not None
    group = given.shifted_group if is_grouped else np.zeros(len(given.shifted_y), dtype=np.int64)
    return Outputs(given.logits, given.y, given.shifted_logits, given.shifted_y, group, given.group_names if is_grouped else ("all",),
                   given.given, given.fingerprint)
