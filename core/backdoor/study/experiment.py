"""The study: make the model, poison it beside a clean twin, take the change apart, plant variants, look, cut and repair, judge."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.backdoor.arms import Bench, arms_of, run_arms, scores_of
from core.backdoor.config import BackdoorConfig
from core.backdoor.measures import asked_of
from core.backdoor.poisoning import STATES, identity, poisoned_states
from core.backdoor.sanity import COLUMNS as SANITY
from core.backdoor.sanity import sanity_table
from core.backdoor.signature import Variants
from core.backdoor.study import headline, tables
from core.backdoor.study.looks import COLUMNS as LOOKS
from core.backdoor.study.looks import look_table
from core.backdoor.study.result import BackdoorResult
from core.backdoor.subject import Report, Subject, subject_of
from core.backdoor.variants import variants_of
from core.backdoor.wording import OTHER
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.model import LanguageModel, State, taken


def run(config: BackdoorConfig, seed: int, context: Context) -> BackdoorResult:
    """Return one seed of the study.

    Raises:
        InputError: If model or prompts are missing or break a rule.
        RunFailed: If a training diverges.
    """
    context.begin(0)
    subject = subject_of(config, seed)
    bench, losses = prepared(subject, config, seed, context, begin_poisoning=lambda: context.begin(1))
    context.begin(2)
    sanity = empty(SANITY) if config.is_suspicious else sanity_table(bench, context)
    context.begin(3)
    found = planted(bench, subject, context)
    own = found[config.kind]
    context.begin(4)
    looks = looked(bench, subject, own, context) if config.detection else empty(LOOKS)
    context.begin(5)
    scores = scores_of(bench, own, found[OTHER[config.kind]])
    arms, answers = run_arms(bench, arms_of(bench, scores), context)
    context.begin(6)
    sweep = tables.sweep_table(bench, own, scores["random"], context)
    overlap, chance = tables.shared_with_true(scores, config.share)
    return BackdoorResult(
        **headline.arm_numbers(arms), **headline.sanity_numbers(sanity), **headline.sweep_numbers(sweep, config),
        **headline.look_numbers(looks), overlap=overlap, overlap_chance=chance, planted=float(np.mean(own.planted)), arms=arms,
        sanity=sanity, sweep=sweep, layers=tables.layer_table(scores, config.share),
        channels=tables.channel_table(scores, config.share, generator(seed, "backdoor", "map")), looks=looks,
        variants=tables.variant_table(bench.sets, found), training=tables.training_table(losses), answers=answers)


def prepared(subject: Subject, config: BackdoorConfig, seed: int, context: Context, begin_poisoning=lambda: None) -> tuple[Bench, dict]:
    """Return what all arms share, and the losses of poisoning by state; from the store where it is there."""
    lengths = {"pretraining": config.pretraining_steps}

    def report(stage: str, step: int, loss: float) -> None:
        context.report(min(1.0, step / lengths.get(stage, config.poison_steps)), f"Training ({stage}): step {step}",
                       {"epoch": step, "train_loss": loss} if stage == "pretraining" else None)

    model = subject.make(context, report)
    before = taken(model)
    begin_poisoning()
    return bench_of(model, before, subject, config, seed, context, report)


def bench_of(model: LanguageModel, before: State, subject: Subject, config: BackdoorConfig, seed: int, context: Context,
             report: Report) -> tuple[Bench, dict]:
    """Return what all arms of one attack on a model share, and the losses of poisoning by state; from the store where it is there."""
    states, losses = poisoned_states(model, before, subject, config, seed, context, report)
    asked = asked_of(subject.sets, config.attack, config.behaviour, seed)
    return Bench(model, before, states[STATES[0]], states[STATES[1]], subject.sets, asked, config, seed,
                 identity(config, subject, seed, STATES[0])), losses


def planted(bench: Bench, subject: Subject, context: Context) -> dict[str, Variants]:
    """Return the variants of the poisoned model by kind: the right one, then the other."""
    key = identity(bench.config, subject, bench.seed, STATES[0])
    before = None if bench.config.is_suspicious else bench.before
    return {kind: variants_of(bench.model, bench.poisoned, before, bench.sets, bench.config, bench.seed, kind, key, context)
            for kind in (bench.config.kind, OTHER[bench.config.kind])}


def looked(bench: Bench, subject: Subject, own: Variants, context: Context) -> pd.DataFrame:
    """Return what the looks find; the clean twin, where there is one, is given variants of its own for it."""
    if bench.config.is_suspicious:
        return look_table(bench, {"poisoned": own}, context)
    key = identity(bench.config, subject, bench.seed, STATES[1])
    clean = variants_of(bench.model, bench.twin, None, bench.sets, bench.config, bench.seed, bench.config.kind, key, context)
    return look_table(bench, {"poisoned": own, "clean": clean}, context)


def empty(columns: Sequence[str]) -> pd.DataFrame:
    """Return a table of a part that was left out."""
    return pd.DataFrame({name: np.array([], dtype=object) for name in columns})
