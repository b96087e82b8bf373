"""One seed of soft labels: autoencoder, teacher, students, all arms of one size side by side in the one engine."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.sources import load
from core.distillation.answer_quality import Judged, judged
from core.distillation.class_similarity import class_cosines
from core.distillation.encoder import Encoded, train_encoder
from core.distillation.images import Images, check_images, draw_images
from core.distillation.soft_labels.arms import Sources, candidates, chosen, controls, larger
from core.distillation.soft_labels.config import SoftLabelConfig
from core.distillation.soft_labels.result import SoftLabelResult
from core.distillation.soft_labels.tables import Parts, arm_table, cost_table, headlines, label_table
from core.distillation.students import Arm, Lesson, Student, train_students
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.training.config import TrainingConfig
from core.training.evaluate import predict_many


@dataclass(frozen=True, eq=False)
class Taught:
    """Students of one call with their answers on validation and test images."""

    arms: list[Arm]
    students: list[Student]
    validation: list[Judged]
    test: list[Judged]


def run(config: SoftLabelConfig, seed: int, context: Context) -> SoftLabelResult:
    """Return one seed of the study.

    Raises:
        InputError: If the data has one class or too few images.
        RunFailed: If a training diverges.
    """
    context.begin(0)
    data = load(config.dataset)
    check_images(data, n_train=max(config.n_train, config.n_more), n_validation=config.n_validation, n_test=config.n_test)
    images = draw(config, seed, config.n_train)
    context.begin(1)
    encoded, cosines, label_seconds = similarities(config, images, seed, context)
    context.begin(2)
    teacher, answers, mixing, answer_seconds = taught_by(config, images, seed, context)
    sources = Sources(images.train[1], cosines, answers)
    context.begin(3)
    first = teach(config, images, candidates(config, sources), seed, context)
    scores = np.array([[one.accuracy, one.loss] for one in first.validation]).T
    encoder, kd, smoothing = (chosen(first.arms, family, *scores) for family in ("encoder", "teacher", "smoothing"))
    context.begin(4)
    own = answers_of(config, images.train[0], [first.students[0]], images, context)[0]
    second = teach(config, images, controls(config, sources, encoder, kd, own, seed), seed, context)
    context.begin(5)
    more = teach_more(config, encoder, seed, context) if config.n_more else None
    context.begin(6)
    parts = Parts(images, encoded, teacher, label_seconds, answer_seconds)
    groups = [group for group in (first, second, more) if group is not None]
    arms = arm_table(config, groups, parts, {encoder.id: "encoder", kd.id: "kd", smoothing.id: "smoothing"})
    costs = cost_table(config, parts, [student for group in (first, second) for student in group.students])
    labels = label_table(config, images, cosines, mixing)
    return SoftLabelResult(**headlines(arms, costs, labels, config, judged_teacher(config, images, teacher, context)), arms=arms,
                           labels=labels, costs=costs)


def draw(config: SoftLabelConfig, seed: int, n_train: int) -> Images:
    """Return the images of a seed with so many for training."""
    return draw_images(load(config.dataset), seed, n_train=n_train, n_validation=config.n_validation, n_test=config.n_test)


def lesson_of(config: SoftLabelConfig, images: Images, seed: int, training: TrainingConfig) -> Lesson:
    """Return what all networks of one call share."""
    return Lesson(*images.train, images.n_classes, training, seed, images.data.fingerprint)


def student_training(config: SoftLabelConfig, epochs: int) -> TrainingConfig:
    """Return how students train."""
    return TrainingConfig(model=config.student, width=config.width, epochs=epochs, batch_size=config.batch_size,
                          learning_rate=config.learning_rate, augmentation=config.augmentation)


def teacher_training(config: SoftLabelConfig) -> TrainingConfig:
    """Return how the teacher trains."""
    return TrainingConfig(model=config.teacher, width=config.teacher_width, epochs=config.teacher_epochs, batch_size=config.batch_size,
                          learning_rate=config.learning_rate, augmentation=config.augmentation)


def encoder_training(config: SoftLabelConfig, epochs: int) -> TrainingConfig:
    """Return how the autoencoder trains: as released but for its length and batch; float32, since similarities differ by thousandths."""
    return TrainingConfig(model="autoencoder", epochs=epochs, batch_size=config.batch_size, learning_rate=0.1, precision="float32")


def similarities(config: SoftLabelConfig, images: Images, seed: int, context: Context,
                 epochs: int | None = None) -> tuple[Encoded, np.ndarray, float]:
    """Return the autoencoder, class similarities (C, C), and the CPU seconds of codes and similarities."""
    lesson = lesson_of(config, images, seed, encoder_training(config, epochs or config.encoder_epochs))
    encoded = train_encoder(lesson, config.encoder_target, context)
    started = time.process_time()
    cosines = class_cosines(encoded.codes, images.train[1], images.n_classes, config.per_class,
                            generator(seed, "distillation", "images of similarities"))
    return encoded, cosines, encoded.cpu_seconds + time.process_time() - started


def taught_by(config: SoftLabelConfig, images: Images, seed: int, context: Context) -> tuple[Student, np.ndarray, np.ndarray, float]:
    """Return the teacher, its logits on training and on validation images, and the CPU seconds of the former."""
    training = teacher_training(config)
    teacher = train_students(lesson_of(config, images, seed, training), [Arm("teacher", "Teacher", "teacher")], context)[0]
    started = time.process_time()
    answers = predict_many([teacher.state], images.train[0], training, n_classes=images.n_classes, device=context.device, processes=1)[0][0]
    seconds = time.process_time() - started
    held = predict_many([teacher.state], images.validation[0], training, n_classes=images.n_classes, device=context.device)[0][0]
    return teacher, answers, held, seconds


def judged_teacher(config: SoftLabelConfig, images: Images, teacher: Student, context: Context) -> Judged:
    """Return how the teacher does on test images."""
    logits = predict_many([teacher.state], images.test[0], teacher_training(config), n_classes=images.n_classes, device=context.device)[0]
    return judged(logits[0], images.test[1])


def answers_of(config: SoftLabelConfig, x: np.ndarray, students: Sequence[Student], images: Images, context: Context) -> np.ndarray:
    """Return the logits (K, N, C) of students on images."""
    return predict_many([student.state for student in students], x, student_training(config, 1), n_classes=images.n_classes,
                        device=context.device, processes=context.threads)[0]


def teach(config: SoftLabelConfig, images: Images, arms: list[Arm], seed: int, context: Context, epochs: int | None = None) -> Taught:
    """Return the students of some arms, judged."""
    lesson = lesson_of(config, images, seed, student_training(config, epochs or config.epochs))
    students = train_students(lesson, arms, context)
    answers = {part: answers_of(config, getattr(images, part)[0], students, images, context) for part in ("validation", "test")}
    return Taught(arms, students, *([judged(logits, getattr(images, part)[1]) for logits in answers[part]] for part in answers))


def teach_more(config: SoftLabelConfig, encoder: Arm, seed: int, context: Context) -> Taught:
    """Return three arms on the larger training set, with an autoencoder of its own and as many steps."""
    images, share = draw(config, seed, config.n_more), config.n_train / config.n_more
    cosines = similarities(config, images, seed, context, max(1, round(config.encoder_epochs * share)))[1]
    return teach(config, images, larger(config, cosines, images.train[1], encoder), seed, context, max(1, round(config.epochs * share)))
