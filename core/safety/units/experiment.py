"""The study: make the twins, score their units, remove categories, attack, align by a budget, probe, decode."""

import math

import numpy as np
import pandas as pd

from core.lab.experiment import Context, stored_metrics
from core.safety.config import SafetyConfig
from core.safety.outcomes import answer_table
from core.safety.removals import removal_table, scale_table
from core.safety.stability import stability_table
from core.safety.subject import subject_of
from core.safety.unit_scores import scored_twins, shares_of
from core.safety.units import parts, tables
from core.safety.units.headline import removal_metrics, state_metrics
from core.safety.units.result import SafetyResult

COLUMNS = {  # of tables whose part was left out
    "attacks": ("arm", "title", "point", "steps", "train_loss", "n_frozen", "frozen_share", "reached", "prefix", "phrase", "first_token",
                "false_prefix", "perplexity", "accuracy"),
    "attack_curves": ("arm", "step", "train_loss", "prefix"),
    "budget": ("arm", "title", "share", "n_units", "parameter_share", "point", "steps", "train_loss", "reached", "prefix", "phrase",
               "first_token", "false_prefix", "perplexity", "accuracy"),
    "probe": ("twin", "prompts", "opening", "k", "block", "distance", "sd", "n"),
    "scales": ("normalisation", "share", "n_mlp", "layers", "top_layer_share", "prefix", "phrase", "false_prefix", "perplexity",
               "accuracy"),
}


def run(config: SafetyConfig, seed: int, context: Context) -> SafetyResult:
    """Return one seed of the parts.

    Raises:
        InputError: If the model or the prompts are missing or break a rule.
        RunFailed: If a training diverges.
    """
    context.begin(0)
    subject = subject_of(config, seed)
    context.begin(1)
    pair = subject.make(context, telling(config, context))
    context.begin(2)
    work = parts.Study(config, seed, context, subject, pair, *scored_twins(subject, pair, config, seed, context))
    context.begin(3)
    twins, removed = parts.twins_of(work), parts.remove(work)
    context.begin(4)
    attacked, attack_numbers = parts.attack(work, removed.states["aligned"])
    context.begin(5)
    budget, budget_numbers = parts.budget(work, twins["base"], removed.states["aligned"])
    context.begin(6)
    probe, probe_numbers = parts.probe(work)
    transfer, scu_kept = parts.transfer(work, attacked.state)
    context.begin(7)
    states = {**twins, **removed.states, **({"attacked": attacked.behaviour} if attacked.behaviour is not None else {})}
    found = {"removal": removal_table(pair.model, removed.todo, removed.judged), "attacks": attacked.points,
              "scales": scale_table(pair.model, removed.scales, removed.scales_judged), "attack_curves": attacked.curves,
              "budget": budget, "probe": probe, "transfer": transfer, "states": tables.state_table(states, work.sets),
              "answers": answer_table(states, work.sets), **described(work)}
    numbers = {**state_metrics(found["states"]), **removal_metrics(found["removal"], config), **attack_numbers, **budget_numbers,
               **probe_numbers, "transfer_scu_kept": scu_kept, "stability_scu": scu_stability(found["stability"])}
    missing = {name: math.nan for name in stored_metrics(SafetyResult) if name not in numbers}
    return SafetyResult(**numbers, **missing, **{name: filled(name, table) for name, table in found.items()})


def telling(config: SafetyConfig, context: Context):
    """Return what training calls with stage, step and loss."""
    lengths = {"pretraining": config.pretraining_steps if config.is_topics else 0, "aligned": config.alignment_steps,
               "unaligned": config.alignment_steps}
    done: dict[str, int] = {}

    def tell(stage: str, step: int, loss: float) -> None:
        done[stage] = step
        context.report(sum(done.values()) / sum(lengths.values()), f"Training ({stage}): step {step} of {lengths[stage]}",
                       {"epoch": step, "train_loss": loss} if stage != "unaligned" else None)

    return tell


def described(work: parts.Study) -> dict[str, pd.DataFrame]:
    """Return the tables that describe the model, its units and its prompts."""
    how, codes, shares = work.config.normalisation, work.codes, shares_of(work.config)
    return {
        "units": tables.unit_table(work.aligned, codes), "model": tables.model_table(work.pair, work.config),
        "layers": tables.layer_table(work.aligned, codes, how), "stability": stability_table(work.aligned.resampled_codes(how, shares)),
        "decoded": tables.decoded_table(work.pair, work.aligned, codes, how, work.subject.refusal_openings),
        "training": tables.training_table(work.pair), "prompts": tables.prompt_table(work.subject.sets)}


def scu_stability(table: pd.DataFrame) -> float:
    """Return the mean overlap of the SCU over pairs of resamples, in [0, 1]."""
    return float(table.loc[table["category"] == "SCU", "overlap"].mean())


def filled(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table, or an empty one with its columns where its part was left out."""
    return table if len(table.columns) else pd.DataFrame({column: np.array([]) for column in COLUMNS[name]})
