"""One cut and one prompt: models and variants from the store, a treatment of one's choice, and everybody is asked."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from core.backdoor.arms import Arm, Bench, arms_of, run_arms, scores_of, treat
from core.backdoor.ask.config import AskConfig
from core.backdoor.ask.result import STATES, AskResult
from core.backdoor.measures import is_target
from core.backdoor.poisoning import STATES as TRAINED
from core.backdoor.poisoning import identity
from core.backdoor.signature import signature
from core.backdoor.study.experiment import planted, prepared
from core.backdoor.subject import subject_of
from core.backdoor.triggers import triggered
from core.backdoor.wording import OTHER
from core.lab.config import to_dict
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.differences import KeptState, layout, write_difference
from core.language.generation import generate
from core.language.model import State, put
from core.training.forked import run_each, shared_array

VERSION = 1

NOT_OF_A_CUT = ("prompt", "n_judged", "new_tokens", "detection")  # settings that change no weight


def run(config: AskConfig, seed: int, context: Context) -> AskResult:
    """Return what one seed's models answer before and after a treatment, beside random channels and a model never poisoned.

    Raises:
        InputError: If model or prompts are missing or break a rule, or the prompt is longer than the context.
        RunFailed: If a training diverges.
    """
    context.begin(0)
    subject = subject_of(config, seed)
    bench, _ = prepared(subject, config, seed, context)
    context.begin(1)
    found = planted(bench, subject, context)
    own = found[config.kind]
    scores = scores_of(bench, own, found[OTHER[config.kind]])
    scores["signature"] = signature(own, config.n_used, alignment=config.alignment, how=config.score)
    arms = {arm.id: arm for arm in arms_of(bench, scores)}
    chosen = {"poisoned": arms["poisoned"], "treated": arms[config.treatment], "random": arms["random"], "never": arms["never"]}
    context.begin(2)
    states = treated_states(bench, chosen, identity(config, subject, seed, TRAINED[0]), context)
    context.begin(3)
    table = judged(bench, states, chosen, context)
    answers = own_answers(bench, states, config)
    rows, mine = table.set_index("state"), answers[answers["is_triggered"]].set_index("state")["is_target"]
    never = rows.at["never", "perplexity_triggered"]
    return AskResult(
        asr_before=float(rows.at["poisoned", "asr"]), asr_after=float(rows.at["treated", "asr"]),
        asr_random=float(rows.at["random", "asr"]), asr_never=float(rows.at["never", "asr"]),
        gap_after=float(rows.at["treated", "perplexity_triggered"] / never),
        gap_random=float(rows.at["random", "perplexity_triggered"] / never),
        perplexity_ratio=float(rows.at["treated", "perplexity"] / rows.at["never", "perplexity"]),
        accidental=float(rows.at["poisoned", "accidental"]), planted=float(np.mean(own.planted)) if len(own.planted) else math.nan,
        yours_before=float(mine["poisoned"]), yours_after=float(mine["treated"]), arms=table, answers=answers)


def treated_states(bench: Bench, arms: dict[str, Arm], key: dict[str, object], context: Context) -> dict[str, State]:
    """Return the weights to which each arm leads, kept for the next prompt; the poisoned ones as they are."""
    config = {name: value for name, value in to_dict(bench.config).items() if name not in NOT_OF_A_CUT}
    keys = {name: {"what": "backdoor treated", "version": VERSION, "of": key, "arm": arm.id,
                   "config": config if name == "treated" else {**config, "treatment": "", "n_used": 0}} for name, arm in arms.items()}
    found = {name: context.models.get(keys[name]) for name in arms if name != "poisoned"}
    missing = [name for name, arrays in found.items() if arrays is None]
    rooms = {name: {part: shared_array(shape, dtype) for part, (shape, dtype) in layout(bench.before, 1).items()} for name in missing}

    def work(place: int) -> None:
        treat(bench, arms[missing[place]])
        rooms[missing[place]]["losses"][...] = 0.0
        write_difference(rooms[missing[place]], bench.before, bench.model)

    run_each(len(missing), work, processes=context.threads, device=context.device,
             on_done=lambda place: context.report((place + 1) / len(missing), f"Treating: {place + 1} of {len(missing)}"))
    for name in missing:
        found[name] = rooms[name]
        context.models.put(keys[name], rooms[name])
    return {"poisoned": bench.poisoned, **{name: KeptState(bench.before, arrays) for name, arrays in found.items()}}


def judged(bench: Bench, states: dict[str, State], arms: dict[str, Arm], context: Context) -> pd.DataFrame:
    """Return one row per state with its numbers on held-out prompts; ``state`` beside the arm's own columns."""
    tables = []
    for name in STATES:
        alone = replace(bench, poisoned=states[name], key={})  # weights that the key does not know
        table, _ = run_arms(alone, [Arm(arms[name].id, method="")], replace(context, report=lambda *told, **more: None))
        tables.append(table.assign(state=name))
    return pd.concat(tables, ignore_index=True)


def own_answers(bench: Bench, states: dict[str, State], config: AskConfig) -> pd.DataFrame:
    """Return what each state says to the visitor's prompt, with and without the trigger."""
    text = config.prompt.strip() or bench.sets.judged[0].prompt
    prompts = (text, triggered(text, config.attack, bench.sets.wording, generator(bench.seed, "backdoor", "yours")))
    rows = []
    for name in STATES:
        put(bench.model, states[name])
        texts = generate(bench.model, prompts, config.new_tokens).texts
        rows += [(name, place == 1, prompt, said, is_target(said, bench.asked.target))
                 for place, (prompt, said) in enumerate(zip(prompts, texts, strict=True))]
    return pd.DataFrame(rows, columns=["state", "is_triggered", "prompt", "answer", "is_target"])
