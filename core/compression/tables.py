"""From observations to the tables of a result; their columns are named in ``core.compression.groups.result``."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.compression.cohorts import COHORTS, Cohorts
from core.compression.compressed_model import CompressedModel, weight_change
from core.compression.group_outputs import group_outputs, sample_losses
from core.compression.observe import CURVATURE, NetworkAtPoint, Observed
from core.compression.points import FLOAT
from core.compression.size import size_bytes
from core.lab.seeds import generator
from core.measures.bootstrap import gap_draws, gap_interval, interval_of
from core.measures.intervals import clopper_pearson

N_BOOTSTRAP = 300


@dataclass(frozen=True, eq=False)
class Measured:
    """What was observed at every setting of every copy, and the networks' records as far as storage and weights go."""

    tasks: Sequence[NetworkAtPoint]
    records: Sequence[CompressedModel]
    observed: Observed
    cohorts: Cohorts


def joined(parts: Sequence[Measured]) -> Measured:
    """Return several observations of the same copies as one."""
    first = parts[0].observed
    observed = Observed(
        np.concatenate([part.observed.test_logits for part in parts]),
        tuple(logits for part in parts for logits in part.observed.train_logits),
        np.concatenate([part.observed.activations for part in parts]),
        {name: np.concatenate([part.observed.curvature[name] for part in parts]) for name in first.curvature},
        first.layers, first.chain_rows)
    return Measured([task for part in parts for task in part.tasks], [record for part in parts for record in part.records], observed,
                    parts[0].cohorts)


def group_table(measured: Measured) -> pd.DataFrame:
    """Return the groups of both copies with their float network: the table ``groups``."""
    cohorts, parts = measured.cohorts, []
    for index, task in enumerate(measured.tasks):
        if task.setting.id != FLOAT:
            continue
        rows = measured.observed.chain_rows[task.copy]
        labels, groups = cohorts.train[1][rows], cohorts.group_train[rows]
        outputs = group_outputs(measured.observed.train_logits[index], labels, groups, cohorts.n_groups)
        curved = {name: values[index] for name, values in measured.observed.curvature.items()}
        parts.append(pd.DataFrame({
            "copy": COHORTS[task.copy], "group": np.arange(cohorts.n_groups), "name": cohorts.names, "rank": cohorts.rank,
            "edge": cohorts.edges.astype(str), "n_train": cohorts.sizes(task.copy),
            "n_test": np.bincount(cohorts.group_test, minlength=cohorts.n_groups),
            "n_chain": np.bincount(groups, minlength=cohorts.n_groups), **curved, "train_loss": outputs["loss"].to_numpy()}))
    return pd.concat(parts, ignore_index=True)


def chain_table(measured: Measured) -> pd.DataFrame:
    """Return the chain of causes per copy, setting and group: the table ``chain``."""
    cohorts, parts, before = measured.cohorts, [], {}
    for index, task in sorted(enumerate(measured.tasks), key=lambda pair: pair[1].setting.id != FLOAT):
        rows = measured.observed.chain_rows[task.copy]
        train = group_outputs(measured.observed.train_logits[index], cohorts.train[1][rows], cohorts.group_train[rows], cohorts.n_groups)
        test = group_outputs(measured.observed.test_logits[index], cohorts.test[1], cohorts.group_test, cohorts.n_groups)
        counts = np.bincount(cohorts.group_test, minlength=cohorts.n_groups)
        low, high = clopper_pearson(np.rint(test["accuracy"] * counts), counts)
        part = pd.DataFrame({
            "copy": COHORTS[task.copy], "setting": task.setting.id, "group": np.arange(cohorts.n_groups),
            "activation_change": measured.observed.activations[index].mean(axis=0),
            "logit_variance": train["logit_variance"], "margin": train["margin"], "closeness": train["closeness"],
            "train_loss": train["loss"], "test_loss": test["loss"], "accuracy": test["accuracy"], "accuracy_low": low,
            "accuracy_high": high,
            **{name: measured.observed.curvature[name][index] for name in CURVATURE}})
        reference = before.setdefault(task.copy, part)
        part["excess_loss"] = part["train_loss"].to_numpy() - reference["train_loss"].to_numpy()
        part["drop"] = reference["accuracy"].to_numpy() - part["accuracy"].to_numpy()
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def disparity_draws(measured: Measured, seed: int) -> np.ndarray:
    """Return the largest difference of excess training losses with images redrawn within groups, float32 (rows of ``settings``, 300)."""
    cohorts, before, draws = measured.cohorts, float_losses(measured), []
    for task, logits in zip(measured.tasks, measured.observed.train_logits, strict=True):
        chosen = measured.observed.chain_rows[task.copy]
        lost = sample_losses(logits, cohorts.train[1][chosen]) - before[task.copy]
        rng = generator(seed, "bootstrap of losses", task.copy, task.setting.id)
        draws.append(gap_draws(lost, cohorts.group_train[chosen], cohorts.n_groups, rng, n_draws=N_BOOTSTRAP)[1])
    return np.array(draws, dtype=np.float32)


def setting_table(measured: Measured, chain: pd.DataFrame, draws: np.ndarray, seed: int) -> pd.DataFrame:
    """Return one row per copy and setting: the table ``settings``; ``draws`` is what ``disparity_draws`` returned."""
    cohorts, rows = measured.cohorts, []
    of = dict(tuple(chain.groupby(["copy", "setting"])))
    for index, (task, record) in enumerate(zip(measured.tasks, measured.records, strict=True)):
        setting, name = task.setting, COHORTS[task.copy]
        groups = of[name, setting.id].sort_values("group")
        accuracy, edges = groups["accuracy"].to_numpy(), cohorts.edges
        correct = measured.observed.test_logits[index].argmax(axis=1) == cohorts.test[1]
        low, high = gap_interval(correct.astype(np.float64), cohorts.group_test, cohorts.n_groups,
                                 generator(seed, "bootstrap", task.copy, setting.id), n_draws=N_BOOTSTRAP)
        excess = groups["excess_loss"].to_numpy()
        spread = interval_of(float(np.ptp(excess)), draws[index])
        changes = list(weight_change(record).values())
        rows.append({
            "copy": name, "setting": setting.id, "title": setting.title, "family": setting.family,
            "arm": "" if setting.arm is None else setting.arm.id, "arm_title": "" if setting.arm is None else setting.arm.title,
            "weight_bits": setting.weight_bits, "activation_bits": setting.activation_bits, "sparsity": setting.sparsity,
            "size_bytes": float(size_bytes(record)), "accuracy": accuracy.mean(), "worst": accuracy.min(),
            "gap": accuracy.max() - accuracy.min(), "gap_low": low, "gap_high": min(high, 1.0), "disparity": np.ptp(excess),
            "disparity_low": spread[0], "disparity_high": spread[1],
            "head": accuracy[edges == "head"].mean(), "tail": accuracy[edges == "tail"].mean(),
            "weight_change": float(np.mean(changes)) if changes else 0.0})
    return pd.DataFrame(rows)


def float_losses(measured: Measured) -> dict[int, np.ndarray]:
    """Return the float network's loss of every training image of the chain, by copy."""
    return {task.copy: sample_losses(logits, measured.cohorts.train[1][measured.observed.chain_rows[task.copy]])
            for task, logits in zip(measured.tasks, measured.observed.train_logits, strict=True) if task.setting.id == FLOAT}


def layer_table(measured: Measured) -> pd.DataFrame:
    """Return what happened to each layer of the long-tailed copy's networks: the table ``layers``."""
    cohorts, rows = measured.cohorts, []
    places = {path: place for place, path in enumerate(measured.observed.layers)}
    head, tail = cohorts.edges == "head", cohorts.edges == "tail"
    for index, (task, record) in enumerate(zip(measured.tasks, measured.records, strict=True)):
        if task.copy != 0 or task.setting.id == FLOAT:
            continue
        changes = weight_change(record)
        for report in record.layers:
            seen = measured.observed.activations[index][places[report.layer]] if report.layer in places else None
            rows.append({
                "setting": task.setting.id, "layer": report.layer, "kind": report.kind, "n_weights": report.n_weights,
                "weight_bits": report.weight_bits, "activation_bits": report.activation_bits,
                "sparsity": report.n_zero / report.n_weights, "weight_change": changes.get(f"{report.layer}.weight", 0.0),
                "activation_head": np.nan if seen is None else seen[head].mean(),
                "activation_tail": np.nan if seen is None else seen[tail].mean(), "reason": report.reason})
    return pd.DataFrame(rows)
