"""Every attack asked at once: what each gives every image under every model."""

from collections.abc import Callable

import numpy as np

from core.privacy.attacks import ATTACKS
from core.privacy.attacks.record import Attack
from core.privacy.signals import Signals

Report = Callable[[float, str], None]


def score_all(
    signals: Signals, *, attacks: tuple[Attack, ...] = ATTACKS, report: Report = lambda fraction, message: None
) -> dict[str, np.ndarray]:
    """Return the (K, N) scores of every attack whose signals are present, by attack id, in table order.

    Args:
        signals: What the attacks read.
        attacks: The attacks to run; ``attacks.configured`` gives the table with other settings.
        report: Receives the fraction done and a message before each attack.

    Raises:
        InputError: If there are too few reference models.
    """
    chosen = [attack for attack in attacks if attack.is_available(signals)]
    scores = {}
    for done, attack in enumerate(chosen):
        report(done / len(chosen), f"Attacking: {attack.title}")
        scores[attack.id] = attack.score(signals)
    return scores
