"""From logits along training to tables: every variant at every evaluation, at matched accuracy, and at its end."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F

from core.layernorm.config import LayerNormConfig
from core.layernorm.pretrained import Task
from core.layernorm.shares import LEVELS, at_place, first_reached, shares
from core.layernorm.tuning import Tuned, course_of
from core.layernorm.variations import n_changed

MEASURED = ("memorised", "recovered", "random", "test_accuracy")
MOST_SHOWN = 24
EPOCHS_COLUMNS = ("placement", "variant", "epoch", "train_accuracy", "clean_accuracy", "memorised", "recovered", "random",
                  "test_accuracy", "overfit_gap", "train_loss", "test_loss", "valid_accuracy")


def epochs_table(tuned: Sequence[Tuned], config: LayerNormConfig) -> pd.DataFrame:
    """Return the table ``epochs``, with valid_accuracy (against labels of which some are wrong) as a last column."""
    evaluated = course_of(config, "cpu").evaluated
    rows = []
    for one in tuned:
        for place, epoch in enumerate(evaluated):
            rows.append({"placement": one.subject.placement, "variant": one.variant.id, "epoch": epoch,
                         **figures_of(one.trained.logits[place], one.subject.task)})
    return pd.DataFrame(rows, columns=list(EPOCHS_COLUMNS))


def figures_of(logits: np.ndarray, task: Task) -> dict[str, float]:
    """Return shares, accuracies and losses of one model's logits (N, C) on all samples."""
    y_pred, train = logits.argmax(1), task.train
    found = shares(y_pred[train], task.y_true[train], task.y_given[train])
    is_right = y_pred == task.y_given
    clean = ~task.is_noisy[train]
    losses = F.cross_entropy(torch.from_numpy(logits), torch.from_numpy(task.y_given), reduction="none").numpy()
    train_accuracy, test_accuracy = float(is_right[train].mean()), float(is_right[task.test].mean())
    return {
        "train_accuracy": train_accuracy, "clean_accuracy": float(is_right[train][clean].mean()), "memorised": found.memorised,
        "recovered": found.recovered, "random": found.random, "test_accuracy": test_accuracy,
        "overfit_gap": train_accuracy - test_accuracy, "train_loss": float(losses[train].mean()),
        "test_loss": float(losses[task.test].mean()),
        "valid_accuracy": float(is_right[task.valid].mean()) if task.n_valid else float("nan")}


def matched_table(epochs: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``matched`` from the table ``epochs``."""
    rows = []
    for (placement, variant), part in epochs.groupby(["placement", "variant"], sort=False):
        for level in LEVELS:
            place = first_reached(part["clean_accuracy"].to_numpy(), level)
            rows.append({"placement": placement, "variant": variant, "level": level, "epoch": at_place(part["epoch"].to_numpy(), place),
                         **{name: at_place(part[name].to_numpy(), place) for name in MEASURED}})
    return pd.DataFrame(rows)


def variants_table(tuned: Sequence[Tuned], epochs: pd.DataFrame, config: LayerNormConfig) -> pd.DataFrame:
    """Return the table ``variants``."""
    rows = []
    for one in tuned:
        part = epochs[(epochs["placement"] == one.subject.placement) & (epochs["variant"] == one.variant.id)]
        last = part.iloc[-1]
        changed, displacement = n_changed(one.variant, one.subject, config, one.variation)
        stop = int(np.argmax(part["valid_accuracy"].to_numpy())) if part["valid_accuracy"].notna().all() else None
        epoch, memorised = part["epoch"].to_numpy(), part["memorised"].to_numpy()
        rows.append({
            "placement": one.subject.placement, "variant": one.variant.id, "title": one.variant.title, "kind": one.variant.kind,
            "n_changed": changed, "displacement": displacement,
            **{name: last[name] for name in ("memorised", "recovered", "random", "train_accuracy", "clean_accuracy", "test_accuracy",
                                             "overfit_gap")},
            **_stopped(part, stop),
            "epoch_half": at_place(epoch, first_reached(memorised, 0.5)), "epoch_most": at_place(epoch, first_reached(memorised, 0.95))})
    return pd.DataFrame(rows)


def _stopped(part: pd.DataFrame, place: int | None) -> dict[str, float]:
    """Return what early stopping would have kept: the evaluation with the best accuracy on the validation labels."""
    kept = {name: part[name].iloc[place] if place is not None else float("nan") for name in ("epoch", *MEASURED)}
    return {"best_epoch": float(kept["epoch"]), "best_test": kept["test_accuracy"], "best_memorised": kept["memorised"],
            "best_recovered": kept["recovered"]}


def shown_samples(task: Task) -> np.ndarray:
    """Return the rows of wrongly labelled training samples that are shown, at most 24."""
    return np.flatnonzero(task.is_noisy[task.train])[:MOST_SHOWN]


def samples_table(task: Task) -> pd.DataFrame:
    """Return the table ``samples``."""
    rows = shown_samples(task)
    return pd.DataFrame({"sample": rows, "y_true": task.y_true[rows], "y_noisy": task.y_given[rows],
                         "text": [task.texts[row] if task.texts else "" for row in rows]})


def sample_images(task: Task) -> np.ndarray:
    """Return the images of the samples shown, uint8 (n, H, W, C); one black pixel each for texts."""
    rows = shown_samples(task)
    return np.zeros((len(rows), 1, 1, 1), dtype=np.uint8) if task.images is None else task.images[rows]


def predictions_table(tuned: Sequence[Tuned], config: LayerNormConfig) -> pd.DataFrame:
    """Return the table ``predictions`` of every variant on the samples shown."""
    evaluated = course_of(config, "cpu").evaluated
    parts = []
    for one in tuned:
        task = one.subject.task
        rows = shown_samples(task)
        probs = torch.from_numpy(one.trained.logits[:, rows]).softmax(2).numpy()
        for place, epoch in enumerate(evaluated):
            parts.append(pd.DataFrame({
                "placement": one.subject.placement, "variant": one.variant.id, "epoch": epoch, "sample": rows,
                "y_pred": probs[place].argmax(1), "p_true": probs[place, np.arange(len(rows)), task.y_true[rows]],
                "p_noisy": probs[place, np.arange(len(rows)), task.y_given[rows]]}))
    return pd.concat(parts, ignore_index=True)
