"""Every attack in turn: plant it, look at the model, cut, repair and judge; then the same looks at clean models."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from core.backdoor.arms import Arm, Bench, run_arms
from core.backdoor.attacks import headline
from core.backdoor.attacks.config import AttacksConfig, Cell
from core.backdoor.attacks.limits import LIMITS, LOOKS
from core.backdoor.attacks.looks import look_at
from core.backdoor.attacks.result import ARMS, AttacksResult
from core.backdoor.poisoning import STATES, identity, poisoned_states
from core.backdoor.rivals import largest
from core.backdoor.signature import signature, top_share
from core.backdoor.study.experiment import bench_of
from core.backdoor.subject import Subject, subject_of
from core.backdoor.variants import variants_of
from core.backdoor.wording import KINDS
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.model import LanguageModel, State, put, taken
from core.training.forked_models import results_of

COLUMNS = ("arm", "n", "hits", "asr", "asr_low", "asr_high", "p_open", "accidental", "decoy", "perplexity", "perplexity_triggered",
           "accuracy", "accuracy_triggered")


def run(config: AttacksConfig, seed: int, context: Context) -> AttacksResult:
    """Return one seed of the table.

    Raises:
        InputError: If model or prompts are missing or break a rule.
        RunFailed: If a training diverges.
    """
    context.begin(0)
    first = config.of(config.cells[0])
    subject = subject_of(first, seed)
    model = subject.make(context, lambda stage, step, loss: context.report(
        min(1.0, step / config.pretraining_steps), f"Training ({stage}): step {step}", {"epoch": step, "train_loss": loss}))
    before = taken(model)
    poisoned_states(model, before, subject, first, seed, context, _quiet, names=STATES[1:])  # all full attacks share this twin
    inside = replace(context, threads=1, begin=_quiet, report=_quiet)
    context.begin(1)
    cells = _each([lambda cell=cell: study_cell(model, before, subject, config, cell, seed, inside) for cell in config.cells], context,
                  "Attacks")
    context.begin(2)
    n_twins = config.n_twins if config.detection else 0
    twins = _each([lambda draw=draw: study_twin(model, before, subject, config, draw, seed, inside) for draw in range(n_twins)], context,
                  "Clean models")
    table = pd.DataFrame([row for one in cells for row in one["arms"]])
    looks = _look_table(config, [one["seen"] for one in cells], twins)
    return AttacksResult(**headline.success_numbers(table), **headline.evading_numbers(table, config), **headline.look_numbers(looks),
                         planted=float(np.mean([one["planted"] for one in cells])), cells=table, looks=looks)


def _quiet(*told: object) -> None:
    """Say nothing: what happens inside a child is told by its parent."""


def _each(tasks: list[Callable[[], dict]], context: Context, what: str) -> list[dict]:
    return results_of(tasks, processes=context.threads if context.device == "cpu" else 1,
                      on_done=lambda n: context.report(n / len(tasks), f"{what}: {n} of {len(tasks)}"))


def study_cell(model: LanguageModel, before: State, subject: Subject, config: AttacksConfig, cell: Cell, seed: int,
               context: Context) -> dict[str, object]:
    """Return what becomes of one attack, as JSON: a row per arm, what the looks see, and whether the defender's variants work."""
    own = config.of(cell)
    bench, _ = bench_of(model, before, subject, own, seed, context, _quiet)
    variants = variants_of(model, bench.poisoned, before, bench.sets, own, seed, own.kind, bench.key, context)
    put(model, bench.poisoned)
    chosen = {"signature": signature(variants, own.n_variants, alignment=own.alignment, how=own.score),
              "random": generator(seed, "backdoor", "random").random(variants.norms.shape[1:]), "largest": largest(model)}
    table, _ = run_arms(bench, arms_of(bench, chosen), context)
    seen = asdict(look_at(bench, bench.poisoned, bench.key, variants, context)) if config.detection else {}
    rows = [{"attack": cell.attack, "behaviour": cell.behaviour, "by": cell.by, **row} for row in table[[*COLUMNS]].to_dict("records")]
    return {"arms": rows, "seen": seen, "planted": float(np.mean(variants.planted))}


def arms_of(bench: Bench, scores: Mapping[str, np.ndarray]) -> list[Arm]:
    """Return the arms of ``ARMS``, in that order."""
    config = bench.config
    cuts = {name: Arm(name, top_share(values, config.share), config.cut) for name, values in scores.items()}
    found = {"poisoned": Arm("poisoned", method=""), "never": Arm("never", is_clean=True), "repair": Arm("repair"),
             "latent": Arm("latent", method="latent"), **cuts}
    return [found[name] for name in ARMS]


def study_twin(model: LanguageModel, before: State, subject: Subject, config: AttacksConfig, draw: int, seed: int,
               context: Context) -> dict[str, object]:
    """Return what the looks see at a clean model; every other one gets variants of the other kind: nobody knows which to plant."""
    first = config.of(config.cells[0])
    states, _ = poisoned_states(model, before, subject, first, seed, context, _quiet, names=STATES[1:], draw=draw)
    kind, key = tuple(KINDS)[draw % 2], identity(first, subject, seed, STATES[1], draw)
    state = states[STATES[1]]
    variants = variants_of(model, state, None, subject.sets, first, seed, kind, key, context)
    bench = Bench(model, before, state, state, subject.sets, None, first, seed)
    return asdict(look_at(bench, state, key, variants, context))


def _look_table(config: AttacksConfig, poisoned: list[dict], clean: list[dict]) -> pd.DataFrame:
    """Return one row per look and model; of other models than the topic model a limit is known for the search alone."""
    models = [("poisoned", cell.attack, cell.behaviour, cell.by, seen) for cell, seen in zip(config.cells, poisoned, strict=True) if seen]
    models += [("clean", "", "", "", seen) for seen in clean]
    limits = {look: limit if config.is_topics or look == "search" else math.nan for look, limit in LIMITS.items()}
    rows = [(look, kind, attack, behaviour, by, seen[look], limits[look], bool(seen[look] > limits[look]),
             seen["found"] if look == "search" else "", seen["opening"] if look == "search" else "")
            for look in LOOKS for kind, attack, behaviour, by, seen in models]
    return pd.DataFrame(rows, columns=["look", "model", "attack", "behaviour", "by", "score", "limit", "is_alarm", "found", "opening"])
