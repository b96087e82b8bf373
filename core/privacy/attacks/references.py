"""The guard shared by attacks that compare a target with reference models."""

import numpy as np

from core.lab.errors import InputError
from core.measures.leave_one_out import count_of_others


def require_references(members: np.ndarray, *, inside: int, outside: int) -> None:
    """Check that every sample has enough reference models on each side, whichever model is the target.

    Args:
        members: (K, N) bool.
        inside: Least number of references trained on each sample.
        outside: Least number of references not trained on each sample.

    Raises:
        InputError: If a sample falls short for some target.
    """
    for chosen, least, words in ((members, inside, "with"), (~members, outside, "without")):
        found = int(count_of_others(chosen).min()) if members.size else 0
        if found < least:
            raise InputError(
                f"every sample needs at least {least} reference models trained {words} it, got {found}: "
                "train more reference models (three suffice when each sample is in half of all models).")
