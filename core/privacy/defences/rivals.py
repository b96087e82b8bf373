"""The defences that the lab's methods are compared with, as records. Imports no torch."""

from core.privacy.defences.record import Defence

RIVALS: tuple[Defence, ...] = ()
