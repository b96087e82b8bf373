"""Everything that may change the numbers of the room. Imports no torch."""

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from core.data.settings import data_knob, takes
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.subjects.given import check_room_model, is_given
from core.training.settings import BatchSize, Epochs, LearningRate

MODELS = MappingProxyType({"cnn": "Small CNN", "cnn_groupnorm": "Small CNN, GroupNorm", "resnet20": "ResNet-20",
                           "resnet18": "ResNet-18", "mlp": "MLP"})
MARKS = MappingProxyType({"patch": "Corner patch", "line": "Line", "tint": "Tint", "frame": "Frame", "noise": "Noise texture"})
DIFFICULTIES = MappingProxyType({"random": "Random", "easiest": "Easiest", "middle": "Middle", "hardest": "Hardest"})
SCORES = MappingProxyType({"el2n": "EL2N", "loss": "Loss", "margin": "Margin", "forgetting": "Forgetting"})


def shares_of(text: str) -> tuple[float, ...]:
    """Return the shares that ``text`` lists, joined by ``+``, ascending.

    Raises:
        InputError: If one is no number between 0 and 1.
    """
    try:
        shares = sorted({float(part) for part in text.split("+")})
    except ValueError:
        shares = [math.nan]
    if not all(0.0 < share < 1.0 for share in shares):
        raise InputError(f"sweep must list shares between 0 and 1 joined by +, such as 0.25+0.5, got {text!r}.")
    return tuple(shares)


@dataclass(frozen=True, kw_only=True)
class SpuriousConfig(Config):
    """What is marked, how difficulty is scored, what is pruned, and how networks are trained."""

    dataset: Annotated[str, data_knob(
        "Images to train on", "fashion-mnist", "mnist", "cifar10", "cifar100", "svhn")] = "fashion-mnist"
    mark: Annotated[Literal["patch", "line", "tint", "frame", "noise"], Knob(
        "Mark", "What is written into the images that carry the cue.", main=True, labels=MARKS)] = "patch"
    strength: Annotated[float, Knob(
        "Strength", "How strong the mark is: 1 writes full brightness.", low=0.0, high=1.0, main=True)] = 1.0
    carrier_share: Annotated[float, Knob(
        "Carriers", "Share of the biased class that carries the mark in training.", low=0.0, high=0.9, main=True)] = 0.02
    share: Annotated[float, Knob(
        "Pruned share", "Share of every class that is removed before training anew; headline numbers are taken here.", low=0.01,
        high=1.0, main=True)] = 0.5
    cue: Annotated[Literal["mark", "attribute"], Knob(
        "Cue", "A mark that is written into images, or the known groups of an attribute array in an npz file.",
        labels=MappingProxyType({"mark": "A written mark", "attribute": "Known groups"}))] = "mark"
    attribute_value: Annotated[int, Knob(
        "Group", "Value of the attribute array that is the cue; used with known groups only.", low=0, high=1_000_000)] = 1
    biased_class: Annotated[int, Knob(
        "Biased class", "Number of the class that carries the cue in training; 6 is Shirt.", low=0, high=999)] = 6
    harmed_class: Annotated[int, Knob(
        "Harmed class", "Number of the class that carries the cue at test time; 0 is T-shirt or top.", low=0, high=999)] = 0
    classes: Annotated[Literal["pair", "all"], Knob(
        "Classes", "Train on the two classes alone or on all classes of the data.",
        labels=MappingProxyType({"pair": "The two alone", "all": "All"}))] = "pair"
    mark_size: Annotated[int, Knob(
        "Size of the mark", "Side of the patch, width of the line or of the frame.", low=1, high=256, unit="pixels")] = 3
    carriers: Annotated[Literal["random", "easiest", "middle", "hardest"], Knob(
        "Which carriers", "Which images of the biased class are marked, by their difficulty without the mark.",
        labels=DIFFICULTIES)] = "random"
    n_train: Annotated[int, Knob(
        "Training images", "Images of each class to train on; smaller classes give all they have.", low=20, high=100_000,
        unit="a class")] = 1500
    n_validation: Annotated[int, Knob(
        "Validation images", "Images of each class that no network trains on; the share is chosen by them.", low=4, high=10_000,
        unit="a class")] = 250
    score: Annotated[Literal["el2n", "loss", "margin", "forgetting"], Knob(
        "Difficulty score", "What ranks the images of a class from easy to hard; forgetting is counted over a whole training.",
        labels=SCORES)] = "el2n"
    score_epoch: Annotated[int, Knob(
        "Score after", "Epochs after which difficulty is read off; late scores no longer see the carriers as hard.", low=1, high=400,
        unit="epochs")] = 1
    score_runs: Annotated[int, Knob(
        "Scoring runs", "Short trainings whose scores are averaged; their rank correlation is reported.", low=1, high=10)] = 3
    sweep: Annotated[str, Knob(
        "Sweep", "Shares to prune, joined by +.", check=shares_of)] = "0.1+0.25+0.5+0.75+0.9"
    repeats: Annotated[int, Knob(
        "Repeats", "Trainings that are averaged at the pruned share, for the hardest and for random pruning: their luck is large.",
        low=1, high=20)] = 3
    budget: Annotated[Literal["epochs", "steps"], Knob(
        "Training after pruning", "Equally many epochs, or equally many optimiser steps as without pruning.",
        labels=MappingProxyType({"epochs": "Same epochs", "steps": "Same steps"}))] = "epochs"
    accuracy_budget: Annotated[float, Knob(
        "Accuracy budget", "Average validation accuracy that the chosen share may cost.", low=0.0, high=0.5)] = 0.05
    hidden_strength: Annotated[float, Knob(
        "Weak strength", "Strength of the mark in the hidden regime; 0 leaves that part out.", low=0.0, high=1.0)] = 0.5
    identifiable_share: Annotated[float, Knob(
        "Many carriers", "Share of the biased class that is marked in the identifiable regime; 0 leaves that part out.", low=0.0,
        high=0.9)] = 0.1
    minority_share: Annotated[float, Knob(
        "Minority", "Share of the harmed class that carries the mark in training where many carriers stand out: the group that GroupDRO "
        "and JTT protect; 0 leaves it out.", low=0.0, high=0.5)] = 0.0
    label_noise: Annotated[float, Knob(
        "Wrong labels", "Share of labels that are wrong where pruning is repeated on noisy labels; 0 leaves that part out.", low=0.0,
        high=0.5)] = 0.05
    evidence: Annotated[bool, Knob(
        "Evidence", "Also compute rivals, attribution maps and their check, and the test of simplicity bias.")] = True
    model: Annotated[str, Knob(
        "Model", "The network that is trained; torchvision:NAME takes one of torchvision's, weights:PATH judges one that you trained.",
        labels=MODELS, suggestions=tuple(MODELS), check=check_room_model, takes=takes("weights"))] = "cnn"
    width: Annotated[int, Knob("Width", "Channels of the first block.", low=4, high=128, unit="channels")] = 16
    epochs: Epochs = 8
    batch_size: BatchSize = 64
    learning_rate: LearningRate = 0.05
    schedule: Annotated[Literal["cosine", "step", "constant"], Knob(
        "Schedule", "How the learning rate falls.",
        labels=MappingProxyType({"cosine": "Cosine", "step": "Steps at 50% and 75%", "constant": "Constant"}))] = "cosine"
    weight_decay: Annotated[float, Knob("Weight decay", "Pull of every weight towards zero.", low=0.0, high=0.1)] = 5e-4
    augmentation: Annotated[Literal["none", "pad_crop_flip"], Knob(
        "Augmentation", "Random change of each image in training, after the mark is written.",
        labels=MappingProxyType({"none": "None", "pad_crop_flip": "Pad, crop, flip"}))] = "none"
    precision: Annotated[Literal["auto", "float32", "bfloat16"], Knob(
        "Precision", "Automatic takes bfloat16 where the processor computes it natively.",
        labels=MappingProxyType({"auto": "Automatic", "float32": "float32", "bfloat16": "bfloat16"}))] = "auto"

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        if self.biased_class == self.harmed_class:
            raise InputError(f"biased_class and harmed_class must be two classes, got {self.biased_class} for both: change one.")
        self.check_carriers(self.n_train)
        if self.cue == "attribute" and ":" not in self.dataset:
            raise InputError(f"cue=attribute needs data of your own with groups, got {self.dataset!r}: use npz:PATH with the arrays "
                             "attribute_train and attribute_test, or a folder with metadata.csv.")
        for share in self.shares:
            if math.ceil(share * self.n_train) >= self.n_train:
                raise InputError(f"pruning must leave every class an image, got a share of {share:g} of {self.n_train}: lower it.")
        if self.score_epoch > self.epochs:
            raise InputError(f"score_epoch must be at most epochs ({self.epochs}), got {self.score_epoch}: lower it.")
        if self.score == "forgetting" and self.epochs < 2:
            raise InputError(f"score=forgetting needs at least 2 epochs to see a change, got {self.epochs}: raise epochs.")

    def idle(self) -> frozenset[str]:
        """Return what does nothing beside the other settings: weights bring their width."""
        return super().idle() | (frozenset({"width"}) if is_given(self.model) else frozenset())

    def check_carriers(self, n: int) -> None:
        """Raise ``InputError`` where a share of ``n`` images of the biased class rounds to no carrier at all."""
        shares = {"carrier_share": self.carrier_share, "identifiable_share": self.identifiable_share or 1.0}
        for name, share in shares.items() if self.cue == "mark" else ():
            if round(share * n) < 1:
                raise InputError(f"{name} must mark at least one of the {n} training images of the biased class, got {share:g}, which "
                                 "rounds to none: raise it.")

    @property
    def shares(self) -> tuple[float, ...]:
        """Every share that is pruned, ascending: those of the sweep and the headline's."""
        return tuple(sorted({*shares_of(self.sweep), self.share}))

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Which training sets are biased and pruned, see ``scenarios.Scenario``; known groups have no strength."""
        marked = self.cue == "mark"
        wanted = {"main": True, "hidden": marked and self.hidden_strength > 0, "identifiable": marked and self.identifiable_share > 0,
                  "noisy": self.label_noise > 0}
        return tuple(name for name, is_wanted in wanted.items() if is_wanted)


FULL = SpuriousConfig(
    dataset="cifar10", mark="line", mark_size=1, strength=0.75, classes="all", biased_class=0, harmed_class=1, n_train=4800,
    n_validation=200, score_epoch=9, hidden_strength=0.4, minority_share=0.02, model="resnet20", epochs=160, batch_size=64,
    learning_rate=0.1, schedule="step", weight_decay=1e-4, augmentation="pad_crop_flip")
