"""Every index and every free rival of one model and one shift, from one forward pass of old and of new data."""

import time
from dataclasses import dataclass

import numpy as np
from torch import nn

from core.retraining import arm, preindex
from core.retraining.forward import Pass, forward
from core.retraining.free_rivals import error_after_norms, gradient_norm, raw_error, unconfidence
from core.retraining.k_means import centroids_of
from core.retraining.nearest_neighbours import knn_accuracy
from core.retraining.resque import class_angles, shift_index


@dataclass(frozen=True, eq=False)
class Old:
    """What is known of old data before any new data come: their pass, classes, and the clean twins of the new images.

    RESQUE compares ``old`` with the new images; ARM and PreIndex compare sample by sample and need ``twins``, clean images of the
    same scenes in the same order, or else old images of the same classes.
    """

    old: Pass
    y_old: np.ndarray
    twins: Pass
    y_twins: np.ndarray


def indices_of(network: nn.Module, old: Old, images: np.ndarray, y: np.ndarray, *, layer: str, bins: int) -> dict[str, float]:
    """Return every index by the names of its column, and ``index_seconds``, the CPU time that they took; PreIndex comes later."""
    started = time.process_time()
    new = forward(network, images, layer)
    clean, moved = list(old.twins.layers.values()), list(new.layers.values())
    apart = preindex.distances(clean, moved, bins=bins)
    found = {
        "resque": shift_index(old.old.chosen, old.y_old, new.chosen, y),
        "resque_features": shift_index(old.old.features, old.y_old, new.features, y),
        "arm_released": arm.released(clean, moved, bins=bins),
        "arm_corrected": arm.corrected(clean, moved, bins=bins),
        **{f"p_{name}": float(values.mean()) for name, values in apart.items()},
        "p_spread": float(apart["jensen_shannon"].std()),
        "lost_own": preindex.lost_structure(new.mean, y),
        "lost_clean": preindex.lost_structure(new.mean, y, centroids_of(old.old.mean, old.y_old)),
    }
    found["index_seconds"] = time.process_time() - started
    return found | {
        "raw_error": raw_error(new.logits, y), "norm_error": error_after_norms(network, images, y),
        "unconfidence": unconfidence(new.probabilities), "gradient": gradient_norm(network, images, y),
        "knn_error": 1.0 - knn_accuracy(new.features, y),
        "widest_angle": float(class_angles(old.old.chosen, old.y_old, new.chosen, y).max())}


def with_preindex(rows: list[dict[str, float]]) -> None:
    """Add PreIndex to the rows of one model; its centring constant is the mean over the compared shifts."""
    middle = float(np.mean([row["p_spread"] for row in rows]))
    for row in rows:
        row["preindex"] = preindex.reconstructed(row["p_jensen_shannon"], row["lost_own"], row["p_spread"], middle)
