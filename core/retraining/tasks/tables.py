"""Costs of new tasks read from curves, what reuse saves, and how well an index orders them."""

import numpy as np
import pandas as pd

from core.lab.seeds import generator
from core.retraining.choice import picks
from core.retraining.cost import images_to
from core.retraining.ranks import concordance, partial_spearman, spearman
from core.retraining.tasks.catalogue import INDEX_NAMES
from core.retraining.tasks.config import SHARES, TasksConfig
from core.retraining.tasks.result import TasksResult


def best_of(curves: pd.DataFrame) -> pd.Series:
    """Return the best accuracy of any source, by task."""
    return curves.groupby("task", sort=False)["accuracy"].max()


def costs_at(cases: pd.DataFrame, curves: pd.DataFrame, share: float, cap: float) -> pd.DataFrame:
    """Return the cases with ``target``, ``images`` (infinite where never reached) and ``ratio`` to random weights.

    The target is a ``share`` of the way from chance to the best that any source reaches, so that all sources of one task have one.
    A retraining that never got there is counted at the cap; where neither did, there is no ratio. Ratios begin at one batch of images.
    """
    grouped, best = dict(iter(curves.groupby(["source", "task"], sort=False))), best_of(curves)
    targets, images = [], []
    for case in cases.itertuples():
        curve, chance = grouped[case.source, case.task], 1.0 / case.n_classes
        targets.append(chance + share * (best[case.task] - chance))
        images.append(images_to(curve["images"].to_numpy(), curve["accuracy"].to_numpy(), targets[-1]))
    told = cases.assign(target=targets, images=images)
    paid = told["images"].clip(lower=32.0, upper=cap)
    fresh = paid[told["source"] == "random"].set_axis(told.loc[told["source"] == "random", "task"])
    ratio = paid / told["task"].map(fresh)
    lost = told.loc[(told["source"] == "random") & np.isinf(told["images"]), "task"]
    return told.assign(ratio=ratio.where(~(np.isinf(told["images"]) & told["task"].isin(lost))))


def ranks_at(told: pd.DataFrame) -> pd.DataFrame:
    """Return for every trained source and index how well it orders the cost of the tasks (a frame of ``costs_at``)."""
    rows = []
    for source, part in told[told["source"] != "random"].groupby("source", sort=False):
        cost, probe = part["images"].to_numpy(), part["probe_error"].to_numpy()
        for name in INDEX_NAMES:
            index = part[name].to_numpy()
            rows.append({"source": source, "index": name, "spearman": spearman(index, cost), "concordance": concordance(index, cost),
                         "partial": float("nan") if name == "probe_error" else partial_spearman(index, cost, probe)})
    return pd.DataFrame(rows)


def choices_at(told: pd.DataFrame, cap: float) -> pd.DataFrame:
    """Return for every task and index whether it names the cheapest source; tasks that cost no source anything are left out."""
    rows = []
    for (task, title), part in told.groupby(["task", "title"], sort=False):
        cost = part["images"].to_numpy()
        if cost.max() == 0 or np.isinf(cost).all():
            continue
        for name in (*INDEX_NAMES, "random"):
            index = np.zeros(len(cost)) if name == "random" else part[name].to_numpy()
            right, regret = picks(index, cost, cap)
            rows.append({"task": task, "title": title, "index": name, "right": right, "regret": regret})
    return pd.DataFrame(rows, columns=["task", "title", "index", "right", "regret"])


def result(cases: pd.DataFrame, curves: pd.DataFrame, config: TasksConfig, seed: int) -> TasksResult:
    """Return the numbers and tables of one seed."""
    cap = float(config.cap)
    at = {share: costs_at(cases, curves, share / 100, cap) for share in sorted({*SHARES, config.share})}
    ranks = pd.concat([ranks_at(told).assign(share=share) for share, told in at.items()], ignore_index=True)
    choices = pd.concat([choices_at(told, cap).assign(share=share) for share, told in at.items()], ignore_index=True)
    told = at[config.share]
    best, mine = best_of(curves), [frame[frame["share"] == config.share] for frame in (ranks, choices)]
    tasks = told.drop_duplicates("task")[["task", "title", "data", "n_classes", "n_train", "target"]].reset_index(drop=True)
    never = np.isinf(told["images"])
    return TasksResult(
        **_rank_numbers(mine[0]), **_saved(told), **_choice_numbers(mine[1]),
        rank_permuted=_permuted(told, seed), shuffled=float(told["shuffled"].mean()), never=float(never.sum()),
        retrainings=float(len(told)), best_accuracy=float(best.mean()), index_seconds=float(told["index_seconds"].mean()),
        retraining_seconds=float(curves.groupby(["source", "task"])["cpu_seconds"].last().mean()),
        cases=told.assign(images=told["images"].where(~never)), curves=curves,
        tasks=tasks.assign(best=tasks["task"].map(best)), ranks=ranks, choices=choices)


def _rank_numbers(ranks: pd.DataFrame) -> dict[str, float]:
    means = ranks.groupby("index")[["spearman", "partial", "concordance"]].agg(lambda values: values.mean(skipna=False))
    names = {"rank_task": "task_mean", "rank_probe": "probe_error", "rank_mean_plus": "task_mean_plus", "rank_flat": "task_flat",
             "rank_flat_plus": "task_flat_plus", "rank_features": "task_features", "rank_knn": "knn_error", "rank_leep": "leep",
             "rank_logme": "logme", "rank_pixels": "pixel_error", "rank_confidence": "unconfidence"}
    return {metric: float(means.loc[name, "spearman"]) for metric, name in names.items()} | {
        "partial_task": float(means.loc["task_mean", "partial"]), "concordance_task": float(means.loc["task_mean", "concordance"]),
        "concordance_probe": float(means.loc["probe_error", "concordance"])}


def _saved(told: pd.DataFrame) -> dict[str, float]:
    trained = told[told["source"] != "random"]
    is_own = trained["source"] == trained["data"]
    return {name: float(np.exp(np.log(part["ratio"]).mean())) if len(part) else float("nan")
            for name, part in (("ratio_own", trained[is_own]), ("ratio_other", trained[~is_own]))}


def _choice_numbers(choices: pd.DataFrame) -> dict[str, float]:
    means = choices.groupby("index")[["right", "regret"]].mean()
    return {f"{column}_{short}": float(means.loc[name, column]) if name in means.index else float("nan")
            for short, name in (("task", "task_mean"), ("probe", "probe_error"), ("random", "random")) for column in ("right", "regret")}


def _permuted(told: pd.DataFrame, seed: int) -> float:
    """Return how RESQUE ranks cost when tasks are exchanged at random, mean of 20 exchanges: the control."""
    rng, found = generator(seed, "exchanged tasks"), []
    for _ in range(20):
        for _, part in told[told["source"] != "random"].groupby("source", sort=False):
            found.append(spearman(rng.permutation(part["task_mean"].to_numpy()), part["images"].to_numpy()))
    return float(np.mean(found))
