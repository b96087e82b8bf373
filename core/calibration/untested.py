"""Sentences of the papers on calibration that have no claim yet."""

from core.lab.untested import Untested

_CERTAIN = "Over-Certainty Phenomenon, arXiv 2404.16168"

UNTESTED = (
    Untested(_CERTAIN, "It is so on PACS, Office-Home, digits and Tiny-ImageNet-C", "summary by others",
             "The house has corruptions and digits; PACS, Office-Home and Tiny-ImageNet-C are not among its data"),
    Untested("Limits of temperature scaling, and mixup", "Where classes overlap even the best temperature cannot calibrate a network that "
             "fits its training set; training with mixup can", "abstract", "The calibration room trains no network with mixup"),
    Untested("COME, ICLR 2025", "A conservative objective in place of entropy keeps adaptation from growing too sure", "abstract",
             "It is not among the methods of the room"),
)
