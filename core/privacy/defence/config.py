"""Settings of one defence at one strength: how the plain models are trained, and every option of every method."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal, Self, get_type_hints

from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.models.regions import check_region_of
from core.privacy.config import LITE, PrivacyConfig
from core.privacy.defences import DEFENCES, defence_by_id
from core.privacy.defences.network import network_after
from core.subjects.given import check_none_given

_AUDIT = get_type_hints(PrivacyConfig, include_extras=True)  # a setting that both have is said once
FORMS = MappingProxyType({"lab": "Soft labels only (the lab's form)", "original": "With ascent on correct images (original form)"})
PARTNERS = MappingProxyType({"cross_entropy": "Cross-entropy", "relaxloss": "RelaxLoss", "ccl": "CCL"})


def check_defence(name: str) -> None:
    """Raise ``InputError`` unless there is a defence of that id."""
    defence_by_id(name)


@dataclass(frozen=True, kw_only=True)
class DefenceConfig(Config):
    """Everything that may change the numbers of one defence at one strength."""

    defence: Annotated[str, Knob(
        "Defence", "What is done against the attacker.", main=True, suggestions=tuple(defence.id for defence in DEFENCES),
        labels=MappingProxyType({defence.id: defence.title for defence in DEFENCES}), check=check_defence)] = "relaxloss"
    strength: Annotated[float, Knob(
        "Strength (0: middle)", "The defence's own knob; 0 takes its middle value.", low=0.0, high=1000.0, main=True)] = 0.0
    dataset: _AUDIT["dataset"] = LITE.dataset
    model: _AUDIT["model"] = LITE.model
    n_reference_models: _AUDIT["n_reference_models"] = 8
    n_pool: _AUDIT["n_pool"] = LITE.n_pool
    n_population: _AUDIT["n_population"] = LITE.n_population
    width: _AUDIT["width"] = LITE.width
    epochs: _AUDIT["epochs"] = LITE.epochs
    batch_size: _AUDIT["batch_size"] = LITE.batch_size
    optimizer: _AUDIT["optimizer"] = LITE.optimizer
    learning_rate: _AUDIT["learning_rate"] = LITE.learning_rate
    schedule: _AUDIT["schedule"] = LITE.schedule
    weight_decay: _AUDIT["weight_decay"] = LITE.weight_decay
    augmentation: _AUDIT["augmentation"] = LITE.augmentation
    precision: _AUDIT["precision"] = LITE.precision

    fine_tune_epochs: Annotated[int, Knob(
        "Fine-tuning epochs", "Epochs of fine-tuning, for defences that repair a trained model.", low=1, high=400)] = 8
    partner: Annotated[Literal["cross_entropy", "relaxloss", "ccl"], Knob(
        "Fine-tuning loss", "Loss with which rewinding fine-tunes; regions are protected with it too.", labels=PARTNERS)
    ] = "relaxloss"
    relax_form: Annotated[Literal["lab", "original"], Knob(
        "Form of RelaxLoss", "How images below the level are flattened in odd epochs.", labels=FORMS)] = "lab"
    relax_cap: Annotated[float, Knob(
        "Cap of the confidence", "Largest probability that a flattened label keeps.", low=0.01, high=1.0)] = 1.0
    srcm_thickness: Annotated[float, Knob(
        "Ring thickness", "Width d of the ring that features are confined to.", low=0.01, high=100.0)] = 5.0
    srcm_ring: Annotated[Literal["inner", "centre", "soft", "none"], Knob(
        "Ring", "Which magnitudes the ring of radius r allows.", labels=MappingProxyType({
            "inner": "From r to r + d", "centre": "From r - d to r + d", "soft": "Softly around r", "none": "No ring"}))] = "inner"
    srcm_class_norm: Annotated[bool, Knob("Unit class vectors", "Classify by class vectors of length one.")] = True
    srcm_pre_layer: Annotated[bool, Knob("Layer before the ring", "Put a linear layer before the ring.")] = True
    srcm_gradient: Annotated[Literal["clip", "straight_through"], Knob(
        "Gradient of the ring", "What outside the ring flows back along the radius.", labels=MappingProxyType({
            "clip": "Nothing", "straight_through": "Everything"}))] = "clip"
    srcm_relax_level: Annotated[float, Knob(
        "Relaxing beside the ring", "Loss level of RelaxLoss with which the ring is trained; 0 for cross-entropy.",
        low=0.0, high=10.0)] = 0.0
    crl_temperature: Annotated[float, Knob("Squashing of logits", "t of the CRL's logits.", low=0.0, high=10.0)] = 0.05
    crl_centre_level: Annotated[float, Knob(
        "Level of distances", "Distance to the centre that CRL holds to.", low=0.0, high=100.0)] = 0.05
    crl_centre_cap: Annotated[float, Knob("Cap of distances", "Largest weight of a flattened distance.", low=0.01, high=1.0)] = 1.0
    crl_centre_temperature: Annotated[float, Knob("Squashing of features", "t of the CRL's features.", low=0.0, high=10.0)] = 0.1
    crl_centre_weight: Annotated[float, Knob("Weight of distances", "Share of the centre loss.", low=0.0, high=10.0)] = 0.1
    crl_centre_learning_rate: Annotated[float, Knob(
        "Learning rate of centres", "Constant step size of the class centres.", low=0.0, high=10.0)] = 0.5
    crl_detach: Annotated[bool, Knob(
        "Fixed targets", "Let no gradient flow through flattened targets; the authors' code lets it flow.")] = True
    rewind_rate: Annotated[float, Knob(
        "Rewind rate", "Share of the weights that is rewound.", low=0.0, high=100.0, unit="%")] = 3.0
    rewind_arm: Annotated[Literal["tune_others", "tune_critical", "zero", "no_rewind"], Knob(
        "Arm", "What happens to critical weights, and which weights are then tuned.", labels=MappingProxyType({
            "tune_others": "Rewind, tune the others", "tune_critical": "Rewind, tune those", "zero": "Zero, tune the others",
            "no_rewind": "Tune everything, rewind nothing"}))] = "tune_others"
    rewind_to: Annotated[Literal["init", "fresh", "zero", "early_epoch"], Knob(
        "Rewind to", "Which values critical weights get.", labels=MappingProxyType({
            "init": "Their own initial values", "fresh": "New random values", "zero": "Zero", "early_epoch": "After one epoch"}))
    ] = "init"
    rewind_ranking: Annotated[Literal["global", "layer"], Knob(
        "Ranking", "Whether weights compete over the whole network or within each layer.",
        labels=MappingProxyType({"global": "Whole network", "layer": "Within each layer"}))] = "global"
    rewind_steps: Annotated[int, Knob("Scoring steps", "Updates over which vulnerability is summed.", low=1, high=1000)] = 50
    rewind_forgetting: Annotated[float, Knob(
        "Weight of forgetting", "Share of the forgetting term in the scoring loss.", low=0.0, high=1.0)] = 0.5
    rewind_kl: Annotated[Literal["initial_first", "updated_first"], Knob(
        "Direction of forgetting", "Which network's answers stand first in the divergence.", labels=MappingProxyType({
            "initial_first": "Initial to updated", "updated_first": "Updated to initial"}))] = "initial_first"
    pptp_regions: Annotated[str, Knob(
        "Protected regions", "auto lets the scan choose; otherwise names of regions, joined by +.", suggestions=("auto", "all"))
    ] = "auto"
    pptp_schedule: Annotated[Literal["two_phases", "joint"], Knob(
        "Schedule of protection", "Whether regions are protected after training or during it.", labels=MappingProxyType({
            "two_phases": "After training", "joint": "During training, one loss a region"}))] = "two_phases"
    pptp_rewind: Annotated[bool, Knob("Rewind the regions", "Begin protection from the regions' initial weights.")] = False
    pptp_budget: Annotated[float, Knob(
        "Accuracy budget", "Loss of accuracy that the choice of regions may cost.", low=0.0, high=1.0)] = 0.02

    hamp_halves: Annotated[Literal["both", "training", "outputs"], Knob(
        "Halves of HAMP", "Uncertain labels in training, rearranged answers afterwards, or both.", labels=MappingProxyType({
            "both": "Both", "training": "Training only", "outputs": "Answers only"}))] = "both"
    hamp_entropy_weight: Annotated[float, Knob(
        "HAMP's entropy weight", "Weight of the answers' entropy beside the uncertain labels.", low=0.0, high=1.0)] = 0.001
    mixup_tolerated_gap: Annotated[float, Knob(
        "Tolerated gap", "Accuracy on members above that on others from which MixupMMD matches answers.", low=0.0, high=1.0)] = 0.03
    adversary_steps: Annotated[int, Knob(
        "Attacker's steps", "Steps of the attacker for each of the model, in adversarial regularisation.", low=1, high=50)] = 5
    ccl_form: Annotated[Literal["exponential", "quadratic"], Knob(
        "Concave term", "Which concave function of the label's probability is added.", labels=MappingProxyType({
            "exponential": "Exponential", "quadratic": "Quadratic"}))] = "exponential"
    ccl_scale: Annotated[float, Knob(
        "Scale of CCL", "Factor of the whole loss, which acts like a factor of the learning rate; the authors use 0.05 at a rate of 0.1.",
        low=0.001, high=10.0)] = 1.0
    dp_delta: Annotated[float, Knob(
        "Delta", "Probability with which epsilon may be exceeded; less than one in the number of members.", low=0.0, high=1.0)
    ] = 1e-4
    dp_noise_multiplier: Annotated[float, Knob(
        "Noise", "Standard deviation of the noise in clipping norms; 0 chooses it from epsilon.", low=0.0, high=1000.0)] = 0.0
    dp_learning_rate: Annotated[float, Knob(
        "Learning rate of DP-SGD", "Step size at the start; clipped gradients are short, so it is larger than without.",
        low=1e-5, high=10.0)] = 0.1
    dp_max_grad_norm: Annotated[float, Knob(
        "Clipping norm", "Largest length of one image's gradient.", low=0.001, high=1000.0)] = 1.0

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        check_none_given(self.model, "the view Audit")
        self.audit_config()  # its own rules
        if "+" in self.model:
            raise InputError(f"model must be one without a head of its own where it is defended, got {self.model!r}.")
        defence = defence_by_id(self.defence)
        defence.strength_of(self.strength)
        check_region_of(self.model, self.pptp_regions)
        defence.check(self)

    def following(self, changes: Mapping[str, object]) -> tuple[Self, str]:
        """See ``Config.following``: network and strength follow the defence unless they are chosen too."""
        if changes.get("defence", self.defence) == self.defence:
            return super().following(changes)
        said, also = [], {}
        if "strength" not in changes and self.strength:
            also["strength"] = 0.0
            said.append("Strength is the middle one again, since every defence has a knob of its own.")
        if "model" not in changes:
            also["model"], why = network_after((self.defence,), (str(changes["defence"]),), self.model)
            said.append(why)
        return self.replace(**{**changes, **also}), " ".join(said).strip()

    def audit_config(self) -> PrivacyConfig:
        """Return the settings of the audit that the plain models belong to."""
        return PrivacyConfig(
            dataset=self.dataset, model=self.model, n_reference_models=self.n_reference_models, n_pool=self.n_pool,
            n_population=self.n_population, width=self.width, epochs=self.epochs, batch_size=self.batch_size,
            optimizer=self.optimizer, learning_rate=self.learning_rate, schedule=self.schedule, weight_decay=self.weight_decay,
            augmentation=self.augmentation, precision=self.precision)
