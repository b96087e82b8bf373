"""One more share, trained live: a single pruning against no pruning and against as many random images. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal, get_type_hints

import pandas as pd

from core.lab.claims import PAIRED, Claim, Precondition
from core.lab.config import Config, Knob
from core.lab.experiment import Experiment, Metric, Preset, Step, Table
from core.spurious.result import DIFFERENCE, FRACTION
from core.spurious.settings import SpuriousConfig
from core.spurious.spec import FULL, data_fingerprint, training_seconds
from core.spurious.tables import RULES

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


@dataclass(frozen=True, kw_only=True, eq=False)
class RetrainResult:
    """What one seed returns."""

    reliance: Annotated[float, Metric(
        "Misled after pruning", "Images of the harmed class with the cue that the network calls the biased class.", unit="%",
        bounds=FRACTION)]
    reliance_before: Annotated[float, Metric("Misled before", "The same when nothing is removed.", unit="%", bounds=FRACTION)]
    reliance_random: Annotated[float, Metric("Misled, random images", "The same when as many random images of each class are removed.",
                                             unit="%", bounds=FRACTION)]
    drop: Annotated[float, Metric("Fall", "Misled before minus after.", unit="pt", bounds=DIFFERENCE)]
    drop_random: Annotated[float, Metric("Fall, random images", "Misled before minus after removing random images.", unit="pt",
                                         bounds=DIFFERENCE)]
    worst_group_accuracy: Annotated[float, Metric("Worst group", "Smallest accuracy over classes with and without the cue.", unit="%",
                                                  bounds=FRACTION)]
    average_accuracy: Annotated[float, Metric("Average accuracy", "On test images without the cue.", unit="%", bounds=FRACTION)]
    accuracy_cost: Annotated[float, Metric("Price", "Average accuracy lost.", unit="pt", bounds=DIFFERENCE)]
    n_pruned: Annotated[float, Metric("Images removed", "How many training images were removed.", bounds=(0.0, float("inf")))]
    n_carriers_left: Annotated[float, Metric("Carriers left", "How many training images with the cue stayed.", bounds=(0.0, float("inf")))]
    sweep: Annotated[pd.DataFrame, Table("Rules none, the chosen one, and random (equally many); columns of tables.COLUMNS['sweep'].")]


def seconds_of(config: RetrainConfig) -> float:
    """Return the rough time of one seed on two CPU cores when nothing is stored yet; about a third when a run of the room is."""
    return 4.0 + training_seconds(config.room_config()) * 3.0


CLAIMS = (
    Claim(
        id="these-images", kind="paper", statement="Without these images the network is misled less often",
        source="Mulchandani and Kim, Severing Spurious Correlations with Data Pruning, ICLR 2025, arXiv 2503.18258, abstract",
        effect="reliance", effect_words="misled, these images removed", control="reliance_random",
        control_words="as many random images removed", expected="below", margin=0.05,
        margin_reason="fewer images misled would not be noticed in use", margin_date="2026-11-20", unit="%", resolution=1 / 500,
        preconditions=(Precondition(
            metric="reliance_before", at_least=0.25, words="a quarter of the images with the cue mislead the network to begin with",
            remedy="take a stronger mark, more carriers or a closer pair of classes"),), changes=(PAIRED,)),
)

SPURIOUS_RETRAIN = Experiment(
    name="spurious_retrain",
    title="One pruning, trained anew",
    question="What happens when exactly these images go?",
    config=RetrainConfig,
    result=RetrainResult,
    presets=(
        Preset("lite", "lite: some seconds", RetrainConfig(), (0,), 10.0, gallery_seeds=(0, 1, 2)),
        Preset("full", "full: for a GPU", retrain_config(FULL, "hardest", 0.3), (0,), 600.0, gpu=True, gallery_seeds=()),
    ),
    steps=(Step("Mark the images", 0.5), Step("Learn what is hard", 4.0), Step("Prune and train anew", 4.0), Step("Report", 0.5)),
    run="core.spurious.retrain:run",
    figures="core.spurious.figures_retrain:FIGURES",
    texts="core.spurious.retrain_texts:TEXTS",
    claims=CLAIMS,
    version=1,
    fingerprint=lambda config: data_fingerprint(config.room_config()),
    seconds=seconds_of,
    headline="reliance",
)
