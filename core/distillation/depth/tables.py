"""The tables of one seed of depth, and the headline numbers, all of which are read from them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.distillation.depth.config import DepthConfig
from core.distillation.depth.judging import RECALIBRATED, SHARED, Judging
from core.distillation.depths import sub_networks
from core.distillation.network_size import PASSES
from core.distillation.students import Student
from core.distillation.sub_network import SubNetwork, macs_of
from core.lab.seeds import generator
from core.measures.calibration import softmax

SAMPLES = 24
CHOICES = ("package-a", "package-b", "sandwich-long", "separate")
COSTS = {"separate": "All depths, each alone", "random": "One net, random depth", "sandwich": "One net, sandwich rule",
         "sandwich-long": "One net, as costly as the package", "exits": "Early exits", "package": "Leader and two Teammates",
         "no-leader": "Two Teammates, no Leader"}


def cost_table(judging: Judging, trained: Mapping[str, Student]) -> pd.DataFrame:
    """Return what each training takes; ``separate`` sums up the networks of all depths."""
    config, rows = judging.config, []
    macs = _training_macs(judging)
    parameters = sum(one.numel() for one in judging.network().parameters())
    for arm, title in COSTS.items():
        mine = [name for name in trained if name == arm or (arm == "separate" and name.startswith("separate-"))]
        if mine:
            n = {"package": 3, "no-leader": 2}.get(arm, len(mine))
            rows.append({"arm": arm, "title": title, "n_networks": n, "cpu_seconds": sum(trained[name].cpu_seconds for name in mine),
                         "macs": macs[arm] * config.n_train * config.epochs * PASSES, "parameters": n * parameters})
    return pd.DataFrame(rows)


def _training_macs(judging: Judging) -> dict[str, float]:
    """Return the expected multiply-adds of a forward step on one image, in epochs of the plain length."""
    config, network = judging.config, judging.network()
    found = {}
    for family in ("a", "b"):
        drops = sub_networks(config.per_stage, family, config.most_dropped)
        found[family] = [macs_of(network, SubNetwork(dropped), judging.images.shape) for dropped in drops.values()]
    full = found["a"][0]
    step = {family: full + _drawn(macs) for family, macs in found.items()}
    exits = macs_of(judging.network(True), SubNetwork(stage=len(config.per_stage) - 1), judging.images.shape)
    longer = -(-config.epochs * 9 // 4) / config.epochs
    return {"separate": float(sum(found["a"])), "random": float(np.mean(found["a"])), "sandwich": step["a"],
            "sandwich-long": step["a"] * longer, "exits": float(exits), "package": full + step["a"] + step["b"],
            "no-leader": step["a"] + step["b"]}


def _drawn(macs: list[int]) -> float:
    """Return the expected cost of the sub-networks of one step: smallest, largest, and one drawn that may be either."""
    below = macs[1:]
    ends = {0, len(below) - 1}
    return float(sum(below[end] for end in ends) + sum(cost for place, cost in enumerate(below) if place not in ends) / len(below))


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
    table = own.pivot_table(index="arm", columns="depth", values="accuracy")
    spent = costs.set_index("arm")["cpu_seconds"]
    deepest, smallest = sum(config.per_stage), sum(config.per_stage) - config.most_dropped
    family = range(smallest, deepest + 1)

    def mean(*arms: str, at: int | None = None) -> float:
        if not set(arms) <= set(table.index):
            return float("nan")
        return float(table.loc[list(arms), list(family) if at is None else [at]].to_numpy().mean())

    mates = ("package-a", "package-b")
    gaps = table.loc[list(mates), list(family)].mean() - table.loc["separate", list(family)]
    exits = depths[depths["arm"] == "exits"].sort_values("depth")["accuracy"]
    return {
        "package_mean": mean(*mates), "separate_mean": mean("separate"), "truncated_mean": mean("truncated"),
        "sandwich_mean": mean("sandwich"), "sandwich_long_mean": mean("sandwich-long"), "random_mean": mean("random"),
        "package_smallest": mean(*mates, at=smallest), "separate_smallest": mean("separate", at=smallest),
        "truncated_smallest": mean("truncated", at=smallest), "truncated_smallest_shared": float(shared.at["truncated", smallest]),
        "sandwich_smallest": mean("sandwich", at=smallest), "sandwich_smallest_shared": float(shared.at["sandwich", smallest]),
        "package_full": mean(*mates, at=deepest), "full": mean("separate", at=deepest), "leader": mean("leader", at=deepest),
        "no_leader_mean": mean("no-leader-a", "no-leader-b"), "no_mutual_mean": mean("no-mutual-a", "no-mutual-b"),
        "no_down_mean": mean("no-down-a", "no-down-b"), "exit_first": float(exits.iloc[0]), "package_gap": float(gaps.min()),
        "cost_package": float(spent["package"]), "cost_separate": float(spent["separate"]), "cost_sandwich": float(spent["sandwich"])}
