"""The settings at which a network is measured, each with one slug that every table uses. Imports no torch.

``float`` is the trained network. Shams are the same after as many further epochs as every retrained setting gets, without any
compression: ``sham`` at the learning rate of quantisation-aware training, ``sham-prune`` at that of retraining. One shot: ``w4``
(weights), ``a4`` (activations), ``w4a4`` (both), ``p80`` (pruned). Retrained: ``qat-ARM`` at the bits of the config, ``retrained-ARM``
at its highest sparsity, ``finetuned-ARM`` without compression.
"""

from dataclasses import dataclass
from typing import Literal

from core.lab.errors import InputError

FLOAT_BITS = 32
FEWEST_BITS, MOST_BITS = 2, 16
Family = Literal["none", "quantise", "prune"]
FLOAT, SHAM, SHAM_PRUNE = "float", "sham", "sham-prune"
SHAMS = {"quantise": SHAM, "prune": SHAM_PRUNE}


@dataclass(frozen=True)
class RepairArm:
    """How a compressed network is trained further.

    Attributes:
        id: Slug; ``plain`` repairs nothing.
        title: On screen.
        mixed: Whether bits are given to layers by the allocation, at the size of the same bits everywhere.
        balanced: Whether batches hold every group equally often.
        weighted: Whether losses are weighted inversely to group size.
        constraint: Where a penalty holds group losses at the common loss: before compression, after it, or both.
    """

    id: str
    title: str
    mixed: bool = False
    balanced: bool = False
    weighted: bool = False
    constraint: Literal["none", "before", "after", "both"] = "none"


PLAIN = RepairArm("plain", "No repair")
QAT_ARMS: tuple[RepairArm, ...] = (
    PLAIN,
    RepairArm("balanced", "Balanced sampling", balanced=True),
    RepairArm("weighted", "Weighted loss", weighted=True),
    RepairArm("balanced-weighted", "Balanced and weighted", balanced=True, weighted=True),
    RepairArm("mixed", "Mixed precision", mixed=True),
    RepairArm("mixed-balanced", "Mixed, balanced", mixed=True, balanced=True),
    RepairArm("mixed-weighted", "Mixed, weighted", mixed=True, weighted=True),
    RepairArm("mixed-balanced-weighted", "Mixed, balanced, weighted", mixed=True, balanced=True, weighted=True),
)
PRUNE_ARMS: tuple[RepairArm, ...] = (
    PLAIN,
    RepairArm("balanced", "Balanced sampling", balanced=True),
    RepairArm("fair-after", "Group losses held, after", constraint="after"),
    RepairArm("fair-before", "Group losses held, before", constraint="before"),
    RepairArm("fair-both", "Group losses held, both", constraint="both"),
)
FLOAT_ARMS: tuple[RepairArm, ...] = (PLAIN, RepairArm("balanced", "Balanced sampling", balanced=True))
QAT, RETRAINED = f"qat-{PLAIN.id}", f"retrained-{PLAIN.id}"


@dataclass(frozen=True)
class Point:
    """One point at which a network is measured.

    Attributes:
        id: Slug.
        title: On screen.
        family: Which tab it belongs to; ``none`` for the float network and its fine-tuned copies.
        weight_bits: 32 where weights stay in float.
        activation_bits: 32 where activations stay in float.
        sparsity: Share of the weights removed, in [0, 1).
        arm: How it was trained further; None for one shot.
    """

    id: str
    title: str
    family: Family
    weight_bits: int = FLOAT_BITS
    activation_bits: int = FLOAT_BITS
    sparsity: float = 0.0
    arm: RepairArm | None = None

    @property
    def is_alone(self) -> bool:
        """Whether weights or activations alone are rounded: a part of the setting that rounds both."""
        return self.family == "quantise" and FLOAT_BITS in (self.weight_bits, self.activation_bits)


def parse_bits(text: str) -> tuple[int, ...]:
    """Return bit widths from a list such as ``8,6,4,3,2``, largest first.

    Raises:
        InputError: If one is no whole number from 2 to 16, or occurs twice.
    """
    rule = f"bits must be whole numbers from {FEWEST_BITS} to {MOST_BITS}, separated by commas"
    values = _numbers(text, rule)
    if any(value != int(value) or not FEWEST_BITS <= value <= MOST_BITS for value in values):
        raise InputError(f"{rule}, got {text!r}: drop what lies outside.")
    return tuple(int(value) for value in values)


def parse_sparsities(text: str) -> tuple[float, ...]:
    """Return shares of weights to remove from a list in per cent such as ``95,80,50``, largest first, as fractions.

    Raises:
        InputError: If one lies outside 0 to 95 %, or occurs twice.
    """
    rule = "sparsities must be per cent above 0 and at most 95, separated by commas"
    values = _numbers(text, rule)
    if any(not 0.0 < value <= 95.0 for value in values):
        raise InputError(f"{rule}, got {text!r}: drop what lies outside.")
    return tuple(value / 100.0 for value in values)


def _numbers(text: str, rule: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"{rule}, got {text!r}: write numbers only.") from None
    if len(set(values)) != len(values):
        raise InputError(f"{rule}, got {text!r}: each may appear once.")
    return sorted(values, reverse=True)


def quantised(bits: int, part: Literal["weights", "activations", "both"]) -> Point:
    """Return the one-shot setting at ``bits`` of weights, activations or both."""
    slug, words = {"weights": (f"w{bits}", "weights"), "activations": (f"a{bits}", "activations"),
                   "both": (f"w{bits}a{bits}", "weights and activations")}[part]
    return Point(slug, f"{bits} bits, {words}", "quantise",
                   weight_bits=FLOAT_BITS if part == "activations" else bits,
                   activation_bits=FLOAT_BITS if part == "weights" else bits)


def pruned(sparsity: float) -> Point:
    """Return the one-shot setting at a share of weights removed."""
    return Point(f"p{100 * sparsity:g}", f"{100 * sparsity:g}% pruned", "prune", sparsity=sparsity)


def one_shot(bits: tuple[int, ...], sparsities: tuple[float, ...]) -> tuple[Point, ...]:
    """Return the float network and every setting that needs no training."""
    parts = ("both", "weights", "activations")
    return (Point(FLOAT, "Float", "none"), *(quantised(b, part) for part in parts for b in bits),
            *(pruned(share) for share in sorted(sparsities)))


def _repair_words(arm: RepairArm) -> str:
    return "" if arm.id == PLAIN.id else f", {arm.title.lower()}"


def qat(arm: RepairArm, weight_bits: int, activation_bits: int) -> Point:
    """Return the setting of quantisation-aware training in one arm."""
    title = f"{weight_bits} bits, trained" + _repair_words(arm)
    return Point(f"qat-{arm.id}", title, "quantise", weight_bits, activation_bits, arm=arm)


def retrained(arm: RepairArm, sparsity: float) -> Point:
    """Return the setting of a pruned network trained further in one arm."""
    title = f"{100 * sparsity:g}% pruned, retrained" + _repair_words(arm)
    return Point(f"retrained-{arm.id}", title, "prune", sparsity=sparsity, arm=arm)


def fine_tuned(arm: RepairArm) -> Point:
    """Return the float network trained further in one arm; without repair this is the sham that rounded settings are held to."""
    if arm.id == PLAIN.id:
        return Point(SHAM, "Float, trained further", "none", arm=arm)
    return Point(f"finetuned-{arm.id}", f"Float, {arm.title.lower()}", "none", arm=arm)


def retrained_float() -> Point:
    """Return the float network trained further as pruned ones are: the sham that they are held to."""
    return Point(SHAM_PRUNE, "Float, trained further as pruned", "none", arm=PLAIN)
