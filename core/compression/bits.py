"""Widths of codes. Imports no torch."""

from core.compression.points import FEWEST_BITS, FLOAT_BITS, MOST_BITS
from core.lab.errors import InputError

SIGN_BITS = 1  # of weights that keep nothing but their sign: for single layers under a size budget only


def check_bits(bits: int) -> None:
    """Refuse a width that the quantiser does not offer.

    Raises:
        InputError: If ``bits`` is no whole number from 2 to 16.
    """
    if type(bits) is not int or not FEWEST_BITS <= bits <= MOST_BITS:
        raise InputError(f"bits must be a whole number from {FEWEST_BITS} to {MOST_BITS}, or {FLOAT_BITS} for float, got {bits!r}.")


def check_bits_or_float(bits: int) -> None:
    """Refuse what is neither a width of the quantiser nor 32, which leaves a tensor in float32."""
    if bits != FLOAT_BITS:
        check_bits(bits)


def is_sign(bits: int) -> bool:
    """Return whether codes of this width hold signs only."""
    return type(bits) is int and bits == SIGN_BITS
