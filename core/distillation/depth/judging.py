"""Every network at every depth: its statistics estimated again or shared, its answers, its time."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from core.distillation.answer_quality import judged
from core.distillation.depth.config import DepthConfig
from core.distillation.depth.cost import network_of
from core.distillation.depths import sub_networks
from core.distillation.images import Images
from core.distillation.students import Student
from core.distillation.sub_network import SubNetwork, logits_of, macs_of, member_state, milliseconds, recalibrated
from core.lab.experiment import Context
from core.models.blocks import BlockNet
from core.training.forked import one_thread, run_each, shared_array
from core.training.workbench import State

RECALIBRATED, SHARED = "recalibrated", "shared"
TITLES = {
    "truncated": "Plain, truncated", "separate": "Trained separately", "random": "Random depth a step",
    "sandwich": "One net, sandwich rule", "sandwich-own": "One net, BatchNorm a depth",
    "sandwich-long": "One net, as costly as the package", "exits": "Early exits",
    "package-a": "Package, Teammate A",
    "package-b": "Package, Teammate B", "leader": "Package, Leader", "no-leader-a": "No Leader, A", "no-leader-b": "No Leader, B",
    "no-mutual-a": "No exchange, A", "no-mutual-b": "No exchange, B",
    "more-package-a": "More images, Teammate A", "more-package-b": "More images, Teammate B", "more-separate": "More images, separate",
    "no-down-a": "Labels alone, A", "no-down-b": "Labels alone, B"}
BOTH_STATISTICS = ("truncated", "sandwich")


@dataclass(frozen=True, eq=False)
class Judging:
    """What judging needs: settings, images, seed."""

    config: DepthConfig
    images: Images
    seed: int

    def network(self, kind: str = "blocks") -> BlockNet:
        """Return a network of the study's shape, its weights yet to be loaded."""
        network = network_of(self.config, self.images, kind)
        return network.to(memory_format=torch.channels_last)  # as images lie; half the time of channels first


@dataclass(frozen=True, eq=False)
class Case:
    """One network at one depth with one kind of statistics."""

    arm: str
    family: str
    depth: int
    sub: SubNetwork
    state: State
    statistics: str
    kind: str = "blocks"


def cases(judging: Judging, trained: Mapping[str, Student]) -> list[Case]:
    """Return everything that is judged."""
    config = judging.config
    drops = {family: sub_networks(config.per_stage, family, config.most_dropped) for family in ("a", "b")}
    deepest = sum(config.per_stage)
    found = []

    def add(arm: str, family: str, state: State, kind: str = "blocks") -> None:
        for statistics in (RECALIBRATED, SHARED) if arm in BOTH_STATISTICS else (RECALIBRATED,):
            found.extend(Case(arm, family, depth, SubNetwork(dropped), state, statistics, kind) for depth, dropped in drops[family].items())

    add("truncated", "a", trained[f"separate-{deepest}"].state)
    found.extend(Case("separate", "a", depth, SubNetwork(dropped), trained[f"separate-{depth}"].state, RECALIBRATED)
                 for depth, dropped in drops["a"].items())
    for arm, kind in {"random": config.kind, "sandwich": "blocks", "sandwich-own": "blocks_own", "sandwich-long": config.kind}.items():
        add(arm, "a", trained[arm].state, kind)
    for arm in ("package", "no-leader", "no-mutual", "no-down", "more-package"):
        if arm in trained:
            add(f"{arm}-a", "a", member_state(trained[arm].state, "first"), config.kind)
            add(f"{arm}-b", "b", member_state(trained[arm].state, "second"), config.kind)
    found.extend(Case("more-separate", "a", depth, SubNetwork(dropped), trained[f"more-separate-{depth}"].state, RECALIBRATED)
                 for depth, dropped in drops["a"].items() if f"more-separate-{depth}" in trained)
    leader = member_state(trained["package"].state, "leader")
    found.append(Case("leader", "a", deepest, SubNetwork(), leader, RECALIBRATED))
    found.extend(Case("exits", "exits", config.blocks * (stage + 1), SubNetwork(stage=stage), trained["exits"].state, RECALIBRATED,
                      "blocks_exits")
                 for stage in range(len(config.per_stage)))
    return found


def judge(judging: Judging, trained: Mapping[str, Student], context: Context) -> tuple[pd.DataFrame, np.ndarray]:
    """Return one row per case, and the test logits of each in the same order, (cases, N, C)."""
    todo, (x, y) = cases(judging, trained), judging.images.test
    logits = shared_array((len(todo), len(x), judging.images.n_classes), np.float32)
    some = judging.images.train[0][:judging.config.n_statistics]

    def work(index: int) -> None:
        case = todo[index]
        network = judging.network(case.kind)
        network.load_state_dict(case.state)
        if case.statistics == RECALIBRATED:
            network = recalibrated(network, case.sub, some)
        logits[index] = logits_of(network, case.sub, x)

    run_each(len(todo), work, processes=context.threads)
    measured = _times(judging, todo)
    rows = []
    for case, answers in zip(todo, logits, strict=True):
        quality, (macs, time) = judged(answers, y), measured[case.sub]
        rows.append({"arm": case.arm, "title": TITLES[case.arm], "family": case.family, "depth": case.depth,
                     "dropped": ",".join(map(str, sorted(case.sub.dropped))), "statistics": case.statistics, "macs": float(macs),
                     "milliseconds": time, "accuracy": quality.accuracy, "loss": quality.loss, "ece": quality.ece,
                     "overconfidence": quality.overconfidence, "brier": quality.brier})
    return pd.DataFrame(rows), np.asarray(logits)


def _times(judging: Judging, todo: list[Case]) -> dict[SubNetwork, tuple[int, float]]:
    """Return multiply-adds and time of every different sub-network; weights do not matter to either."""
    found: dict[SubNetwork, tuple[int, float]] = {}
    with one_thread():
        networks = {kind: judging.network(kind) for kind in ("blocks", "blocks_exits")}
        for case in todo:
            if case.sub not in found:
                network = networks["blocks_exits" if case.family == "exits" else "blocks"]
                found[case.sub] = (macs_of(network, case.sub, judging.images.shape),
                                   milliseconds(network, case.sub, judging.images.test[0]))
    return found
