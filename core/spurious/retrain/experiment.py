"""One pruning: the images go, a network is trained anew, and another without as many random images."""

import numpy as np

from core.data.sources import load
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.spurious.columns import table_of
from core.spurious.data_pruning import prune_counts
from core.spurious.design import Design, draw
from core.spurious.difficulty import Learned, learn, learn_clean
from core.spurious.exam import ask
from core.spurious.networks import TrainingArm, Versions, make_versions, train_arms
from core.spurious.prunings import Pruning, kept_by, sweep_row
from core.spurious.retrain.config import RetrainConfig
from core.spurious.retrain.result import RetrainResult
from core.spurious.scenarios import Scenario, make_scenarios


def run(config: RetrainConfig, seed: int, context: Context) -> RetrainResult:
    """Return one seed; scores and the network without pruning are taken from the store where the room's run left them.

    Raises:
        InputError: If the data cannot serve the settings, or pruning would empty a class.
        RunFailed: If a network diverges.
    """
    context.begin(0)
    room = config.room_config()
    design = draw(load(config.dataset), room, seed)
    context.begin(1)
    clean_scores = None if room.cue == "attribute" or room.carriers == "random" else learn_clean(design, context).mean(room.score)
    scenario = make_scenarios(design, clean_scores)["main"]
    versions = make_versions(design.x, design.y, {"main": scenario.version})
    learned = learn(design, {"main": scenario}, versions, context)["main"]
    context.begin(2)
    kept = masks(Pruning("main", config.rule, config.share), scenario, learned, design)
    return report(config, kept, scenario, learned, versions, design, context)


def masks(pruning: Pruning, scenario: Scenario, learned: Learned, design: Design) -> dict[str, np.ndarray]:
    """Return which training images stay, (N,) each, under ``none``, the chosen ``rule``, and ``random``: equally many of each class."""
    everyone, y = np.ones(len(scenario.y), dtype=bool), scenario.y
    scores = learned.difficulty.mean(design.config.score)
    kept = kept_by(pruning, scenario, scores, learned.early, design.seed)
    counts = {int(label): int((~kept & (y == label)).sum()) for label in np.unique(y)}
    rng = generator(design.seed, "random control", pruning.name)
    return {"none": everyone, "rule": kept, "random": prune_counts(scores, everyone, y, counts, order="random", rng=rng)}


def report(config: RetrainConfig, kept: dict[str, np.ndarray], scenario: Scenario, learned: Learned, versions: Versions, design: Design,
           context: Context) -> RetrainResult:
    """Train what is missing and return the result."""
    arms = {name: TrainingArm("main", mask) for name, mask in kept.items() if name != "none"}
    networks = train_arms(versions, arms, design.config, seed=design.seed, n_classes=design.n_classes, context=context)
    networks = {"none": learned.whole, **networks}
    context.begin(3)
    found = ask(networks, scenario.exam, design, context)
    prunings = {"none": Pruning("main", "none", 0.0), "rule": Pruning("main", config.rule, config.share),
                "random": Pruning("main", "random", config.share)}
    rows = {name: sweep_row(prunings[name], scenario, kept[name], networks[name], found[name]) for name in kept}
    before, after, random = (rows[name] for name in ("none", "rule", "random"))
    return RetrainResult(
        reliance=after["reliance"], reliance_before=before["reliance"], reliance_random=random["reliance"],
        drop=before["reliance"] - after["reliance"], drop_random=before["reliance"] - random["reliance"],
        worst_group_accuracy=after["worst_group_accuracy"], average_accuracy=after["average_accuracy"],
        accuracy_cost=before["average_accuracy"] - after["average_accuracy"], n_pruned=float(after["n_pruned"]),
        n_carriers_left=float(after["n_carriers_left"]), sweep=table_of("sweep", list(rows.values())))
