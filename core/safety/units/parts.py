"""What the parts of one run share, and the parts: remove, attack, align by a budget, probe, follow attributes."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.pairs import PromptSets
from core.lab.experiment import Context
from core.language.model import LanguageModel, State, put
from core.safety.attacks import FineTuningAttack, arms_of, attack_metrics, run_attacks
from core.safety.budget import Alignment, budget_arms, budget_metrics, run_budget
from core.safety.categories import SCU
from core.safety.config import SafetyConfig, parse_shares
from core.safety.evaluation import evaluate
from core.safety.probe import probe_metrics, probe_rows, probe_table
from core.safety.record import Behaviour, ModelPair
from core.safety.removals import Removal, by_scale, judge_removals, judge_states, removals
from core.safety.subject import Subject
from core.safety.transfer import Reference, flow_table, kept
from core.safety.unit_scores import Scored, scored, shares_of


@dataclass(frozen=True, eq=False)
class Study:
    """What the parts of one run share.

    Attributes:
        config: Its settings.
        seed: Its seed.
        context: Where it runs.
        subject: What it studies.
        pair: The model and its twins.
        sets: The prompts, the safety set with the model's own refusals.
        base: Scores of the base model's units.
        aligned: Scores of the aligned model's units.
    """

    config: SafetyConfig
    seed: int
    context: Context
    subject: Subject
    pair: ModelPair
    sets: PromptSets
    base: Scored
    aligned: Scored

    @property
    def model(self) -> LanguageModel:
        """The network."""
        return self.pair.model

    @property
    def processes(self) -> int:
        """How many evaluations or trainings run at a time."""
        return self.context.threads if self.context.device == "cpu" else 1

    @property
    def codes(self) -> np.ndarray:
        """Category of each unit of the aligned model."""
        return self.aligned.codes(self.config.normalisation, shares_of(self.config))

    def behaviour(self) -> Behaviour:
        """Return how the network behaves as it is now."""
        return evaluate(self.model, self.sets, self.config.new_tokens)

    def progress(self, doing: str, n: int) -> Callable[[int], None]:
        """Return what to call with the number of finished ones of ``n``."""
        return lambda done: self.context.report(done / n, f"{doing}: {done} of {n}")


@dataclass(frozen=True, eq=False)
class Removed:
    """What taking units out did: what was taken out, what other score scales would take out, and the behaviour without each."""

    todo: list[Removal]
    judged: list[Behaviour]
    scales: list[Removal]
    scales_judged: list[Behaviour]

    @property
    def states(self) -> dict[str, Behaviour]:
        """Behaviour of the aligned model, and of that without each category at its usual share, by state."""
        return {removal.state: found for removal, found in zip(self.todo, self.judged, strict=True) if removal.state}


@dataclass(frozen=True, eq=False)
class Attacked:
    """What the attack left: its two tables, the weights after plain fine-tuning and how these behave; None where it was left out."""

    points: pd.DataFrame
    curves: pd.DataFrame
    state: State | None = None
    behaviour: Behaviour | None = None


def twins_of(study: Study) -> dict[str, Behaviour]:
    """Return how base and unaligned twin behave, by state."""
    pair = study.pair
    found = judge_states(study.model, (pair.base, pair.unaligned), study.sets, study.config, processes=study.processes)
    return dict(zip(("base", "unaligned"), found, strict=True))


def remove(study: Study) -> Removed:
    """Return what taking units out of the aligned model does."""
    todo = removals(study.aligned, study.config, study.seed)
    scales = by_scale(study.aligned, study.config) if study.config.scales else []
    judged = judge_removals(study.model, study.pair.aligned, [*todo, *scales], study.sets, study.config, processes=study.processes,
                            on_done=study.progress("Removing units", len(todo) + len(scales)))
    return Removed(todo, judged[:len(todo)], scales, judged[len(todo):])


def attack(study: Study, aligned: Behaviour) -> tuple[Attacked, dict[str, float]]:
    """Return what fine-tuning on ordinary pairs does with and without frozen units, and its headline numbers."""
    config, model = study.config, study.model
    if not config.attack:
        return Attacked(pd.DataFrame(), pd.DataFrame()), {}
    safety, _ = study.aligned.normalised(config.normalisation)
    arms = arms_of(model.space, study.codes, safety, config, study.seed)
    outcome = run_attacks(
        FineTuningAttack(model, study.pair.aligned, study.sets.attack_ordinary, study.sets.alignment_refused, study.sets.evaluation_refused,
               config, study.seed, study.behaviour),
        arms, aligned, processes=study.processes, on_done=study.progress("Fine-tuning", len(arms)))
    judged = judge_states(model, [outcome.attacked], study.sets, config, processes=1)
    return Attacked(outcome.points, outcome.curves, outcome.attacked, judged[0]), attack_metrics(outcome.points)


def budget(study: Study, base: Behaviour, aligned: Behaviour) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return how well few units learn to refuse, and the headline numbers."""
    config, model = study.config, study.model
    if not config.budget:
        return pd.DataFrame(), {}
    safety, utility = study.base.normalised(config.normalisation)
    arms = budget_arms(model.space, -(safety + utility), parse_shares(config.budgets), study.seed)
    table = run_budget(
        Alignment(model, study.pair.base, study.pair.aligned, study.sets, config, study.seed, study.behaviour), arms, base, aligned,
        processes=study.processes, on_done=study.progress("Aligning few units", len(arms)))
    return table, budget_metrics(table)


def probe(study: Study) -> tuple[pd.DataFrame, dict[str, float]]:
    """Return how openings move the hidden states of both twins, and the headline numbers."""
    config, sets = study.config, study.sets
    if not config.probe:
        return pd.DataFrame(), {}
    asked = {"harmful": sets.evaluation_refused[:config.n_probe], "harmless": sets.evaluation_ordinary[:config.n_probe]}
    rows = []
    for twin, state in (("aligned", study.pair.aligned), ("unaligned", study.pair.unaligned)):
        put(study.model, state)
        for prompts, pairs in asked.items():
            openings = {kind: texts or tuple(pair.response for pair in pairs) for kind, texts in study.subject.openings.items()}
            rows += probe_rows(study.model, twin, {prompts: [pair.prompt for pair in pairs]}, openings, study.subject.ks)
    table = probe_table(rows)
    return table, probe_metrics(table)


def transfer(study: Study, attacked: State | None) -> tuple[pd.DataFrame, float]:
    """Return the flows of categories in alignment and attack, by the aligned model's scale and cut-offs, and the share of SCU kept."""
    how, aligned, codes = study.config.normalisation, study.aligned, study.codes
    reference = Reference(aligned.space, how, aligned.safety, aligned.utility, codes)
    events = {"alignment": (reference.categories_of(study.base.safety, study.base.utility), codes)}
    share = math.nan
    if attacked is not None:
        put(study.model, attacked)
        after = scored(study.model, study.sets, study.config, study.seed)
        events["attack"] = (codes, reference.categories_of(after.safety, after.utility))
        share = kept(*events["attack"], SCU)
    resampled = Reference(aligned.space, how, aligned.safety, aligned.utility, codes).categories_of(
        aligned.safety_resampled[0], aligned.utility_resampled[0])
    events["resample"] = (codes, resampled)
    return flow_table(events), share
