"""The region scan: train one region with a private loss, freeze the rest, and see what it costs and what it buys.

Regions run from input to output; runs of them from the start (prefixes) and to the end (suffixes) are scanned too. Every scan takes
the same number of optimiser steps. Two controls stand beside it: a random set of weights as large as the region, and, the other way
round, a defended model of which one region is trained back with cross-entropy. Utility and leakage are measured on reference images
that the audit never sees.

Our own operationalisation of the abstract of Fang and Kim 2026, arXiv 2602.02296, "Decoupling Generalizability and Membership
Privacy Risks in Neural Networks".
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import torch

from core.lab.seeds import generator
from core.models.regions import regions_of
from core.privacy.audited_models import AuditedModel
from core.privacy.defences.evidence import evidence_table
from core.privacy.defences.record import DefenceJob
from core.privacy.defences.target_figures import target_figures
from core.training.workbench import State

Tune = Callable[[str, str, State | None], Sequence[AuditedModel]]
ALL = "all"


def candidates(model: str) -> dict[str, str]:
    """Return what is scanned, name to kind: every region, longer prefixes and suffixes, all; names are joined by ``+``."""
    names = tuple(regions_of(model))
    found = dict.fromkeys(names, "region")
    for length in range(2, len(names)):
        found["+".join(names[:length])] = "prefix"
        found["+".join(names[-length:])] = "suffix"
    return found | {ALL: "all"}


def region_mask(shapes: State, parameters: Sequence[str], model: str, names: str) -> State:
    """Return True at the weights of the regions ``names`` (joined by ``+``, or all), by parameter name."""
    regions = regions_of(model)
    wanted = tuple(regions) if names == ALL else names.split("+")
    prefixes = tuple(prefix for name in wanted for prefix in regions[name])
    return {name: torch.full(shapes[name].shape, name.startswith(prefixes)) for name in parameters}


def size_matched_mask(mask: State, *, seed: int, name: str) -> State:
    """Return a mask with as many weights as ``mask``, drawn at random from the whole network."""
    sizes = [part.numel() for part in mask.values()]
    n = sum(int(part.sum()) for part in mask.values())
    flat = np.zeros(sum(sizes), dtype=bool)
    flat[generator(seed, "size-matched control", name).permutation(flat.size)[:n]] = True
    parts = np.split(flat, np.cumsum(sizes)[:-1])
    return {key: torch.from_numpy(part.copy()).view(mask[key].shape) for (key, _), part in zip(mask.items(), parts, strict=True)}


def region_scan(job: DefenceJob, tune: Tune, parameters: Sequence[str], *, controls: bool) -> pd.DataFrame:
    """Return one row per target and scanned set of regions, see ``evidence.SCHEMAS``.

    Args:
        job: Of a few targets.
        tune: ``tune(kind, name, mask)`` returns one model per target, trained only where the mask is True; kind "restore" starts
            from the defended model and uses cross-entropy, every other one starts from the plain model and uses the private loss.
        parameters: Names of the network's weights.
        controls: Whether to add size-matched controls and restored regions, which double the cost.
    """
    plain = job.plain()
    shapes, base = plain[0].state, _figures(job, plain)
    rows, names = [], candidates(job.training.model)
    todo = list(names.items())
    if controls:
        todo += [(name, kind) for kind in ("control", "restore") for name in regions_of(job.training.model)]
    for done, (name, kind) in enumerate(todo):
        job.context.report(done / len(todo), f"Scanning regions: {name}")
        mask = region_mask(shapes, parameters, job.training.model, name)
        if kind == "control":
            mask = size_matched_mask(mask, seed=job.seed, name=name)
        figures = _figures(job, tune(kind, name, mask))
        rows += _rows(kind, name, sum(int(part.sum()) for part in mask.values()), base, figures)
    return evidence_table("region_scan", dict(_with_shares(pd.DataFrame(rows)).items()))


def choose_regions(scan: pd.DataFrame, budget: float) -> str:
    """Return the set of regions, not all, with the largest privacy gain whose utility cost is within ``budget``, over targets.

    Where none is, the one with the smallest cost.
    """
    found = scan[scan["kind"].isin(["region", "prefix", "suffix"])]
    means = found.groupby("region", sort=False)[["privacy_gain", "utility_cost"]].mean()
    within = means[means["utility_cost"] <= budget]
    return str(means["utility_cost"].idxmin() if within.empty else within["privacy_gain"].idxmax())


def _figures(job: DefenceJob, models: Sequence[AuditedModel]) -> Mapping[str, np.ndarray]:
    return target_figures(job.audit, models, job.training, job.context, held_out=True)


def _rows(kind: str, name: str, n_weights: int, base: Mapping[str, np.ndarray], figures: Mapping[str, np.ndarray]) -> list[dict]:
    accuracy, leak = figures["test_accuracy"], figures["auc_loss"]
    return [{"target": target, "kind": kind, "region": name, "n_weights": n_weights, "accuracy": accuracy[target],
             "auc_loss": leak[target], "utility_cost": base["test_accuracy"][target] - accuracy[target],
             "privacy_gain": base["auc_loss"][target] - leak[target]} for target in range(len(accuracy))]


def _with_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Add what share of all risk and of all utility each single region holds, by target and kind; losses count as none."""
    single = rows["kind"].isin(["region", "control"])
    for column, share in (("privacy_gain", "risk_share"), ("utility_cost", "utility_share")):
        clipped = rows[column].clip(lower=0.0)
        total = clipped.groupby([rows["target"], rows["kind"]]).transform("sum")
        rows[share] = np.where(single, clipped / total.where(total > 0), np.nan)
    rows["decoupling"] = rows["risk_share"] - rows["utility_share"]
    return rows
