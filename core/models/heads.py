"""Classifier heads that can replace a model's last linear layer, as they are spelled in model names. Imports no torch.

``cnn+srcm(15,5,inner,unit,pre,clip)`` is a model: what stands after the plus describes the head.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from core.lab.errors import InputError

Ring = Literal["inner", "centre", "soft", "none"]
Gradient = Literal["clip", "straight_through"]
RINGS, GRADIENTS = get_args(Ring), get_args(Gradient)
SPELLING = "srcm(RADIUS,THICKNESS,inner|centre|soft|none,unit|free,pre|direct,clip|straight_through)"


@dataclass(frozen=True)
class SrcmHead:
    """Saturn Ring Classifier Module: features confined to a ring of magnitudes, then unit class vectors.

    Attributes:
        radius: r.
        thickness: d.
        ring: Magnitudes allowed: "inner" [r, r + d], "centre" [r - d, r + d], "soft" r + d tanh((m - r) / d), "none" any.
        class_norm: Whether class vectors have length one.
        pre_layer: Whether a linear layer of the features' width stands before the ring.
        gradient: What flows back along the radius outside the ring: nothing ("clip") or everything ("straight_through").
    """

    radius: float = 15.0
    thickness: float = 5.0
    ring: Ring = "inner"
    class_norm: bool = True
    pre_layer: bool = True
    gradient: Gradient = "clip"

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest magnitude of a confined feature."""
        if self.ring == "none":
            return 0.0, math.inf
        low = self.radius if self.ring == "inner" else max(self.radius - self.thickness, 0.0)
        return low, self.radius + self.thickness

    def __str__(self) -> str:
        """Return how a model name spells this head."""
        return (f"srcm({self.radius:g},{self.thickness:g},{self.ring},{'unit' if self.class_norm else 'free'},"
                f"{'pre' if self.pre_layer else 'direct'},{self.gradient})")


def parse_head(text: str) -> SrcmHead:
    """Return the head that ``text`` spells.

    Raises:
        InputError: If it spells none.
    """
    try:
        radius, thickness, ring, unit, pre, gradient = text.removeprefix("srcm(").removesuffix(")").split(",")
        head = SrcmHead(float(radius), float(thickness), ring, unit == "unit", pre == "pre", gradient)
        is_sound = 0 < head.radius < math.inf and 0 < head.thickness < math.inf and ring in RINGS and gradient in GRADIENTS
    except ValueError:
        is_sound = False
    if not is_sound or str(head) != text:
        raise InputError(f"the head of a model must be {SPELLING}, got {text!r}.")
    return head
