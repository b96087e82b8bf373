"""The membership audit as a record: what it asks, takes, returns and claims. Imports no torch."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

import numpy as np
import pandas as pd

from core.data.sources import BUNDLED, check_source, fingerprint, load
from core.lab.claims import PAIRED, Claim, Precondition
from core.lab.config import Config, Knob
from core.lab.errors import InputError
from core.lab.experiment import Array, Experiment, Metric, Preset, Step, Table
from core.lab.work import Work
from core.models.names import MODEL_NAMES, check_model
from core.training.cost import training_seconds

DATASETS = MappingProxyType({
    "fashion-mnist": "Fashion-MNIST", "mnist": "MNIST", "cifar10": "CIFAR-10", "cifar100": "CIFAR-100", "svhn": "SVHN"})
FRACTION, DIFFERENCE = (0.0, 1.0), (-1.0, 1.0)
MODELS = MappingProxyType({
    "cnn": "Small CNN", "cnn_groupnorm": "Small CNN, GroupNorm", "resnet20": "ResNet-20", "resnet18": "ResNet-18", "mlp": "MLP"})


@dataclass(frozen=True, kw_only=True)
class PrivacyConfig(Config):
    """Everything that may change the numbers of a membership audit."""

    dataset: Annotated[str, Knob(
        "Data", "Images to train on: a known set, npz:PATH or folder:PATH.", main=True, labels=DATASETS,
        suggestions=tuple(DATASETS), check=check_source)] = "fashion-mnist"
    model: Annotated[str, Knob(
        "Model", "The network under audit; torchvision:NAME takes one of torchvision's.", main=True, labels=MODELS,
        suggestions=tuple(MODELS), check=check_model)] = "cnn"
    n_reference_models: Annotated[int, Knob(
        "Reference models", "Models the attacker trains to learn what is normal for an image.", low=3, high=1023,
        main=True)] = 16
    n_pool: Annotated[int, Knob(
        "Pool", "Images that may be members; each model trains on a random half.", low=100, high=100_000, unit="images")] = 2000
    n_population: Annotated[int, Knob(
        "Population", "Further images that no model ever trains on, for attacks that compare with strangers.", low=50,
        high=100_000, unit="images")] = 1000
    width: Annotated[int, Knob("Width", "Channels of the first block.", low=4, high=128, unit="channels")] = 16
    epochs: Annotated[int, Knob("Epochs", "Passes over the training images.", low=1, high=400)] = 16
    stop_epoch: Annotated[int, Knob(
        "Stop early after", "Epochs after which training ends; 0 trains to the end.", low=0, high=400, unit="epochs")] = 0
    batch_size: Annotated[int, Knob("Batch size", "Images per optimiser step.", low=8, high=1024, unit="images")] = 64
    optimizer: Annotated[Literal["sgd", "adam"], Knob(
        "Optimiser", "SGD has momentum 0.9.", labels=MappingProxyType({"sgd": "SGD", "adam": "Adam"}))] = "sgd"
    learning_rate: Annotated[float, Knob("Learning rate", "Step size at the start.", low=1e-5, high=1.0)] = 0.02
    schedule: Annotated[Literal["cosine", "step", "constant"], Knob(
        "Schedule", "How the learning rate falls.",
        labels=MappingProxyType({"cosine": "Cosine", "step": "Steps at 50% and 75%", "constant": "Constant"}))] = "cosine"
    weight_decay: Annotated[float, Knob("Weight decay", "Pull of every weight towards zero.", low=0.0, high=0.1)] = 5e-4
    augmentation: Annotated[Literal["none", "pad_crop_flip"], Knob(
        "Augmentation", "Random change of each image in training.",
        labels=MappingProxyType({"none": "None", "pad_crop_flip": "Pad, crop, flip"}))] = "none"
    label_smoothing: Annotated[float, Knob(
        "Label smoothing", "Share of each label spread over all classes.", low=0.0, high=0.5)] = 0.0
    precision: Annotated[Literal["auto", "float32", "bfloat16"], Knob(
        "Precision", "Automatic takes bfloat16 where the processor computes it natively.",
        labels=MappingProxyType({"auto": "Automatic", "float32": "float32", "bfloat16": "bfloat16"}))] = "auto"
    n_queries: Annotated[int, Knob(
        "Queries per image", "1 asks the image alone, 2 its mirror too, more add shifts.", low=1, high=18)] = 1
    lira_variance: Annotated[Literal["fixed", "per_sample"], Knob(
        "LiRA variance", "One spread for all images, better below 64 models, or one for each image.",
        labels=MappingProxyType({"fixed": "Shared, centred", "per_sample": "Per image"}))] = "fixed"
    lira_counts: Annotated[Literal["matched", "ignored"], Knob(
        "LiRA references", "Equally many references for every image, or as published: all, although their number betrays members.",
        labels=MappingProxyType({"matched": "Equally many", "ignored": "All, as published"}))] = "matched"
    rmia_gamma: Annotated[float, Knob(
        "RMIA gamma", "How many times more likely than a stranger an image must be.", low=0.1, high=10.0)] = 1.0
    white_box: Annotated[bool, Knob("White-box attacks", "Also attack with gradient norms, which need the weights.")] = True

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together."""
        if self.stop_epoch > self.epochs:
            raise InputError(f"stop_epoch must be at most epochs ({self.epochs}), got {self.stop_epoch}: lower it or use 0.")
        if self.lira_variance == "per_sample" and self.n_reference_models < 5:
            raise InputError(f"lira_variance=per_sample needs at least 5 reference models, got {self.n_reference_models}.")
        if self.n_pool % 2:
            raise InputError(f"n_pool must be even, since each model trains on half of it, got {self.n_pool}.")
        if self.batch_size > self.n_pool // 2:
            raise InputError(f"batch_size must be at most the {self.n_pool // 2} members (half the pool), got {self.batch_size}.")


@dataclass(frozen=True, kw_only=True, eq=False)
class PrivacyResult:
    """What one seed of the audit returns. Means over targets: every model is the target in turn, the others its references."""

    auc: Annotated[float, Metric("Attack AUC", "Chance that a member outscores a non-member under LiRA, online; guessing: 0.50.",
        bounds=FRACTION)]
    auc_loss: Annotated[float, Metric("AUC, loss threshold", "The same with one loss threshold for all images.", bounds=FRACTION)]
    auc_gain: Annotated[float, Metric("AUC gained by calibration", "LiRA, online, minus the loss threshold.", bounds=DIFFERENCE)]
    tpr_at_1_percent: Annotated[float, Metric(
        "Found at 1% false alarms", "Members found when 1% of non-members are accused, pooled over targets.", unit="%",
        bounds=FRACTION)]
    tpr_at_01_percent: Annotated[float, Metric(
        "Found at 0.1% false alarms", "Members found when 0.1% of non-members are accused, pooled over targets.", unit="%",
        bounds=FRACTION)]
    train_accuracy: Annotated[float, Metric("Training accuracy", "Accuracy on members, mean over models.", unit="%",
        bounds=FRACTION)]
    test_accuracy: Annotated[float, Metric("Test accuracy", "Accuracy on held-out test images, mean over models.", unit="%",
        bounds=FRACTION)]
    accuracy_gap: Annotated[float, Metric("Generalisation gap", "Accuracy on members minus on non-members.", unit="pt",
        bounds=DIFFERENCE)]
    loss_gap: Annotated[float, Metric("Loss gap", "Mean loss on non-members minus on members.")]
    gap_correlation: Annotated[float, Metric(
        "Gap and leakage", "Spearman correlation of loss gap and loss-threshold AUC over training epochs, mean over targets.",
        bounds=DIFFERENCE)]
    gap_correlation_shuffled: Annotated[float, Metric("Gap and leakage, shuffled", "The same AUC with membership shuffled.",
        bounds=DIFFERENCE)]
    feature_norm_auc: Annotated[float, Metric(
        "AUC of feature magnitude", "Chance that a member's penultimate feature is longer than a non-member's.", bounds=FRACTION)]
    feature_norm_auc_shuffled: Annotated[float, Metric("AUC of magnitude, shuffled", "The same with membership shuffled.",
        bounds=FRACTION)]
    auc_shuffled: Annotated[float, Metric("Attack AUC, shuffled", "LiRA, online, scored against shuffled membership.",
        bounds=FRACTION)]
    auc_clean: Annotated[float, Metric(
        "Attack AUC, clean target", "LiRA, online, on a model that was trained on none of these images.", bounds=FRACTION)]
    auc_gain_shuffled: Annotated[float, Metric("AUC gained, shuffled", "The gain scored against shuffled membership.",
        bounds=DIFFERENCE)]
    attacks: Annotated[pd.DataFrame, Table("One row per attack: report.attack_table.")]
    operating_points: Annotated[pd.DataFrame, Table("One row per attack and false-alarm level: report.operating_point_table.")]
    roc: Annotated[pd.DataFrame, Table("One row per attack and false-alarm rate: report_curves.roc_table.")]
    histograms: Annotated[pd.DataFrame, Table("One row per attack and bin of its score: report_curves.histogram_table.")]
    slices: Annotated[pd.DataFrame, Table("One row per attack and slice of the pool: report_samples.slice_table.")]
    samples: Annotated[pd.DataFrame, Table("Most exposed members, most accused non-members: report_samples.sample_table.")]
    curves: Annotated[pd.DataFrame, Table("One row per model and epoch: loss and accuracy on training and test images.")]
    early_stopping: Annotated[pd.DataFrame, Table("One row per target and epoch kept: see core.privacy.early_stopping.")]
    feature_norms: Annotated[pd.DataFrame, Table("One row per bin of feature magnitude: left, right, members, non_members.")]
    sample_images: Annotated[np.ndarray, Array("uint8 (rows of samples, H, W, C): the image of each row")]
    classes: Annotated[pd.DataFrame, Table("One row per class: y, name.")]


def work_of(config: PrivacyConfig) -> Work:
    """Return what one seed amounts to when nothing is kept."""
    models = config.n_reference_models + 1
    epochs = config.stop_epoch or config.epochs
    images = models * epochs * config.n_pool / 2
    return Work(9.0, OVERHEAD * training_seconds(config.model, config.width, images) + models * config.n_pool / 8000)


def data_fingerprint(config: PrivacyConfig) -> str:
    """Return the content hash of the data that a config names.

    Data that a user brings is read and checked whole, so that a fault is told before anything is written.

    Raises:
        InputError: If the data is missing, breaks a rule, or is too small for the pool and the population.
    """
    if config.dataset in TRAINING_IMAGES:
        found, content = TRAINING_IMAGES[config.dataset], ""
    else:
        data = load(config.dataset)
        found, content = len(data.x_train), data.fingerprint
    wanted = config.n_pool + config.n_pool // 2 + config.n_population
    if wanted > found:
        raise InputError(f"one and a half times n_pool, plus n_population, must be at most the {found} training images of "
                         f"{config.dataset}, got {wanted}: lower one of them.")
    return content or fingerprint(config.dataset)


TRAINING_IMAGES = MappingProxyType({BUNDLED: 20_000, "mnist": 60_000, "cifar10": 50_000, "cifar100": 50_000, "svhn": 73_257})
OVERHEAD = 1.8  # of recording every model's answers on the pool over plain training
LITE = PrivacyConfig()
FULL = PrivacyConfig(
    dataset="cifar10", model="resnet18", width=64, n_reference_models=64, n_pool=20_000, n_population=5000, epochs=60,
    batch_size=256, learning_rate=0.1, augmentation="pad_crop_flip", n_queries=2, white_box=False)

SINCE = "2026-11-20"
FINDS = Precondition(
    metric="auc", at_least=0.55, words="the attack finds something where membership is true",
    remedy="train longer or on fewer images, so that there is something to find")
CLAIMS = (
    Claim(
        id="calibration", kind="paper", statement="Calibrating to each image beats one loss threshold",
        source="Carlini et al. 2022, Membership Inference Attacks From First Principles, section V",
        effect="auc", effect_words="AUC, LiRA online", control="auc_loss", control_words="one loss threshold, same models",
        expected="above", margin_date=SINCE, published="+0.09 (0.686 against 0.592): CIFAR-10, 16 models, the authors' code",
        published_value=0.09, changes=(PAIRED,)),
    Claim(
        id="gap", kind="paper", statement="Leakage rises with the gap between training and test",
        source="Yeom et al. 2018, Privacy Risk in Machine Learning, section III",
        effect="gap_correlation", effect_words="rank correlation over epochs", control="gap_correlation_shuffled",
        control_words="shuffled membership", expected="above", margin=0.3,
        margin_reason="a weaker rank correlation is of no use to predict leakage", margin_date=SINCE, changes=(PAIRED,),
        note="Within one training both rise with the epoch, so a high correlation is easily had"),
    Claim(
        id="magnitude", kind="paper", statement="Members have longer representations",
        source="SRCM, Representation Magnitude has a Liability to Privacy Vulnerability, arXiv 2407.16164, abstract",
        effect="feature_norm_auc", effect_words="AUC of magnitude", control="feature_norm_auc_shuffled",
        control_words="shuffled membership", expected="above", margin_date=SINCE, changes=(PAIRED,)),
    Claim(
        id="leak-free", kind="self-check", statement="Shuffled membership leaves nothing to find", source="Leak check of this audit",
        effect="auc_shuffled", effect_words="AUC, shuffled", reference=0.5, control_words="guessing", expected="within", margin=0.01,
        margin_reason="a tenth of the smallest effect that is reported", margin_date=SINCE, published="no paper; 0.50 by construction",
        preconditions=(FINDS,), changes=(PAIRED,)),
    Claim(
        id="clean", kind="self-check", statement="A model that never saw the images gives nothing away",
        source="Leak check of this audit's half-and-half design", effect="auc_clean", effect_words="AUC, clean target", reference=0.5,
        control_words="guessing", expected="within", margin=0.05, margin_reason="one target alone: its AUC varies by some hundredths",
        margin_date=SINCE, published="no paper; 0.50 by construction", preconditions=(FINDS,), changes=(PAIRED,)),
)

PRIVACY = Experiment(
    name="privacy",
    title="Privacy leakage",
    question="Can an attacker tell who was in the training set?",
    config=PrivacyConfig,
    result=PrivacyResult,
    presets=(
        Preset("lite", "lite: about a minute", LITE, (0,), 45.0),
        Preset("full", "full: for a GPU", FULL, (0,), 900.0, gpu=True),
    ),
    steps=(
        Step("Draw the pool", 0.5),
        Step("Train the models", 16.0),
        Step("Query every model", 2.0),
        Step("Attack", 4.0),
        Step("Report", 1.0),
    ),
    run="core.privacy.experiment:run",
    figures="core.privacy.figures:FIGURES",
    texts="core.privacy.texts:TEXTS",
    claims=CLAIMS,
    version=4,
    fingerprint=data_fingerprint,
    work=work_of,
    headline="auc",
)

assert set(MODELS) <= set(MODEL_NAMES)
