"""The arms: what each student learns from. Everything is built from a few tables and the teacher's answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.distillation.class_similarity import permuted_twin, soft_label_table, uniform_twin
from core.distillation.soft_labels.config import SoftLabelConfig, temperatures_of, weights_of
from core.distillation.students import Arm, Term
from core.lab.seeds import generator
from core.measures.calibration import softmax

SMOOTHINGS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
MILD, EXTREME = (0.5, 1.0), (0.9, 20.0)
ENCODER, TEACHER, STUDENT = "autoencoder", "teacher", "student"


@dataclass(frozen=True, eq=False)
class Sources:
    """What labels can be made of.

    Attributes:
        y: Classes of the training images (N,).
        cosines: Class similarities (C, C).
        teacher: Logits of the teacher on the training images, (N, C).
    """

    y: np.ndarray
    cosines: np.ndarray
    teacher: np.ndarray

    def table(self, config: SoftLabelConfig) -> np.ndarray:
        """Return the released soft labels."""
        return soft_label_table(self.cosines, config.bonus)

    def sharp(self, config: SoftLabelConfig) -> np.ndarray:
        """Return the sharpened soft labels."""
        return soft_label_table(self.cosines, config.bonus, config.sharpening)


def from_table(id: str, title: str, family: str, table: np.ndarray, y: np.ndarray, weight: float, temperature: float, form: str,
               makers: tuple[str, ...] = (ENCODER,)) -> Arm:
    """Return the arm that learns from one soft label a class: (1 - a) CE + a times the named loss."""
    return Arm(id, title, family, 1.0 - weight, (Term(table[y], weight, temperature, form),), weight, temperature, makers)


def from_answers(id: str, title: str, family: str, logits: np.ndarray, weight: float, temperature: float,
                 makers: tuple[str, ...] = (TEACHER,)) -> Arm:
    """Return the arm of Hinton's distillation: (1 - a) CE + a T^2 KL(softmax(teacher / T) || softmax(z / T))."""
    term = Term(softmax(logits, temperature), weight, temperature, "batchmean")
    return Arm(id, title, family, 1.0 - weight, (term,), weight, temperature, makers)


def smoothed(strength: float, y: np.ndarray, n_classes: int) -> Arm:
    """Return the arm of plain label smoothing: cross-entropy against (1 - s) on the label plus s / C everywhere."""
    table = (1.0 - strength) * np.eye(n_classes) + strength / n_classes
    return Arm(f"smoothing-{strength:g}", f"Label smoothing {strength:g}", "smoothing", 0.0,
               (Term(table[y], 1.0, 1.0, "released_ce"),), strength)


def candidates(config: SoftLabelConfig, sources: Sources) -> list[Arm]:
    """Return hard labels, and for each method the settings that validation images choose from."""
    n_classes = len(sources.cosines)
    grid = [(weight, temperature) for temperature in temperatures_of(config.temperatures) for weight in weights_of(config.weights)]
    arms = [Arm("hard", "Hard labels", "plain")]
    arms += [smoothed(strength, sources.y, n_classes) for strength in SMOOTHINGS]
    arms += [from_table(f"encoder-{weight:g}-{temperature:g}", f"Autoencoder's labels, a {weight:g}, T {temperature:g}", "encoder",
                        sources.table(config), sources.y, weight, temperature, config.form) for weight, temperature in grid]
    arms += [from_answers(f"kd-{weight:g}-{temperature:g}", f"Distillation, a {weight:g}, T {temperature:g}", "teacher",
                          sources.teacher, weight, temperature) for weight, temperature in grid]
    return arms


def controls(config: SoftLabelConfig, sources: Sources, encoder: Arm, kd: Arm, student: np.ndarray, seed: int) -> list[Arm]:
    """Return the twins of the chosen settings, and the rivals that need no choice of their own.

    Args:
        config: Loss, sharpening.
        sources: What labels are made of.
        encoder: The chosen arm of the autoencoder's labels: its twins have its weight and temperature.
        kd: The chosen arm of distillation; so have the other arms that learn from answers.
        student: Logits of the hard-label student on the training images.
        seed: Shuffles.
    """
    table, sharp, y = sources.table(config), sources.sharp(config), sources.y
    shuffled = permuted_twin(table, generator(seed, "distillation", "shuffled classes"))
    sharp_shuffled = permuted_twin(sharp, generator(seed, "distillation", "shuffled classes, sharpened"))
    a, t = encoder.weight, encoder.temperature
    mean_answers = np.stack([softmax(sources.teacher[y == label], kd.temperature).mean(0) for label in range(len(table))])
    sharpened = [from_table(name, title, "sharp", labels, y, MILD[0], MILD[1], "batchmean") for name, title, labels in (
        ("sharp", "Sharpened labels", sharp), ("sharp-uniform", "Sharpened, equal strength", uniform_twin(sharp)),
        ("sharp-permuted", "Sharpened, wrong classes", sharp_shuffled))]
    return [
        from_table("uniform", "Smoothing of equal strength", "encoder", uniform_twin(table), y, a, t, config.form),
        from_table("permuted", "Labels, wrong classes", "encoder", shuffled, y, a, t, config.form),
        from_table("released", "As released, a 0.5, T 1", "encoder", table, y, *MILD, config.form),
        from_table("extreme", "As released, a 0.9, T 20", "encoder", table, y, *EXTREME, config.form),
        *sharpened,
        from_table("kd-table", "Teacher's table", "teacher", mean_answers, y, kd.weight, kd.temperature, "batchmean", (TEACHER,)),
        from_answers("label-free", "Label-free distillation", "teacher", sources.teacher, 1.0, kd.temperature),
        from_answers("self", "Self-distillation", "self", student, kd.weight, kd.temperature, (STUDENT,)),
        added("both", "Distillation and labels", kd, sources, table, encoder, config.form),
        added("both-uniform", "Distillation, smoothing", kd, sources, uniform_twin(table), encoder, config.form),
    ]


def added(id: str, title: str, kd: Arm, sources: Sources, table: np.ndarray, encoder: Arm, form: str) -> Arm:
    """Return distillation whose hard part is replaced by the loss against soft labels: (1 - a) [(1 - b) CE + b soft] + a KD."""
    rest = 1.0 - kd.weight
    soft = Term(table[sources.y], rest * encoder.weight, encoder.temperature, form)
    return Arm(id, title, "both", rest * (1.0 - encoder.weight), (*kd.terms, soft), kd.weight, kd.temperature, (ENCODER, TEACHER))


def larger(config: SoftLabelConfig, cosines: np.ndarray, y: np.ndarray, encoder: Arm) -> list[Arm]:
    """Return the three arms that are trained on the larger set: hard labels, soft labels, smoothing of equal strength."""
    table = soft_label_table(cosines, config.bonus)
    a, t = encoder.weight, encoder.temperature
    return [Arm("hard-more", "Hard labels, more images", "size"),
            from_table("encoder-more", "Autoencoder's labels, more images", "size", table, y, a, t, config.form),
            from_table("uniform-more", "Equal strength, more images", "size", uniform_twin(table), y, a, t, config.form)]


def chosen(arms: Sequence[Arm], family: str, accuracy: np.ndarray, loss: np.ndarray) -> Arm:
    """Return the arm of a family with the best validation accuracy; the lower validation loss decides between equals."""
    mine = [index for index, arm in enumerate(arms) if arm.family == family]
    return arms[max(mine, key=lambda index: (accuracy[index], -loss[index]))]
