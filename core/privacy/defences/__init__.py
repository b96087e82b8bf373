"""Defences against membership inference: a literal table, one file a defence beside it. Importing it imports no torch."""

from core.lab.errors import InputError
from core.privacy.defences.lab_methods import LAB_METHODS
from core.privacy.defences.record import Defence
from core.privacy.defences.rivals import RIVALS

DEFENCES: tuple[Defence, ...] = (*LAB_METHODS, *RIVALS)


def defence_by_id(name: str) -> Defence:
    """Return the defence of that id.

    Raises:
        InputError: If there is none.
    """
    for defence in DEFENCES:
        if defence.id == name:
            return defence
    raise InputError(f"defence must be one of {', '.join(defence.id for defence in DEFENCES)}, got {name!r}.")
