"""The tables of one seed, from scores and outcomes; columns as in ``columns.COLUMNS``."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.lab.seeds import generator
from core.spurious.carriers import Uniformity, uniformity
from core.spurious.columns import OUTCOMES, table_of
from core.spurious.data_pruning import choose_share, largest_affordable, prune
from core.spurious.design import Design
from core.spurious.difficulty import Learned
from core.spurious.networks import Network
from core.spurious.scenarios import CausalArm, Scenario
from core.spurious.scores import SCORE_NAMES

N_BINS = 30
CHOSEN_IN = ("main", "hidden", "noisy")  # scenarios whose share is chosen among those of the hardest rule

Outcomes = Mapping[str, dict[str, float]]


def causal_table(arms: list[CausalArm], scores: np.ndarray, found: Outcomes) -> pd.DataFrame:
    """Return the table ``causal``; ``scores`` are those of clean networks."""
    return table_of("causal", [{
        "block": arm.name, "difficulty": arm.difficulty, "n_carriers": int(arm.carriers.sum()),
        "mean_score": float(scores[arm.carriers].mean()) if arm.carriers.any() else float("nan"), **found[arm.name]} for arm in arms])


def against_rest(scores: np.ndarray, scenario: Scenario, biased: int) -> Uniformity:
    """Return the test of a scenario's carriers against the rest of the biased class."""
    return uniformity(scores[scenario.carriers], scores[(scenario.y == biased) & ~scenario.carriers])


def regimes_table(scenarios: Mapping[str, Scenario], learned: Mapping[str, Learned], design: Design) -> pd.DataFrame:
    """Return the table ``regimes``: one run's EL2N at every kept epoch, and at the scoring epoch the score that pruning uses."""
    rows = []
    for name, scenario in scenarios.items():
        for epoch, single in learned[name].timeline.items():
            is_used = epoch == design.config.score_epoch
            scores = learned[name].difficulty.mean(design.config.score) if is_used else single
            test = against_rest(scores, scenario, design.biased)
            rows.append({
                "scenario": name, "epoch": epoch, "is_used": is_used, "statistic": test.statistic, "p_value": test.p_value,
                "carrier_auc": test.carrier_auc, "n_carriers": int(scenario.carriers.sum()),
                "n_carriers_pruned": carriers_pruned(scores, scenario, design), "regime": test.regime})
    return table_of("regimes", rows)


def carriers_pruned(scores: np.ndarray, scenario: Scenario, design: Design) -> int:
    """Return how many carriers the hardest-per-class rule removes at the headline share."""
    everyone = np.ones(len(scores), dtype=bool)
    kept = prune(scores, everyone, scenario.y, design.config.share, order="hardest", rng=generator(design.seed, "count ties"))
    return int((scenario.carriers & ~kept).sum())


def scores_table(learned: Learned, scenario: Scenario, design: Design, found: Outcomes) -> pd.DataFrame:
    """Return the table ``scores``; ``found`` are the outcomes of pruning the hardest by each score."""
    rows = []
    for name in SCORE_NAMES:
        scores = learned.difficulty.mean(name)
        rows.append({
            "score": name, "runs": len(learned.difficulty.runs[name]), "stability": learned.difficulty.stability(name),
            "agreement": learned.difficulty.agreement(name),
            "carrier_auc": against_rest(scores, scenario, design.biased).carrier_auc,
            "n_carriers_pruned": carriers_pruned(scores, scenario, design), **found[name]})
    return table_of("scores", rows)


def histogram_table(scenarios: Mapping[str, Scenario], learned: Mapping[str, Learned], design: Design) -> pd.DataFrame:
    """Return the table ``histogram`` of the score that pruning uses."""
    rows = []
    for name, scenario in scenarios.items():
        scores = learned[name].difficulty.mean(design.config.score)
        edges = np.linspace(scores.min(), max(scores.max(), scores.min() + 1e-9), N_BINS + 1)
        is_biased = scenario.y == design.biased
        parts = {"carriers": scenario.carriers, "others": is_biased & ~scenario.carriers, "harmed": scenario.y == design.harmed}
        shares = {part: np.histogram(scores[members], edges)[0] / max(1, members.sum()) for part, members in parts.items()}
        rows += [{"scenario": name, "left": edges[at], "right": edges[at + 1], **{part: shares[part][at] for part in parts}}
                 for at in range(N_BINS)]
    return table_of("histogram", rows)


def choice_table(sweep: pd.DataFrame, budget: float) -> pd.DataFrame:
    """Return the table ``choice`` from the sweeps of the hardest rule; see ``pruning.choose_share`` and ``largest_affordable``."""
    rows = []
    for name in CHOSEN_IN:
        mine = sweep[(sweep["scenario"] == name) & sweep["rule"].isin(("none", "hardest"))].sort_values("share", kind="stable")
        if len(mine) < 2:
            continue
        average, worst = mine["validation_accuracy"].to_numpy(), mine["validation_worst_class"].to_numpy()
        places = {"worst_class": choose_share(mine["share"].to_numpy(), average, worst, budget=budget),
                  "affordable": largest_affordable(average, budget=budget)}
        for criterion, place in places.items():
            row = mine.iloc[place]
            rows.append({"scenario": name, "criterion": criterion, "share": float(row["share"]), "accuracy_budget": budget,
                         "validation_cost": float(average[0] - average[place]), **{column: float(row[column]) for column in OUTCOMES}})
    return table_of("choice", rows)


def curves_table(networks: Mapping[str, Network]) -> pd.DataFrame:
    """Return the table ``curves``."""
    columns = ("epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy")
    return table_of("curves", [
        {"model": name, **{column: float(network.curves[column][at]) for column in columns}}
        for name, network in networks.items() for at in range(len(network.curves["epoch"]))])


def classes_table(design: Design) -> pd.DataFrame:
    """Return the table ``classes``."""
    roles = {design.biased: "biased", design.harmed: "harmed"}
    return table_of("classes", [{"y": y, "name": name, "role": roles.get(y, "other")} for y, name in enumerate(design.names)])
