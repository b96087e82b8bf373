"""The methods of the line of research, and RelaxLoss on which two of them build, as records. Imports no torch."""

from typing import TYPE_CHECKING

from core.lab.config import Knob
from core.lab.errors import InputError
from core.privacy.defences.crl_limits import CLASSES, check_reachable
from core.privacy.defences.record import Defence

if TYPE_CHECKING:
    from core.privacy.defence.config import DefenceConfig


def _partner_takes_strength(config: "DefenceConfig") -> None:
    if config.partner == "ccl" and config.strength > 1:
        raise InputError(f"strength must be at most 1 where CCL fine-tunes (its concave share), got {config.strength:g}.")


def _protects(config: "DefenceConfig") -> None:
    if config.partner == "cross_entropy":
        raise InputError("partner must be relaxloss or ccl where regions are protected, got 'cross_entropy'.")
    _partner_takes_strength(config)


CRL_LEVELS = (0.3, 0.6, 1.0)


def _reachable(config: "DefenceConfig") -> None:
    """Refuse a level out of reach before anything is trained; a user's own data is counted once it is read."""
    if config.dataset in CLASSES:
        check_reachable(config.strength or CRL_LEVELS[1], n_classes=CLASSES[config.dataset], temperature=config.crl_temperature)


LAB_METHODS: tuple[Defence, ...] = (
    Defence(
        id="relaxloss", title="RelaxLoss", level="loss", provenance="as published",
        explanation="Holds the training loss at a level instead of letting it fall to zero, so that members stay as uncertain "
                    "as others.",
        source="Chen, Yu and Fritz 2022, RelaxLoss: Defending Membership Inference Attacks without Losing Utility (ICLR)",
        knob=Knob("Loss level", "Training loss that is held.", low=0.01, high=10.0), values=(0.3, 0.6, 1.0),
        train="core.privacy.defences.relaxloss:train"),
    Defence(
        id="srcm", title="SRCM", level="classifier", provenance="reconstructed",
        explanation="Confines features to a ring of magnitudes and classifies by direction, so that the length of a "
                    "representation tells nothing.",
        source="Fang and Kim 2024, Representation Magnitude has a Liability to Privacy Vulnerability (AIES), arXiv 2407.16164",
        knob=Knob("Ring radius", "Inner radius r of the ring.", low=0.5, high=200.0), values=(10.0, 15.0, 25.0),
        train="core.privacy.defences.srcm:train"),
    Defence(
        id="crl", title="CRL", level="loss", provenance="as published",
        explanation="Relaxes the loss on squashed logits and keeps squashed features at a distance from learned class centres.",
        source="Fang and Kim 2024, Center-Based Relaxed Learning Against Membership Inference Attacks (UAI), arXiv 2404.17674",
        knob=Knob("Loss level", "Training loss that is held.", low=0.01, high=10.0), values=CRL_LEVELS,
        train="core.privacy.defences.crl:train", check=_reachable),
    Defence(
        id="rewinding", title="Critical-weight rewinding", level="weights", provenance="reconstructed",
        explanation="Rewinds the few weights that memorise most to their initial values, freezes them and fine-tunes the rest.",
        source="Fang and Kim 2026, Learnability and Privacy Vulnerability are Entangled in a Few Critical Weights (ICLR), "
               "arXiv 2603.13186",
        knob=Knob("Loss level", "Level of the fine-tuning loss.", low=0.01, high=10.0), values=(0.3, 0.6, 1.0),
        train="core.privacy.defences.rewinding:train", check=_partner_takes_strength),
    Defence(
        id="pptp", title="PPTP", level="region", provenance="our reading of the abstract",
        explanation="Finds the regions of the network where leakage sits and trains only those with a private loss.",
        source="Fang and Kim 2026, Decoupling Generalizability and Membership Privacy Risks in Neural Networks, arXiv 2602.02296",
        knob=Knob("Loss level", "Level of the loss that protects the regions.", low=0.01, high=10.0), values=(0.3, 0.6, 1.0),
        train="core.privacy.defences.pptp:train", check=_protects),
)
