"""Sentences of the papers on membership privacy that have no claim yet."""

from core.lab.untested import Untested

_SRCM, _CRL = "SRCM, arXiv 2407.16164", "CRL, arXiv 2404.17674"
_WEIGHTS, _REGIONS = "Critical weights, arXiv 2603.13186", "PPTP, arXiv 2602.02296"

UNTESTED = (
    Untested(_SRCM, "The gain is largest on larger models", "summary by others", "Lite trains one small network; sizes are not compared"),
    Untested(_SRCM, "Together with RelaxLoss it helps further", "summary by others", "One defence is audited at a time"),
    Untested(_CRL, "It works with any architecture and needs no further data or capacity", "abstract",
             "A property of the method by its construction; a run trains one architecture"),
    Untested(_WEIGHTS, "A weight matters through where it stands, not through its value", "abstract",
             "It takes rewinding to the first values beside rewinding to fresh ones, which no run compares yet"),
    Untested(_REGIONS, "How defences differ in loss suggests that generalisation and privacy risk can be decoupled", "abstract",
             "An inference, with no number that would contradict it"),
    Untested("Survey, arXiv 2502.10450", "Its part on membership inference", "abstract",
             "The section could not be read, and the abstract states no result"),
)
