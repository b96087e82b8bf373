"""How low a loss CRL's squashed logits can reach, and levels below it, which are refused. Imports no torch."""

import math
from types import MappingProxyType

from core.lab.errors import InputError

CLASSES = MappingProxyType({"fashion-mnist": 10, "mnist": 10, "cifar10": 10, "cifar100": 100, "svhn": 10})


def lowest_cross_entropy(n_classes: int, temperature: float) -> float:
    """Return the infimum of the cross-entropy over logits squashed with ``temperature``, nats.

    Inside a ball of radius R the label leads by at most R sqrt(C / (C - 1)), all others being equal.
    """
    if temperature == 0:
        return 0.0
    lead = math.sqrt(n_classes / (n_classes - 1)) / temperature
    return math.log1p((n_classes - 1) * math.exp(-lead))


def check_reachable(level: float, *, n_classes: int, temperature: float) -> None:
    """Refuse a level that squashed logits cannot reach: relaxing would never set in.

    Raises:
        InputError: If the level lies below ``lowest_cross_entropy``.
    """
    lowest = lowest_cross_entropy(n_classes, temperature)
    if level < lowest:
        raise InputError(f"the loss level of CRL must be at least {lowest:.3g}, the lowest that logits squashed with "
                         f"t = {temperature:g} reach on {n_classes} classes, got {level:g}: lower t.")
