"""Which variants of one pretrained model are fine-tuned side by side, as a literal table. Imports no torch."""

from dataclasses import dataclass
from typing import Literal

Placement = Literal["post", "pre"]
PLACEMENTS: tuple[Placement, ...] = ("post", "pre")
PLACEMENT_TITLES = {"post": "Post-LN", "pre": "Pre-LN"}
GROUPS = ("early", "middle", "later")
Kind = Literal["main", "groups", "controls", "frozen", "rivals", "scratch", "dropout"]


@dataclass(frozen=True)
class Variant:
    """One way to fine-tune the same weights on the same batches in the same order.

    Attributes:
        id: Value of the column ``variant`` in every table.
        title: What it is called on screen.
        kind: Which switch of the config brings it.
        strip: Which scales and biases become 1 and 0 and stay so: "none", "all", "early", "middle", "later", "folded" (all, after
            their values were moved into the next linear layers), "frozen" (none reset, all frozen), or "elsewhere" (no norm;
            equally many randomly chosen biases of linear layers are displaced by the same amounts and frozen).
        rival: "", "elr", "label_smoothing", "norm_decay": what else training does. Early stopping is read from ``intact``.
        placements: Where it makes sense.
    """

    id: str
    title: str
    kind: Kind
    strip: str = "none"
    rival: str = ""
    placements: tuple[Placement, ...] = PLACEMENTS


VARIANTS: tuple[Variant, ...] = (
    Variant("intact", "Intact", "main"),
    Variant("all", "Stripped", "main", strip="all"),
    Variant("early", "Early layers stripped", "groups", strip="early"),
    Variant("middle", "Middle layers stripped", "groups", strip="middle"),
    Variant("later", "Later layers stripped", "groups", strip="later"),
    Variant("elsewhere", "Displaced elsewhere", "controls", strip="elsewhere"),
    Variant("frozen", "Frozen, not reset", "frozen", strip="frozen"),
    Variant("folded", "Folded, then stripped", "controls", strip="folded", placements=("pre",)),
    Variant("elr", "Early-learning regularisation", "rivals", rival="elr"),
    Variant("label_smoothing", "Label smoothing", "rivals", rival="label_smoothing"),
    Variant("norm_decay", "Weight decay on norms", "rivals", rival="norm_decay"),
    Variant("dropout_intact", "Intact, dropout", "dropout"),
    Variant("dropout_all", "Stripped, dropout", "dropout", strip="all"),
    Variant("scratch_intact", "Intact, from scratch", "scratch"),
    Variant("scratch_all", "Stripped, from scratch", "scratch", strip="all"),
)


def group_of(layer: int, n_layers: int) -> str:
    """Return "early", "middle" or "later" of layer ``layer`` (from 0): the thirds of the depth.

    Source: Singhal and Kim 2025, arXiv 2511.10566: early, middle and later thirds of the layers.

    Example:
        >>> [group_of(layer, 6) for layer in range(6)]
        ['early', 'early', 'middle', 'middle', 'later', 'later']
    """
    return GROUPS[3 * layer // n_layers]
