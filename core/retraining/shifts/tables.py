"""From indices and curves to rank correlations, choices between models, and headline numbers. Imports no torch."""

import numpy as np
import pandas as pd

from core.lab.energy import Energy
from core.lab.seeds import generator
from core.retraining.choice import picks
from core.retraining.cost import images_to, value_at, whole_epochs
from core.retraining.ranks import concordance, partial_spearman, spearman
from core.retraining.shifts.columns import COLUMNS
from core.retraining.shifts.config import MARGINS, RetrainingConfig
from core.retraining.shifts.result import RetrainingResult

INDEX_NAMES = tuple(column.name for column in COLUMNS)
PLAIN = ("half", "full")  # the models that rank correlations are averaged over: the others hardly ever need retraining


def costs_at(cases: pd.DataFrame, curves: pd.DataFrame, models: pd.DataFrame, margin: float) -> pd.DataFrame:
    """Return the cases with what it costs each to reach its model's clean accuracy less ``margin`` (a fraction).

    Adds ``target``, ``images`` (infinite where never reached), ``seconds`` of CPU and ``change`` of weights until then.
    """
    clean = models.set_index("model")["clean_accuracy"]
    return costs_to(cases, curves, {name: clean[name] - margin for name in clean.index})


def costs_to(cases: pd.DataFrame, curves: pd.DataFrame, targets: dict[str, float]) -> pd.DataFrame:
    """Return the cases with what it costs each to reach its model's target, see ``costs_at``."""
    grouped = dict(iter(curves.groupby(["model", "kind", "level"], sort=False)))
    rows = []
    for case in cases.itertuples():
        curve, target = grouped[case.model, case.kind, case.level], targets[case.model]
        points = curve["images"].to_numpy()
        images = images_to(points, curve["accuracy"].to_numpy(), target)
        rows.append((target, images, value_at(images, points, curve["cpu_seconds"].to_numpy()),
                     value_at(images, points, curve["change"].to_numpy())))
    return cases.assign(**dict(zip(("target", "images", "seconds", "change"), zip(*rows, strict=True), strict=True)))


def ranks_at(cases: pd.DataFrame, n_train: int) -> pd.DataFrame:
    """Return for every model and index how well it orders the cost of the cases (a frame of ``costs_at``)."""
    rows = []
    for model, part in cases.groupby("model", sort=False):
        cost, raw = part["images"].to_numpy(), part["raw_error"].to_numpy()
        epochs = np.array([whole_epochs(images, n_train) for images in cost])
        for name in INDEX_NAMES:
            index = part[name].to_numpy()
            rows.append({
                "model": model, "index": name, "spearman": spearman(index, cost), "concordance": concordance(index, cost),
                "partial": float("nan") if name == "raw_error" else partial_spearman(index, cost, raw),
                "epochs": spearman(index, epochs), "seconds": spearman(index, part["seconds"].to_numpy()),
                "change": spearman(index, part["change"].to_numpy())})
    return pd.DataFrame(rows)


def choices_at(cases: pd.DataFrame, curves: pd.DataFrame, models: pd.DataFrame, margin: float, cap: float) -> pd.DataFrame:
    """Return for every shift and index whether it names the cheapest model, all models having one target: the least clean accuracy
    less ``margin``. Shifts that cost no model anything are left out.
    """
    target = float(models["clean_accuracy"].min()) - margin
    whole = costs_to(cases, curves, dict.fromkeys(models["model"], target))
    rows = []
    for (kind, level, shift), part in whole.groupby(["kind", "level", "shift"], sort=False):
        cost = part["images"].to_numpy()
        if cost.max() == 0 or np.isinf(cost).all():
            continue
        for name in (*INDEX_NAMES, "random"):
            index = np.zeros(len(cost)) if name == "random" else part[name].to_numpy()
            right, regret = picks(index, cost, cap)
            rows.append({"kind": kind, "level": level, "shift": shift, "index": name, "right": right, "regret": regret, "target": target})
    return pd.DataFrame(rows, columns=["kind", "level", "shift", "index", "right", "regret", "target"])


def rises(cases: pd.DataFrame, values: np.ndarray) -> float:
    """Return the share of neighbouring levels of one kind at which ``values`` rise, over all models; NaN without neighbours."""
    found = []
    for _, part in cases.assign(value=values).groupby(["model", "kind"], sort=False):
        found += list(np.diff(part.sort_values("level")["value"]) > 0)
    return float(np.mean(found)) if found else float("nan")


def result(cases: pd.DataFrame, curves: pd.DataFrame, models: pd.DataFrame, config: RetrainingConfig, seed: int,
           energy: Energy) -> RetrainingResult:
    """Return the numbers and tables of one seed; energy of the retraining step is shared out by CPU seconds."""
    n_train = int(config.n_images * 0.5)
    full = curves.groupby(["model", "kind", "level"], sort=False)["cpu_seconds"].last()
    at = {margin: costs_at(cases, curves, models, margin / 100) for margin in sorted({*MARGINS, config.margin})}
    ranks = pd.concat([ranks_at(frame, n_train).assign(margin=margin) for margin, frame in at.items()], ignore_index=True)
    choices = pd.concat([choices_at(cases, curves, models, margin / 100, config.cap).assign(margin=margin) for margin in at],
                        ignore_index=True)
    told = at[config.margin]
    share = told["seconds"] / max(float(full.sum()), 1e-9)
    macs = models.set_index("model")["multiplications"]
    told = told.assign(
        multiplications=[3.0 * macs[row.model] * min(row.images, config.cap) for row in told.itertuples()],  # forward once, backward twice
        energy_kwh=share * energy.energy_kwh, co2_kg=share * energy.co2_kg)
    never = np.isinf(told["images"])
    return RetrainingResult(
        **_rank_numbers(ranks, config.margin), **_rising(cases, told, models, seed), **_choice_numbers(choices, config.margin),
        censored=float(never.mean()), free=float((told["images"] == 0).mean()), clean_accuracy=float(models["clean_accuracy"].mean()),
        index_seconds=float(cases["index_seconds"].mean()), retraining_seconds=float(full.mean()),
        cases=told.assign(images=told["images"].where(~never)), curves=curves, models=models, ranks=ranks, choices=choices)


def _rank_numbers(ranks: pd.DataFrame, margin: int) -> dict[str, float]:
    mine = ranks[(ranks["margin"] == margin) & ranks["model"].isin(PLAIN)].groupby("index")
    means = mine[["spearman", "partial", "concordance", "epochs", "seconds", "change"]].agg(lambda values: values.mean(skipna=False))
    names = {"rank_resque": "resque", "rank_raw": "raw_error", "rank_features": "resque_features", "rank_norms": "norm_error",
             "rank_confidence": "unconfidence", "rank_gradient": "gradient", "rank_arm": "arm_released",
             "rank_arm_corrected": "arm_corrected", "rank_preindex": "preindex"}
    found = {metric: means.loc[name, "spearman"] for metric, name in names.items()}
    found |= {metric: means.loc[name, "partial"] for metric, name in (
        ("partial_resque", "resque"), ("partial_norms", "norm_error"), ("partial_confidence", "unconfidence"))}
    found |= {f"rank_{column}": means.loc["resque", column] for column in ("epochs", "seconds", "change")}
    found |= {"concordance_resque": means.loc["resque", "concordance"], "concordance_raw": means.loc["raw_error", "concordance"]}
    return {metric: float(value) for metric, value in found.items()}


def _rising(cases: pd.DataFrame, told: pd.DataFrame, models: pd.DataFrame, seed: int) -> dict[str, float]:
    """Return what RESQUE does along the levels of a kind, and what it does when shifts are exchanged at random: the control."""
    rng = generator(seed, "exchanged shifts")
    permuted, ranked = [], []
    for _ in range(20):  # one exchange alone would be all luck
        order = np.concatenate([rng.permutation(np.flatnonzero(cases["model"] == model)) for model in cases["model"].unique()])
        values = cases["resque"].to_numpy()[order]
        permuted.append(rises(cases, values))
        ranked.append(np.mean([spearman(values[places], told["images"].to_numpy()[places])
                               for places in (np.flatnonzero(told["model"] == model) for model in PLAIN)]))
    return {"monotone_resque": rises(cases, cases["resque"].to_numpy()), "monotone_permuted": float(np.mean(permuted)),
            "rank_permuted": float(np.mean(ranked)), "resque_clean": float(models["resque_clean"].mean()),
            "resque_mildest": float(cases.groupby("model")["resque"].min().mean())}


def _choice_numbers(choices: pd.DataFrame, margin: int) -> dict[str, float]:
    means = choices[choices["margin"] == margin].groupby("index")[["right", "regret"]].mean()
    names = {"resque": "resque", "raw": "raw_error", "arm": "arm_released", "random": "random"}

    def number(name: str, column: str) -> float:
        return float(means.loc[name, column]) if name in means.index else float("nan")

    return {f"right_{short}": number(name, "right") for short, name in names.items()} | {
        f"regret_{short}": number(name, "regret") for short, name in names.items() if short != "arm"}
