"""The attacks at hand: a literal table, one family per file beside it. Importing it imports no torch."""

from dataclasses import replace
from functools import partial

from core.privacy.attacks import diagnostics, label_only, learned, lira, rmia, threshold, white_box
from core.privacy.attacks.record import Attack
from core.privacy.signals import Signals

_LIRA = "Carlini et al. 2022, Membership Inference Attacks From First Principles (IEEE S&P)"
_RMIA = "Zarifzadeh, Liu and Shokri 2024, Low-Cost High-Power Membership Inference Attacks (ICML)"
_ENTROPY = "Song and Mittal 2021, Systematic Evaluation of Privacy Risks of Machine Learning Models (USENIX Security)"
_YEOM = "Yeom et al. 2018, Privacy Risk in Machine Learning (CSF)"
_CRL = "Fang and Kim 2024, Center-Based Relaxed Learning Against Membership Inference Attacks (UAI)"
_SRCM = "Fang and Kim 2024, Representation Magnitude has a Liability to Privacy Vulnerability (AIES)"

ATTACKS: tuple[Attack, ...] = (
    Attack(
        id="gap", title="Correct or not", family="Baseline", access="label", knowledge="none", score=threshold.gap, source=_YEOM,
        threshold=1.0, axis="Correct",
        explanation="Calls every correctly labelled sample a member; the floor that any other attack must beat."),
    Attack(
        id="loss", title="Loss", family="Threshold", access="loss", knowledge="none", score=threshold.loss, source=_YEOM,
        axis="−log10 of the loss", is_log=True,
        explanation="Members have a smaller loss than non-members."),
    Attack(
        id="confidence", title="Highest confidence", family="Threshold", access="confidence", knowledge="none",
        score=threshold.confidence, source="Salem et al. 2019, ML-Leaks (NDSS), adversary 3",
        axis="−log10 of minus the log-confidence", is_log=True,
        explanation="Members get a more confident answer, whether or not it is right."),
    Attack(
        id="entropy", title="Entropy", family="Threshold", access="confidence", knowledge="none", score=threshold.entropy,
        source=_ENTROPY, axis="−log10 of the entropy", is_log=True,
        explanation="Members get a less spread-out answer, whether or not it is right."),
    Attack(
        id="modified_entropy", title="Modified entropy", family="Threshold", access="confidence", knowledge="none",
        score=threshold.modified_entropy, source=_ENTROPY,
        axis="−log10 of the modified entropy", is_log=True,
        explanation="An entropy that is small only when the answer is both sure and right."),
    Attack(
        id="entropy_per_class", title="Entropy, threshold per class", family="Threshold", access="confidence",
        knowledge="references offline", score=threshold.entropy_per_class, source=_ENTROPY,
        threshold=0.0, axis="Entropy below the cut of the class",
        explanation="The entropy, measured from a cut learned for each class on reference models."),
    Attack(
        id="modified_entropy_per_class", title="Modified entropy, threshold per class", family="Threshold", access="confidence",
        knowledge="references offline", score=threshold.modified_entropy_per_class, source=_ENTROPY,
        threshold=0.0, axis="Modified entropy below the cut of the class",
        explanation="The modified entropy, measured from a cut learned for each class on reference models."),
    Attack(
        id="learned", title="Learned attack network", family="Learned", access="confidence", knowledge="references offline",
        score=learned.learned, source=f"Salem et al. 2019, ML-Leaks (NDSS); architecture of {_CRL}",
        axis="Log-odds of membership",
        explanation="A small network, trained on reference models, reads membership off the answer and the label."),
    Attack(
        id="lira_online", title="LiRA, online", family="Likelihood ratio", access="loss", knowledge="references online",
        score=lira.online, source=_LIRA,
        axis="Log-likelihood ratio",
        explanation="Asks whether the target looks more like models trained with this sample or like models trained without it."),
    Attack(
        id="lira_offline", title="LiRA, offline", family="Likelihood ratio", access="loss", knowledge="references offline",
        score=lira.offline, source=_LIRA,
        axis="−log of the upper tail",
        explanation="Asks how unusually confident the target is compared with models trained without this sample."),
    Attack(
        id="lira_offline_reference", title="LiRA, offline, two-sided as in its public code", family="Likelihood ratio",
        access="loss", knowledge="references offline", score=lira.offline_two_sided, source=_LIRA,
        axis="−log density without the sample",
        explanation="The public code's variant, which also calls unusually unsure answers a sign of membership."),
    Attack(
        id="rmia_online", title="RMIA, online", family="Likelihood ratio", access="loss", knowledge="references online",
        score=rmia.online, source=_RMIA, needs=("population_logits",),
        axis="Share of the population beaten",
        explanation="Counts how many population samples this sample beats once its general difficulty is divided out."),
    Attack(
        id="rmia_offline", title="RMIA, offline", family="Likelihood ratio", access="loss", knowledge="references offline",
        score=rmia.offline, source=_RMIA, needs=("population_logits",),
        axis="Share of the population beaten",
        explanation="The same count, judging difficulty only by models trained without the sample."),
    Attack(
        id="ratio_offline", title="Probability ratio, offline", family="Likelihood ratio", access="loss",
        knowledge="references offline", score=rmia.ratio_offline, source=_RMIA,
        axis="Log-ratio",
        explanation="The ratio inside offline RMIA without the population, which resolves low false-positive rates better."),
    Attack(
        id="ratio_online", title="Probability ratio, online", family="Likelihood ratio", access="loss",
        knowledge="references online", score=rmia.ratio_online,
        source=f"{_RMIA}; equal to BASE (Lassila et al. 2025) for independent references", axis="Log-ratio",
        explanation="The ratio inside online RMIA without the population, which resolves low false-positive rates better."),
    Attack(
        id="label_only", title="Label only, shifts and noise", family="Label only", access="label",
        knowledge="references offline", score=label_only.label_only, needs=("label_only_correct",),
        source="Choquette-Choo et al. 2021, Label-Only Membership Inference Attacks (ICML)",
        axis="Weighted share of copies still right",
        explanation="Members keep their right label under more small shifts and more noise."),
    Attack(
        id="input_gradient_norm", title="Input gradient norm", family="White box", access="white-box", knowledge="none",
        score=white_box.input_gradient_norm, source=_CRL, needs=("input_gradient_norms",),
        axis="−log10 of the norm", is_log=True,
        explanation="The loss of members changes less when their pixels change."),
    Attack(
        id="parameter_gradient_norm", title="Weight gradient norm", family="White box", access="white-box", knowledge="none",
        score=white_box.parameter_gradient_norm, source=_CRL, needs=("parameter_gradient_norms",),
        axis="−log10 of the norm", is_log=True,
        explanation="Members would change the weights less if training went on."),
    Attack(
        id="feature_norm", title="Feature norm", family="Diagnostic", access="white-box", knowledge="none",
        score=diagnostics.feature_norm, source=_SRCM, needs=("feature_norms",),
        axis="Norm",
        explanation="Members have longer feature vectors, if the paper's observation holds."),
    Attack(
        id="margin", title="Decision margin", family="Diagnostic", access="confidence", knowledge="none",
        score=diagnostics.margin, source=_SRCM,
        axis="Margin",
        explanation="Members lie further from the nearest other class, measured by the gap between the two largest posteriors."),
)


def configured(
    *, lira_variance: lira.Variance = "fixed", lira_counts: lira.Counts = "matched", rmia_gamma: float = 1.0,
    rmia_a: float | None = None, seed: int = 0,
) -> tuple[Attack, ...]:
    """Return the table with other settings than the defaults put into the scores of LiRA, RMIA, the ratio and the learned attack.

    Args:
        lira_variance: See ``lira.online``.
        lira_counts: See ``lira.online``.
        rmia_gamma: See ``rmia.share_beaten``.
        rmia_a: See ``rmia.offline``; None chooses it on the references.
        seed: Of the learned attack.
    """
    scores = {
        "lira_online": partial(lira.online, variance=lira_variance, counts=lira_counts),
        "lira_offline": partial(lira.offline, variance=lira_variance, counts=lira_counts),
        "rmia_online": partial(rmia.online, gamma=rmia_gamma), "rmia_offline": partial(rmia.offline, a=rmia_a, gamma=rmia_gamma),
        "ratio_offline": partial(rmia.ratio_offline, a=rmia_a), "learned": partial(learned.learned, seed=seed)}
    return tuple(replace(attack, score=scores.get(attack.id, attack.score)) for attack in ATTACKS)


def available(signals: Signals) -> tuple[Attack, ...]:
    """Return the attacks whose signals are present, in table order."""
    return tuple(attack for attack in ATTACKS if attack.is_available(signals))


def attack_by_id(name: str) -> Attack:
    """Return the attack with this id; ``KeyError`` for an unknown one."""
    return {attack.id: attack for attack in ATTACKS}[name]
