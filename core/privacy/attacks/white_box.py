"""White-box attacks: the norm of the gradient of the loss, smaller for samples that training has already fitted.

Source: Nasr, Shokri and Houmansadr 2019; the norms as scores follow the evaluation of Fang and Kim 2024 (CRL).
"""

import numpy as np

from core.privacy.signals import Signals


def input_gradient_norm(signals: Signals) -> np.ndarray:
    """Return minus the norm of the gradient with respect to the image, (K, N)."""
    return -np.asarray(signals.input_gradient_norms, dtype=np.float64)


def parameter_gradient_norm(signals: Signals) -> np.ndarray:
    """Return minus the norm of the gradient with respect to all weights, (K, N)."""
    return -np.asarray(signals.parameter_gradient_norms, dtype=np.float64)
