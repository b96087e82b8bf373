"""The tables of one seed, and the headline numbers, all of which are read from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.distillation.answer_quality import Judged
from core.distillation.class_similarity import agreement, centred, entropy, soft_label_table
from core.distillation.encoder import Encoded
from core.distillation.images import Images
from core.distillation.network_size import PASSES, Size, size_of
from core.distillation.soft_labels.arms import ENCODER, STUDENT, TEACHER
from core.distillation.soft_labels.config import SoftLabelConfig
from core.distillation.students import Student
from core.measures.calibration import softmax
from core.models.registry import build

if TYPE_CHECKING:
    from core.distillation.soft_labels.experiment import Taught

METRICS = {
    "accuracy_hard": "hard", "accuracy_encoder": "encoder", "accuracy_uniform": "uniform", "accuracy_permuted": "permuted",
    "accuracy_released": "released", "accuracy_extreme": "extreme", "accuracy_smoothing": "smoothing", "accuracy_sharp": "sharp",
    "accuracy_sharp_uniform": "sharp-uniform", "accuracy_sharp_permuted": "sharp-permuted", "accuracy_kd": "kd",
    "accuracy_kd_table": "kd-table", "accuracy_self": "self", "accuracy_label_free": "label-free", "accuracy_both": "both",
    "accuracy_both_uniform": "both-uniform"}


@dataclass(frozen=True, eq=False)
class Parts:
    """What makes labels: the autoencoder with its codes, the teacher with its answers, and the CPU seconds of the latter halves."""

    images: Images
    encoded: Encoded
    teacher: Student
    label_seconds: float
    answer_seconds: float


def sizes(config: SoftLabelConfig, images: Images) -> dict[str, Size]:
    """Return the size of student, teacher and autoencoder."""
    networks = {STUDENT: (config.student, config.width), TEACHER: (config.teacher, config.teacher_width), ENCODER: ("autoencoder", 16)}
    return {name: size_of(build(model, n_classes=images.n_classes, image_shape=images.shape, width=width), images.shape,
                          batch=config.batch_size) for name, (model, width) in networks.items()}


def making(config: SoftLabelConfig, parts: Parts) -> dict[str, tuple[float, float]]:
    """Return CPU seconds and multiply-adds of making the labels of each kind."""
    found, n = sizes(config, parts.images), config.n_train
    return {
        ENCODER: (parts.encoded.encoder.cpu_seconds + parts.label_seconds, found[ENCODER].macs * n * (PASSES * config.encoder_epochs + 1)),
        TEACHER: (parts.teacher.cpu_seconds + parts.answer_seconds, found[TEACHER].macs * n * (PASSES * config.teacher_epochs + 1))}


def arm_table(config: SoftLabelConfig, groups: Sequence["Taught"], parts: Parts, names: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per arm; ``names`` are the chosen arms by id, with the name under which they are compared."""
    made = making(config, parts)
    hard = groups[0].students[0]
    student_macs = sizes(config, parts.images)[STUDENT].macs * config.n_train * PASSES * config.epochs
    made |= {STUDENT: (hard.cpu_seconds, student_macs)}
    rows = []
    for group in groups:
        for arm, student, held, test in zip(group.arms, group.students, group.validation, group.test, strict=True):
            is_candidate = arm.id.startswith(("encoder-", "kd-", "smoothing-")) and arm.id not in ("encoder-more", "kd-table")
            rows.append({
                "arm": names.get(arm.id, arm.id), "title": arm.title, "family": arm.family, "weight": arm.weight,
                "temperature": arm.temperature, "is_chosen": not is_candidate or arm.id in names,
                "n_train": config.n_more if arm.family == "size" else config.n_train, "validation": held.accuracy,
                "accuracy": test.accuracy, "loss": test.loss, "ece": test.ece, "overconfidence": test.overconfidence,
                "brier": test.brier, "student_seconds": student.cpu_seconds,
                "label_seconds": sum(made[maker][0] for maker in arm.makers) if arm.family != "size" else float("nan"),
                "label_macs": float(sum(made[maker][1] for maker in arm.makers)) if arm.family != "size" else float("nan")})
    return pd.DataFrame(rows)


def cost_table(config: SoftLabelConfig, parts: Parts, students: Sequence[Student]) -> pd.DataFrame:
    """Return what each part of the work takes; a student's time is the mean over arms."""
    found, made, n = sizes(config, parts.images), making(config, parts), config.n_train
    seconds = {ENCODER: made[ENCODER][0], TEACHER: made[TEACHER][0], STUDENT: float(np.mean([one.cpu_seconds for one in students]))}
    macs = {ENCODER: made[ENCODER][1], TEACHER: made[TEACHER][1], STUDENT: found[STUDENT].macs * n * PASSES * config.epochs}
    titles = {ENCODER: "Autoencoder and labels", TEACHER: "Teacher and answers", STUDENT: "One student"}
    return pd.DataFrame([{"part": part, "title": titles[part], "cpu_seconds": seconds[part], "macs": float(macs[part]),
                          "parameters": found[part].parameters, "training_bytes": found[part].training_bytes} for part in titles])


def label_table(config: SoftLabelConfig, images: Images, cosines: np.ndarray, teacher_logits: np.ndarray) -> pd.DataFrame:
    """Return one row per pair of classes; what no validation image of a class tells is NaN."""
    soft, sharp = soft_label_table(cosines, config.bonus), soft_label_table(cosines, config.bonus, config.sharpening)
    shown, y, n = centred(soft), images.validation[1], images.n_classes
    probs, called = softmax(teacher_logits), np.eye(n)[teacher_logits.argmax(1)]
    mixing, confusion = (np.stack([part[y == label].mean(0) if (y == label).any() else np.full(n, np.nan) for label in range(n)])
                         for part in (probs, called))
    names = images.data.class_names
    return pd.DataFrame([
        {"row": row, "column": column, "row_name": names[row], "column_name": names[column], "cosine": cosines[row, column],
         "soft": soft[row, column], "centred": shown[row, column], "sharp": sharp[row, column], "mixing": mixing[row, column],
         "confusion": confusion[row, column]} for row in range(n) for column in range(n)])


def headlines(arms: pd.DataFrame, costs: pd.DataFrame, labels: pd.DataFrame, config: SoftLabelConfig,
              teacher: Judged) -> dict[str, float]:
    """Return the headline numbers by name."""
    rows, cost = arms[arms["is_chosen"]].set_index("arm"), costs.set_index("part")
    n = int(labels["row"].max()) + 1
    soft, cosines, mixing = (labels[column].to_numpy().reshape(n, n) for column in ("soft", "cosine", "mixing"))
    numbers = {metric: float(rows.at[arm, "accuracy"]) for metric, arm in METRICS.items()}
    numbers |= {f"ece_{name}": float(rows.at[name, "ece"]) for name in ("hard", "encoder", "uniform", "kd")}
    has_more = bool(config.n_more)
    return numbers | {
        "accuracy_teacher": teacher.accuracy,
        "cost_encoder": float(cost.at[ENCODER, "cpu_seconds"]), "cost_teacher": float(cost.at[TEACHER, "cpu_seconds"]),
        "macs_encoder": float(cost.at[ENCODER, "macs"]) / 1e9, "macs_teacher": float(cost.at[TEACHER, "macs"]) / 1e9,
        "own_class": float(np.diag(soft).mean()), "evenness": min(1.0, entropy(soft) / float(np.log(n))),
        "agreement": agreement(cosines, mixing),
        "gain_here": numbers["accuracy_encoder"] - numbers["accuracy_hard"],
        "gain_more": float(rows.at["encoder-more", "accuracy"] - rows.at["hard-more", "accuracy"]) if has_more else float("nan")}
