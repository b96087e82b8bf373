"""The room: mark, learn what is hard, prune by every rule, train anew, try the rivals, gather the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.data.dataset import ImageDataset
from core.data.sources import load
from core.lab.experiment import Context
from core.spurious.columns import OUTCOMES, table_of
from core.spurious.config import SpuriousConfig
from core.spurious.design import Design, draw
from core.spurious.difficulty import Learned, learn, learn_clean
from core.spurious.exam import ask, mean_outcomes
from core.spurious.networks import Network, TrainingArm, Versions, make_versions, train_arms
from core.spurious.prunings import HALF, MOST, Pruning, arm_names, kept_by, prunings, sweep_row
from core.spurious.rivals import RIVALS
from core.spurious.rivals.run import contest
from core.spurious.scenarios import CausalArm, Scenario, causal_arms, make_scenarios, versions_by_name
from core.spurious.scores import SCORE_NAMES
from core.spurious.study import evidence, headline, images, tables
from core.spurious.study.result import SpuriousResult
from core.training.given import GivenNetwork, given_network

CONTESTED = ("main", "identifiable")
CLEAN = "clean"


@dataclass(frozen=True, eq=False)
class Bench:
    """Everything that is known before pruning.

    Attributes:
        design: Images of the seed.
        scenarios: Biased training sets by name.
        causal: Arms of the causal figure.
        clean_scores: Difficulty (N,) under networks that never saw the cue.
        versions: All training sets as one pool.
        learned: Scores and the unpruned network of each scenario.
    """

    design: Design
    scenarios: Mapping[str, Scenario]
    causal: list[CausalArm]
    clean_scores: np.ndarray
    versions: Versions
    learned: Mapping[str, Learned]

    def scores(self, scenario: str) -> np.ndarray:
        """Return the difficulty that pruning uses in a scenario, (N,)."""
        return self.learned[scenario].difficulty.mean(self.design.config.score)

    def kept(self, pruning: Pruning) -> np.ndarray:
        """Return which training images a pruning keeps, (N,)."""
        name = pruning.scenario
        return kept_by(pruning, self.scenarios[name], self.scores(name), self.learned[name].early, self.design.seed)


def run(config: SpuriousConfig, seed: int, context: Context) -> SpuriousResult:
    """Return one seed of the room.

    Raises:
        InputError: If the data cannot serve the settings.
        RunFailed: If a network diverges.
    """
    context.begin(0)
    data = load(config.dataset)
    given = given_network(config.model, data, context.device)
    design = draw(data, config if given is None else given.config(config), seed)
    config = design.config
    context.begin(1)
    bench = judging(prepare(design, context), given)
    context.begin(2)
    networks = train(bench, context)
    context.begin(3)
    main = bench.scenarios["main"]
    causal = ask({arm.name: networks[f"block {arm.name}"] for arm in bench.causal}, main.exam, design, context)
    sweep = sweep_table(bench, networks, context)
    rivals = rivals_table(bench, sweep, context)
    context.begin(4)
    shown, example_images = images.examples(main, networks["main none 0"], design, context)
    marked = {int(place): example_images[place] for place in np.flatnonzero(shown["is_marked"])}
    maps, levels, simplicity, stacked = gather(data, bench, networks, marked, context)
    context.begin(5)
    kept = bench.kept(Pruning("main", "hardest", config.share))
    samples = images.sample_rows(main, bench.scores("main"), kept, design)
    causal_table = tables.causal_table(bench.causal, bench.clean_scores, causal)
    by_score = ask({name: networks[f"score {name}"] for name in SCORE_NAMES}, main.exam, design, context)
    scores = tables.scores_table(bench.learned["main"], main, design, by_score)
    regimes = tables.regimes_table(bench.scenarios, bench.learned, design)
    choice = tables.choice_table(sweep, config.accuracy_budget)
    curves = tables.curves_table({"clean": networks["block clean"], **{name: found.whole for name, found in bench.learned.items()}})
    return SpuriousResult(
        **headline.causal_numbers(causal_table), **headline.pruning_numbers(sweep, config.share),
        **headline.scenario_numbers(sweep, rivals, regimes, config.share),
        **headline.score_numbers(regimes, scores, choice, config), **headline.evidence_numbers(maps.attribution, levels, simplicity),
        sweep=sweep, causal=causal_table, rivals=rivals, histogram=tables.histogram_table(bench.scenarios, bench.learned, design),
        regimes=regimes, scores=scores, choice=choice, attribution=maps.attribution, maps=maps.maps, diffroar_levels=levels,
        simplicity=simplicity, samples=samples, examples=shown, curves=curves, classes=tables.classes_table(design),
        sample_images=bench.versions.images("main")[samples["row"].to_numpy(dtype=int)], example_images=example_images,
        attribution_maps=maps.arrays, simplicity_images=stacked)


def prepare(design: Design, context: Context) -> Bench:
    """Return the biased training sets with their difficulty scores."""
    clean = learn_clean(design, part(context, 0.0, 0.15))
    clean_scores = clean.mean(design.config.score)
    scenarios = make_scenarios(design, clean_scores)
    causal = causal_arms(design, clean_scores)
    versions = make_versions(design.x, design.y, versions_by_name(scenarios, causal))
    learned = learn(design, scenarios, versions, part(context, 0.15, 0.85))
    return Bench(design, scenarios, causal, clean_scores, versions, learned)


def judging(bench: Bench, given: GivenNetwork | None) -> Bench:
    """Return the bench with a given network in place of the unpruned one; its twin of the house stays what scores difficulty."""
    if given is None:
        return bench
    main = bench.learned["main"]
    return replace(bench, learned={**bench.learned, "main": replace(main, whole=replace(main.whole, state=given.state))})


def train(bench: Bench, context: Context) -> dict[str, Network]:
    """Return every network that needs no further knowledge, by name: blocks, prunings, and pruning by each score."""
    arms = {f"block {arm.name}": TrainingArm(f"block {arm.name}", arm.kept) for arm in bench.causal}
    for name in bench.scenarios:
        for pruning in prunings(bench.design.config, name):
            kept = bench.kept(pruning)
            arms |= {arm: TrainingArm(name, kept, stream) for stream, arm in enumerate(arm_names(pruning, bench.design.config))}
    main, learned, share = bench.scenarios["main"], bench.learned["main"], bench.design.config.share
    for name in SCORE_NAMES:
        pruning = Pruning("main", "hardest", share)
        arms[f"score {name}"] = TrainingArm("main", kept_by(pruning, main, learned.difficulty.mean(name), learned.early, bench.design.seed))
    found = train_arms(bench.versions, arms, bench.design.config, seed=bench.design.seed, n_classes=bench.design.n_classes, context=context)
    return found | {f"{name} none 0": learned.whole for name, learned in bench.learned.items()}


def sweep_table(bench: Bench, networks: Mapping[str, Network], context: Context) -> pd.DataFrame:
    """Return the table ``sweep``; outcomes are means over the repeats of a pruning."""
    config, rows = bench.design.config, []
    for name, scenario in bench.scenarios.items():
        tried = [Pruning(name, "none", 0.0), *prunings(config, name)]
        arms = {arm: networks[arm] for pruning in tried for arm in arm_names(pruning, config)}
        asked = ask(arms | {CLEAN: networks["block clean"]}, scenario.exam, bench.design, context)
        found = {pruning.name: mean_outcomes([asked[arm] for arm in arm_names(pruning, config)]) for pruning in tried}
        everyone = np.ones(len(scenario.y), dtype=bool)
        rows += [sweep_row(pruning, scenario, everyone if pruning.rule == "none" else bench.kept(pruning), networks[pruning.name],
                                  found[pruning.name]) for pruning in tried]
        rows.append(sweep_row(Pruning(name, CLEAN, 0.0), scenario, everyone, networks["block clean"], asked[CLEAN]))
    return table_of("sweep", rows)


def rivals_table(bench: Bench, sweep: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Return the table ``rivals``: other methods, and the prunings that they are compared with."""
    if not bench.design.config.evidence:
        return table_of("rivals", [])
    labels = {rival.id: rival.labels for rival in RIVALS}
    share, rows = bench.design.config.share, []
    contested = [name for name in CONTESTED if name in bench.scenarios]
    for place, name in enumerate(contested):
        ours = {"erm": ("none", 0.0), "hardest": ("hardest", share), "random": ("random", share),
                "oracle_hardest": ("oracle_hardest", HALF)}
        if name == "identifiable":
            ours |= {rule: (rule, MOST) for rule in ("inferred_hardest", "oracle_hardest")}
        scenario, inner = bench.scenarios[name], part(context, place / len(contested), 1 / len(contested))
        rows += [{"scenario": name, "method": method, "labels": labels[method], **found} for method, found in contest(
            bench.design, scenario, bench.learned[name], bench.versions, inner).items()]
        for method, (rule, at) in ours.items():
            words = "which images carry the cue" if rule.startswith("oracle") else "none"
            outcome = {column: headline.pruned(sweep, column, name, rule, at) for column in OUTCOMES}
            rows.append({"scenario": name, "method": method, "labels": words, **outcome})
    return table_of("rivals", rows)


def gather(data: ImageDataset, bench: Bench, networks: Mapping[str, Network], shown: Mapping[int, np.ndarray], context: Context
           ) -> tuple[evidence.Maps, pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Return attribution, the check of its maps, the two-block test and its images; empty where evidence is left out."""
    design, main, share = bench.design, bench.scenarios["main"], bench.design.config.share
    if not design.config.evidence:
        _, height, width, channels = design.x.shape
        empty = evidence.Maps(table_of("attribution", []), table_of("maps", []), np.zeros((0, height, width), dtype=np.float32))
        return empty, table_of("diffroar", []), table_of("simplicity", []), np.zeros((0, 2 * height, width, channels), dtype=np.uint8)
    explained = {
        "clean": networks["block clean"], "none": networks["main none 0"], "hardest": networks[f"main hardest {share:g}"],
        "random": networks[f"main random {share:g}"], "oracle_hardest": networks[f"main oracle_hardest {HALF:g}"],
        "oracle_easiest": networks[f"main oracle_easiest {HALF:g}"]}
    cued = main.exam.cued[main.exam.y_cued == design.harmed][:evidence.N_EXPLAINED]
    maps = evidence.explain(explained, design, cued, shown, context)
    levels = evidence.check_maps(networks["main none 0"], design, bench.versions.images("main"), main.y, part(context, 0.2, 0.5))
    return maps, levels, *evidence.simplicity(data, design, part(context, 0.7, 0.3))


def part(context: Context, start: float, share: float) -> Context:
    """Return the context of one part of a step: its fraction is a share of the step's."""
    def told(fraction: float, message: str = "", curve: dict | None = None) -> None:
        context.report(start + share * fraction, message, curve)
    return replace(context, report=told)
