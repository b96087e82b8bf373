"""Which prunings are tried in which scenario, and what each keeps."""

from dataclasses import dataclass

import numpy as np

from core.lab.errors import InputError
from core.lab.seeds import generator
from core.spurious.config import SpuriousConfig
from core.spurious.data_pruning import inferred_carriers, n_pruned, prune, prune_counts
from core.spurious.networks import Network
from core.spurious.scenarios import Scenario

FEW = (0.25,)  # beside the headline share, where a whole sweep would only repeat the main one
ORACLE = {"oracle_hardest": (0.5, 1.0), "oracle_random": (0.5,), "oracle_easiest": (0.5,)}
STANDING_OUT = {"inferred_hardest": (0.5, 0.75), "oracle_hardest": (0.5, 0.75)}
HALF = 0.5
REPEATED = ("hardest", "random")
EASIEST_FROM = 0.25  # fewer of the easiest change nothing, and cost as much as a whole training
MOST = 0.75  # of the carriers where they are many


@dataclass(frozen=True, order=True)
class Pruning:
    """One pruned training set: a rule of ``columns.RULES`` at a share, in a scenario."""

    scenario: str
    rule: str
    share: float

    @property
    def name(self) -> str:
        """The arm's name."""
        return f"{self.scenario} {self.rule} {self.share:g}"


def arm_names(pruning: Pruning, config: SpuriousConfig) -> list[str]:
    """Return the names of a pruning's trainings, one for each random stream: several where the headline compares."""
    is_headline = pruning.rule in REPEATED and pruning.share == config.share and pruning.scenario != "identifiable"
    return [pruning.name, *(f"{pruning.name} again {stream}" for stream in range(1, config.repeats if is_headline else 1))]


def prunings(config: SpuriousConfig, scenario: str) -> list[Pruning]:
    """Return every pruning of a scenario, without the one that prunes nothing."""
    share = config.share
    wanted = [("hardest", share), ("random", share)]
    if scenario == "main":
        wanted = [(rule, each) for rule in ("hardest", "random", "easiest") for each in config.shares
                  if rule != "easiest" or each >= EASIEST_FROM]
        wanted += [(rule, each) for rule, shares in ORACLE.items() for each in shares]
    elif scenario == "identifiable":
        wanted += [(rule, each) for rule, shares in STANDING_OUT.items() for each in shares]
    else:
        wanted += [("hardest", each) for each in FEW if each != share]
    if scenario != "identifiable":
        wanted.append(("others_hardest", share))
    return [Pruning(scenario, rule, each) for rule, each in wanted]


def kept_by(pruning: Pruning, scenario: Scenario, scores: np.ndarray, early: np.ndarray, seed: int) -> np.ndarray:
    """Return which training images stay, boolean (N,).

    Args:
        pruning: Rule and share; of the carriers for oracle and inferred rules, else of every class.
        scenario: The biased training set.
        scores: Difficulty (N,) that ranks the images.
        early: EL2N (N,) after the first epoch, from which carriers are inferred.
        seed: Seed of the run.

    Raises:
        InputError: If a class would be left empty, or the rule is unknown.
    """
    everyone, y = np.ones(len(scores), dtype=bool), scenario.y
    rng = generator(seed, "pruning", pruning.name)
    group, _, order = pruning.rule.rpartition("_")
    if group == "others":  # as many as the plain rule drops, but none of the carriers
        counts = {int(label): n_pruned(pruning.share, int((y == label).sum())) for label in np.unique(y)}
        return prune_counts(scores, ~scenario.carriers, y, counts, order=order, rng=rng)
    candidates = {"": everyone, "oracle": scenario.carriers}.get(group)
    if group == "inferred":
        candidates = inferred_carriers(early, y)
    if candidates is None:
        raise InputError(f"a pruning rule must be one that the room lists, got {pruning.rule!r}.")
    return prune(scores, candidates, y, pruning.share, order=order, rng=rng)


def sweep_row(pruning: Pruning, scenario: Scenario, kept: np.ndarray, network: Network, found: dict[str, float]) -> dict[str, object]:
    """Return one row of the table ``sweep``."""
    return {
        "scenario": scenario.name, "rule": pruning.rule, "share": pruning.share, "n_pruned": int((~kept).sum()), "n_train": int(kept.sum()),
        "n_carriers": int(scenario.carriers.sum()), "n_carriers_left": int(scenario.carriers[kept].sum()),
        "n_wrong": int(scenario.wrong.sum()), "n_wrong_left": int(scenario.wrong[kept].sum()), "epochs": network.epochs,
        "steps": network.steps, **found}
