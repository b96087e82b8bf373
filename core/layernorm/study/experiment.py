"""The LayerNorm room: pretrain, strip before any training, fine-tune every variant side by side, report."""

from collections.abc import Sequence

import pandas as pd

from core.lab.experiment import Context
from core.layernorm.config import LayerNormConfig
from core.layernorm.demonstrations import damage_table, gauge_table
from core.layernorm.pretrained import Subject
from core.layernorm.study.headline import headline
from core.layernorm.study.norm_tables import gradients_table, models_table, norms_table
from core.layernorm.study.result import LayerNormResult
from core.layernorm.study.tables import epochs_table, matched_table, predictions_table, sample_images, samples_table, variants_table
from core.layernorm.subjects import check_placement, prepare
from core.layernorm.tuning import Tuned, tune
from core.layernorm.variations import stripped_norms
from core.models.normalisation import distance

GAUGE_COLUMNS = ("placement", "strength", "accuracy_before", "accuracy_after", "logit_difference", "n")
PRETRAINING_COLUMNS = ("placement", "epoch", "train_loss", "train_accuracy", "test_accuracy")


def run(config: LayerNormConfig, seed: int, context: Context) -> LayerNormResult:
    """Return one seed.

    Raises:
        InputError: If data and model do not go together.
        RunFailed: If a training diverges.
    """
    context.begin(0)
    subjects = prepare(config, seed, context)
    for subject in subjects:
        check_placement(subject)
    context.begin(1)
    damage, gauge = demonstrate(subjects, config, seed, context)
    context.begin(2)
    tuned = tune(subjects, config, seed=seed, context=context)
    context.begin(3)
    return report(subjects, tuned, damage, gauge, config)


def demonstrate(subjects: Sequence[Subject], config: LayerNormConfig, seed: int, context: Context) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables ``damage`` and ``gauge``."""
    damage, gauge = [], []
    for index, subject in enumerate(subjects):
        context.report(index / len(subjects), f"Stripping {subject.title}")
        n = len(subject.task.y_true) - subject.task.test.start
        damage.append(damage_table(subject, stripped_norms(subject, config), seed, n, processes=_processes(context)))
        if subject.placement == "pre" and subject.reads is not None:
            gauge.append(gauge_table(subject, seed, n, processes=_processes(context)))
    return pd.concat(damage, ignore_index=True), pd.concat(gauge, ignore_index=True) if gauge else pd.DataFrame(columns=list(GAUGE_COLUMNS))


def _processes(context: Context) -> int:
    return context.threads if context.device == "cpu" else 1


def report(subjects: Sequence[Subject], tuned: Sequence[Tuned], damage: pd.DataFrame, gauge: pd.DataFrame,
           config: LayerNormConfig) -> LayerNormResult:
    """Return everything that one seed found."""
    epochs = epochs_table(tuned, config)
    matched, gradients, models = matched_table(epochs), gradients_table(tuned, config), models_table(subjects, damage, config)
    moved = {subject.placement: distance(subject.state, stripped_norms(subject, config)) for subject in subjects}
    task = subjects[0].task
    return LayerNormResult(
        **headline(epochs, matched, damage, gradients, models, moved), epochs=epochs, matched=matched,
        variants=variants_table(tuned, epochs, config), norms=norms_table(subjects, tuned), gradients=gradients, damage=damage,
        gauge=gauge, samples=samples_table(task), predictions=predictions_table(tuned, config), pretraining=_pretraining(subjects),
        models=models, classes=pd.DataFrame({"y": range(len(task.class_names)), "name": task.class_names}),
        sample_images=sample_images(task))


def _pretraining(subjects: Sequence[Subject]) -> pd.DataFrame:
    parts = [subject.pretraining.assign(placement=subject.placement) for subject in subjects if len(subject.pretraining)]
    columns = list(PRETRAINING_COLUMNS)
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
