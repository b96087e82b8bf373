"""What only labels tell of a model that can be asked again: whether it names an image right under small shifts and noise.

Without references every copy counts the same (Choquette-Choo et al. 2021, section 3.2); a model that hides its confidence is open to it.
"""

from dataclasses import replace

import numpy as np

from core.privacy.attacks import attack_by_id
from core.privacy.attacks.label_only import perturbed_copies
from core.privacy.attacks.record import Attack
from core.subjects.asked import ask_labels
from core.subjects.config import SubjectConfig
from core.subjects.outputs import GivenOutputs

NOISE_SCALES = (0.05, 0.1, 0.2)


def with_copies(given: GivenOutputs, images: np.ndarray, config: SubjectConfig, *, device: str, threads: int) -> GivenOutputs:
    """Return the outputs with whether the model is right on changed copies of the images; texts have none.

    Args:
        given: What it says of ``images``.
        images: uint8 (N, H, W, C).
        config: Names the model and its data.
        device: Where it is asked.
        threads: CPU threads.
    """
    if not len(images):
        return given
    copies = [copy for _, copy in perturbed_copies(images, noise_scales=NOISE_SCALES, copies_per_scale=1)]
    right = ask_labels(config, copies, device=device, threads=threads) == given.y[:, None]
    note = f"labels alone were asked of {len(copies)} shifted or noisy copies of each image"
    return replace(given, copies_right=right, notes=(*given.notes, note))


def label_attack(given: GivenOutputs, rows: np.ndarray) -> Attack:
    """Return the attack whose score is the share of copies, the image among them, that the model names right."""
    whole = np.column_stack([given.logits[rows].argmax(axis=1) == given.y[rows], given.copies_right[rows]])
    score = whole.mean(axis=1)[None]
    return replace(attack_by_id("label_only"), knowledge="none", needs=(), score=lambda signals: score,
                   axis="Share of copies still right")
