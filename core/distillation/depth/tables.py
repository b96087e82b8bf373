"""The tables of one seed of depth, and the headline numbers, all of which are read from them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.distillation.depth.config import DepthConfig
from core.distillation.depth.cost import equal_epochs, step_macs
from core.distillation.depth.judging import RECALIBRATED, SHARED, Judging
from core.distillation.depths import sub_networks
from core.distillation.network_size import PASSES
from core.distillation.students import Student
from core.lab.seeds import generator
from core.measures.calibration import softmax
from core.training.workbench import State

SAMPLES = 200
CHOICES = ("package-a", "package-b", "sandwich-long", "sandwich-own", "separate", "exits", "truncated")
COSTS = {"separate": "All depths, each alone", "random": "One net, random depth", "sandwich": "One net, sandwich rule",
         "sandwich-own": "One net, BatchNorm a depth", "sandwich-long": "One net, as costly as the package", "exits": "Early exits",
         "package": "Leader and two Teammates",
         "no-leader": "Two Teammates, no Leader"}


def cost_table(judging: Judging, trained: Mapping[str, Student]) -> pd.DataFrame:
    """Return what each training takes; ``separate`` sums up the networks of all depths."""
    config, rows = judging.config, []
    macs, longer = step_macs(config, judging.images), equal_epochs(config, judging.images)
    for arm, title in COSTS.items():
        mine = [name for name in trained if name == arm or (arm == "separate" and name.startswith("separate-"))]
        if mine:
            n = {"package": 3, "no-leader": 2}.get(arm, len(mine))
            epochs = longer if arm == "sandwich-long" else config.epochs
            rows.append({"arm": arm, "title": title, "n_networks": n, "cpu_seconds": sum(trained[name].cpu_seconds for name in mine),
                         "macs": macs[arm] * config.n_train * epochs * PASSES,
                         "parameters": sum(_weights(config, name, trained[name].state) for name in mine)})
    return pd.DataFrame(rows)


def _weights(config: DepthConfig, name: str, state: State) -> int:
    """Return how many weights a training has moved: not those of blocks, or of a Leader, that it leaves out."""
    left_out: tuple[str, ...] = ("leader.",) if name == "no-leader" else ()
    if name.startswith("separate-"):
        drops = sub_networks(config.per_stage, "a", config.most_dropped)
        left_out = tuple(f"blocks.{block}." for block in drops[int(name.removeprefix("separate-"))])
    is_weight = {key: not key.endswith(("running_mean", "running_var", "num_batches_tracked")) for key in state}
    return sum(value.numel() for key, value in state.items() if is_weight[key] and not key.startswith(left_out))


def prediction_table(judging: Judging, depths: pd.DataFrame, logits: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Return what every sub-network that can be chosen says of some test images, and those images."""
    x, y = judging.images.test
    chosen = np.sort(generator(judging.seed, "distillation", "samples").permutation(len(x))[:SAMPLES])
    names, rows = judging.images.data.class_names, []
    for index, case in enumerate(depths.itertuples()):
        if case.arm not in CHOICES or case.statistics == SHARED:
            continue
        probs = softmax(logits[index][chosen].astype(np.float64))
        rows += [{"arm": case.arm, "depth": case.depth, "sample": place, "label": int(y[image]), "predicted": int(says.argmax()),
                  "probability": float(says.max()), "label_name": names[y[image]], "predicted_name": names[int(says.argmax())]}
                 for place, (image, says) in enumerate(zip(chosen, probs, strict=True))]
    return pd.DataFrame(rows), x[chosen]


def headlines(depths: pd.DataFrame, costs: pd.DataFrame, config: DepthConfig) -> dict[str, float]:
    """Return the headline numbers by name; those of arms that were not trained are NaN."""
    own = depths[depths["statistics"] == RECALIBRATED]
    shared = depths[depths["statistics"] == SHARED].pivot_table(index="arm", columns="depth", values="accuracy")
    table, errors = (own.pivot_table(index="arm", columns="depth", values=value) for value in ("accuracy", "ece"))
    spent = costs.set_index("arm")["cpu_seconds"]
    deepest, smallest = sum(config.per_stage), sum(config.per_stage) - config.most_dropped
    family = range(smallest, deepest + 1)

    def mean(*arms: str, at: int | None = None, of: pd.DataFrame = table) -> float:
        if not set(arms) <= set(of.index):
            return float("nan")
        return float(of.loc[list(arms), list(family) if at is None else [at]].to_numpy().mean())

    mates = ("package-a", "package-b")
    gaps = table.loc[list(mates), list(family)].mean() - table.loc["separate", list(family)]
    exits = depths[depths["arm"] == "exits"].sort_values("depth")["accuracy"]
    return {
        "package_mean": mean(*mates), "separate_mean": mean("separate"), "truncated_mean": mean("truncated"),
        "sandwich_mean": mean("sandwich"), "sandwich_long_mean": mean("sandwich-long"), "random_mean": mean("random"),
        "sandwich_own_mean": mean("sandwich-own"),
        "package_smallest": mean(*mates, at=smallest), "separate_smallest": mean("separate", at=smallest),
        "truncated_smallest": mean("truncated", at=smallest), "truncated_smallest_shared": float(shared.at["truncated", smallest]),
        "sandwich_smallest": mean("sandwich", at=smallest), "sandwich_smallest_shared": float(shared.at["sandwich", smallest]),
        "package_full": mean(*mates, at=deepest), "full": mean("separate", at=deepest), "leader": mean("leader", at=deepest),
        "no_leader_mean": mean("no-leader-a", "no-leader-b"), "no_mutual_mean": mean("no-mutual-a", "no-mutual-b"),
        "no_down_mean": mean("no-down-a", "no-down-b"), "package_more_mean": mean("more-package-a", "more-package-b"),
        "separate_more_mean": mean("more-separate"), "exit_first": float(exits.iloc[0]),
        "ece_package": mean(*mates, of=errors), "ece_separate": mean("separate", of=errors), "package_gap": float(gaps.min()),
        "cost_package": float(spent["package"]), "cost_separate": float(spent["separate"]), "cost_sandwich": float(spent["sandwich"])}
