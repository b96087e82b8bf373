"""What a single pruning may be told. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal, get_type_hints

from core.lab.config import Config, Knob
from core.spurious.columns import RULES
from core.spurious.config import SpuriousConfig
from core.subjects.given import check_none_given

_SAME = get_type_hints(SpuriousConfig, include_extras=True)  # a setting that both have is said once
CHOICES = MappingProxyType({rule: words for rule, words in RULES.items() if rule != "none"})


@dataclass(frozen=True, kw_only=True)
class RetrainConfig(Config):
    """What is marked, which pruning is tried, and how networks are trained."""

    rule: Annotated[Literal["hardest", "random", "easiest", "oracle_hardest", "oracle_random", "oracle_easiest", "others_hardest",
                            "inferred_hardest"], Knob("Rule", "Which images are removed.", main=True, labels=CHOICES)] = "hardest"
    share: Annotated[float, Knob(
        "Share", "Share that is removed: of every class, or of the carriers where the rule is about carriers.", low=0.01, high=1.0,
        main=True)] = 0.3
    dataset: _SAME["dataset"] = SpuriousConfig.dataset
    mark: _SAME["mark"] = SpuriousConfig.mark
    strength: _SAME["strength"] = SpuriousConfig.strength
    carrier_share: _SAME["carrier_share"] = SpuriousConfig.carrier_share
    cue: _SAME["cue"] = SpuriousConfig.cue
    attribute_value: _SAME["attribute_value"] = SpuriousConfig.attribute_value
    biased_class: _SAME["biased_class"] = SpuriousConfig.biased_class
    harmed_class: _SAME["harmed_class"] = SpuriousConfig.harmed_class
    classes: _SAME["classes"] = SpuriousConfig.classes
    mark_size: _SAME["mark_size"] = SpuriousConfig.mark_size
    carriers: _SAME["carriers"] = SpuriousConfig.carriers
    n_train: _SAME["n_train"] = SpuriousConfig.n_train
    n_validation: _SAME["n_validation"] = SpuriousConfig.n_validation
    score: _SAME["score"] = SpuriousConfig.score
    score_epoch: _SAME["score_epoch"] = SpuriousConfig.score_epoch
    score_runs: _SAME["score_runs"] = SpuriousConfig.score_runs
    budget: _SAME["budget"] = SpuriousConfig.budget
    model: _SAME["model"] = SpuriousConfig.model
    width: _SAME["width"] = SpuriousConfig.width
    epochs: _SAME["epochs"] = SpuriousConfig.epochs
    batch_size: _SAME["batch_size"] = SpuriousConfig.batch_size
    learning_rate: _SAME["learning_rate"] = SpuriousConfig.learning_rate
    schedule: _SAME["schedule"] = SpuriousConfig.schedule
    weight_decay: _SAME["weight_decay"] = SpuriousConfig.weight_decay
    augmentation: _SAME["augmentation"] = SpuriousConfig.augmentation
    precision: _SAME["precision"] = SpuriousConfig.precision

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        check_none_given(self.model, "the view Study")
        self.room_config()

    def room_config(self) -> SpuriousConfig:
        """Return the same settings as the room's, with everything left out that a single pruning does not need."""
        own = {name: value for name, value in vars(self).items() if name not in ("rule", "share")}
        of_carriers = self.rule.startswith(("oracle", "inferred"))
        share = 0.5 if of_carriers else self.share  # a share of carriers may be all of them
        return SpuriousConfig(share=share, sweep=f"{share:g}" if share < 1 else "0.5", hidden_strength=0.0, identifiable_share=0.0,
                              label_noise=0.0, evidence=False, **own)


def retrain_config(room: SpuriousConfig, rule: str, share: float) -> RetrainConfig:
    """Return the settings that try one pruning on the images and scores of a run of the room."""
    own = {name: getattr(room, name) for name in RetrainConfig.__dataclass_fields__ if name not in ("rule", "share")}
    return RetrainConfig(rule=rule, share=share, **own)
