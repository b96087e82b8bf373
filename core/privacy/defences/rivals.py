"""The defences that the lab's methods are compared with, as records. Imports no torch."""

from typing import TYPE_CHECKING

from core.lab.config import Knob
from core.lab.errors import InputError
from core.privacy.defences.dp_accounting import check_settings
from core.privacy.defences.network import WITHOUT_BATCH_NORM, has_batch_norm
from core.privacy.defences.record import Defence

if TYPE_CHECKING:
    from core.privacy.defence.config import DefenceConfig

STOPS = (8.0, 4.0, 2.0)
EPSILONS = (10.0, 4.0, 1.0)


def check_stop(config: "DefenceConfig") -> None:
    """Refuse an epoch to stop after that is no epoch of the training."""
    epoch = config.strength or STOPS[1]
    if epoch != int(epoch) or epoch > config.epochs:
        raise InputError(f"strength of early_stopping must be a whole number of epochs from 1 to {config.epochs}, "
                         f"got {epoch:g}.")


def check_private(config: "DefenceConfig") -> None:
    """Refuse DP-SGD with BatchNorm, and an epsilon, delta and noise that do not go together."""
    if has_batch_norm(config.model):
        raise InputError(f"DP-SGD needs a network without BatchNorm, got {config.model}: choose "
                         f"{' or '.join(WITHOUT_BATCH_NORM)}.")
    check_settings(epsilon=config.strength or EPSILONS[1], noise_multiplier=config.dp_noise_multiplier, delta=config.dp_delta)


RIVALS: tuple[Defence, ...] = (
    Defence(
        id="early_stopping", title="Early stopping", level="optimiser", provenance="as published",
        explanation="Ends training before the model has learned single images by heart.",
        source="Song and Mittal 2021, Systematic Evaluation of Privacy Risks of Machine Learning Models (USENIX Security)",
        knob=Knob("Stop after", "Epoch after which training ends.", low=1.0, high=400.0, unit="epochs"), values=STOPS,
        train="core.privacy.defences.early_stopping:train", check=check_stop),
    Defence(
        id="label_smoothing", title="Label smoothing", level="data", provenance="as published",
        explanation="Gives every class a share of the label, so that no answer need become certain.",
        source="Szegedy et al. 2016, Rethinking the Inception Architecture for Computer Vision (CVPR), section 7",
        knob=Knob("Smoothing", "Share of the label that is spread over all classes.", low=0.001, high=0.999),
        values=(0.05, 0.1, 0.3), train="core.privacy.defences.label_smoothing:train"),
    Defence(
        id="confidence_penalty", title="Confidence penalty", level="loss", provenance="as published",
        explanation="Rewards uncertain answers while training.",
        source="Pereyra et al. 2017, Regularizing Neural Networks by Penalizing Confident Output Distributions",
        knob=Knob("Penalty", "Weight of the answers' entropy.", low=0.001, high=10.0), values=(0.1, 0.3, 1.0),
        train="core.privacy.defences.confidence_penalty:train"),
    Defence(
        id="dropout", title="Dropout", level="classifier", provenance="as published",
        explanation="Silences a random share of the features in every training step.",
        source="Salem et al. 2019, ML-Leaks (NDSS), section 6.1; Srivastava et al. 2014",
        knob=Knob("Dropout", "Share of features that is silenced.", low=0.01, high=0.99), values=(0.25, 0.5, 0.75),
        train="core.privacy.defences.dropout:train"),
    Defence(
        id="hamp", title="HAMP", level="output", provenance="as published",
        explanation="Trains towards uncertain labels, then answers with the values of a random picture in the true rank order.",
        source="Chen and Pattabiraman 2024, Overconfidence is a Dangerous Thing (NDSS)",
        knob=Knob("Entropy threshold", "Entropy of the training labels, as a share of the largest.", low=0.01, high=1.0),
        values=(0.5, 0.8, 0.95), train="core.privacy.defences.hamp:train"),
    Defence(
        id="mixup_mmd", title="MixupMMD", level="loss", provenance="as published",
        explanation="Trains on mixtures of images and pulls answers on members towards answers on other images.",
        source="Li, Li and Ribeiro 2021, Membership Inference Attacks and Defenses in Classification Models (CODASPY)",
        knob=Knob("Matching", "Weight of the discrepancy between the two sets of answers.", low=0.01, high=100.0),
        values=(1.0, 3.0, 10.0), train="core.privacy.defences.mixup_mmd:train"),
    Defence(
        id="adversarial_regularisation", title="Adversarial regularisation", level="loss", provenance="as published",
        explanation="Trains against an attacker that is trained beside the model.",
        source="Nasr, Shokri and Houmansadr 2018, Machine Learning with Membership Privacy using Adversarial Regularization (CCS)",
        knob=Knob("Attacker's weight", "Weight of the attacker's belief in the loss.", low=0.01, high=100.0),
        values=(1.0, 3.0, 6.0), train="core.privacy.defences.adversarial_regularisation:train"),
    Defence(
        id="ccl", title="Convex-concave loss", level="loss", provenance="as published",
        explanation="Adds a concave term to the loss, which keeps the losses of members apart instead of crowding at zero.",
        source="Liu et al. 2024, Mitigating Privacy Risk in Membership Inference by Convex-Concave Loss (ICML)",
        knob=Knob("Concave share", "Share of the concave term in the loss.", low=0.01, high=0.99), values=(0.5, 0.75, 0.95),
        train="core.privacy.defences.ccl:train"),
    Defence(
        id="memguard", title="MemGuard", level="output", provenance="as published",
        explanation="Changes each answer just enough to mislead a detector of members, never its label.",
        source="Jia et al. 2019, MemGuard: Defending against Black-Box Membership Inference Attacks (CCS)",
        knob=Knob("Budget", "Expected L1 change of an answer.", low=0.001, high=2.0), values=(0.1, 0.5, 1.0),
        train="core.privacy.defences.memguard:train"),
    Defence(
        id="distillation", title="Distillation on reference data", level="distillation", provenance="reconstructed",
        explanation="Answers with a student that learned only from the model's softened answers on images that are no members.",
        source="Shejwalkar and Houmansadr 2021, Membership Privacy for Machine Learning Models Through Knowledge Transfer (AAAI)",
        knob=Knob("Temperature", "How much the teacher's answers are softened.", low=0.1, high=100.0), values=(1.0, 4.0, 10.0),
        train="core.privacy.defences.distillation:train"),
    Defence(
        id="dp_sgd", title="DP-SGD", level="optimiser", provenance="as published",
        explanation="Clips every image's gradient and adds noise: the only defence here with a guarantee.",
        source="Abadi et al. 2016, Deep Learning with Differential Privacy (CCS); Opacus",
        knob=Knob("Epsilon", "Privacy loss that the noise is chosen for; smaller is safer.", low=0.01, high=1000.0),
        values=EPSILONS, train="core.privacy.defences.dp_sgd:train", check=check_private, version=2),
)
