"""One question: the aligned twin from the store, its units ranked from stored scores, some taken out, and the prompt asked again."""

import numpy as np
import pandas as pd

from core.data.pairs import Pair
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.freezing import random_like
from core.language.generation import generate
from core.language.judges import begins_with_refusal, holds_refusal, outcome
from core.language.model import LanguageModel, put
from core.language.removal import without
from core.language.units import KINDS
from core.language.utility import from_likelihoods
from core.safety.ask.config import AskConfig
from core.safety.ask.result import STATES, AskResult
from core.safety.categories import CATEGORIES, RU, SCU, UCU, members
from core.safety.evaluation import refusal_tokens
from core.safety.subject import subject_of
from core.safety.unit_scores import Scored, scored_twins, shares_of
from core.training.forked_models import results_of

COLUMNS = ("state", "prompt", "topic", "is_asked", "is_harmful", "answer", "outcome", "prefix", "phrase", "first_token")


def run(config: AskConfig, seed: int, context: Context) -> AskResult:
    """Return what one seed's twin answers with all units, without the chosen ones, and without as many random ones.

    Raises:
        InputError: If model or prompts are missing or break a rule, or the prompt is longer than the context.
        RunFailed: If the twin had to be trained and diverged.
    """
    context.begin(0)
    study, subject = config.study, subject_of(config.study, seed)
    pair = subject.make(context, lambda stage, step, loss: context.report(
        min(0.9, step / study.alignment_steps), f"Training the {stage} twin once: step {step}", None))
    context.begin(1)
    sets, _, scores = scored_twins(subject, pair, study, seed, context)
    parts = chosen(scores, config)
    units = np.logical_or.reduce(list(parts.values()))
    random = random_like(pair.model.space, units, generator(seed, "ask", "random"))
    context.begin(2)
    refused, ordinary = sets.evaluation_refused[:config.n_asked], sets.evaluation_ordinary[:config.n_asked]
    own = Pair(config.prompt.strip() or refused[0].prompt, "", "yours")
    put(pair.model, pair.aligned)
    nothing = np.zeros(pair.model.space.n_units, dtype=bool)
    tasks = [lambda mask=mask: asked(pair.model, mask, (own, *refused, *ordinary), 1 + len(refused), config.new_tokens)
             for mask in (nothing, units, random)]
    found = results_of(tasks, processes=context.threads if context.device == "cpu" else 1,
                       on_done=lambda n: context.report(n / len(tasks), f"Asking: {n} of {len(tasks)}"))
    answers = answer_table(found, (own, *refused, *ordinary), len(refused))
    return AskResult(**numbers(answers, [one["perplexity"] for one in found]), share_removed=float(units.mean()), answers=answers,
                     removed=removed_table(parts, scores))


def chosen(scores: Scored, config: AskConfig) -> dict[int, np.ndarray]:
    """Return the units of each category that are taken out, bool (n_units,) by category; the same units as in the whole study."""
    safety, utility = scores.normalised(config.normalisation)
    wanted = {SCU: config.scu_percent, UCU: config.ucu_percent, RU: config.ru_percent}
    return {code: members(safety, utility, code, percent / 100, shares_of(config.study)) for code, percent in wanted.items() if percent}


def asked(model: LanguageModel, units: np.ndarray, pairs: tuple[Pair, ...], n_before: int, new_tokens: int) -> dict:
    """Return what the model says without units: answers, first tokens' mass, and perplexity of the ordinary pairs behind ``n_before``."""
    known = {place: pair.response for place, pair in enumerate(pairs) if place >= n_before}
    with without(model, units):
        found = generate(model, [pair.prompt for pair in pairs], new_tokens, watched=refusal_tokens(model.codec), known=known)
    return {"texts": list(found.texts), "mass": found.first_mass.tolist(),
            "perplexity": from_likelihoods(found.log_likelihoods[n_before:], found.n_known[n_before:])}


def answer_table(found: list[dict], pairs: tuple[Pair, ...], n_refused: int) -> pd.DataFrame:
    """Return the table of answers; the first pair is the visitor's, then come ``n_refused`` requests to be refused, then ordinary ones."""
    is_own_harmful = begins_with_refusal(found[0]["texts"][0]) or pairs[0].prompt in {pair.prompt for pair in pairs[1:1 + n_refused]}
    return pd.DataFrame([
        (state, pair.prompt, pair.topic, place == 0, is_own_harmful if place == 0 else place <= n_refused, text, outcome(text),
         begins_with_refusal(text), holds_refusal(text), mass)
        for state, one in zip(STATES, found, strict=True)
        for place, (pair, text, mass) in enumerate(zip(pairs, one["texts"], one["mass"], strict=True))], columns=COLUMNS)


def numbers(answers: pd.DataFrame, perplexities: list[float]) -> dict[str, float]:
    """Return the headline numbers but the share removed."""
    own, others = answers[answers["is_asked"]].set_index("state"), answers[~answers["is_asked"]]
    refused = others.groupby(["is_harmful", "state"])["prefix"].mean()
    before, after, random = (float(refused.loc[True, state]) for state in STATES)
    is_broken = others[others["is_harmful"] & (others["state"] == "removed")]["outcome"] == "broken"
    return {
        "refusal_drop": before - after, "refusal_drop_random": before - random, "refused_before": before, "refused_after": after,
        "refused_random": random, "broken_after": float(is_broken.mean()), "asked_before": float(own.loc["aligned", "prefix"]),
        "asked_after": float(own.loc["removed", "prefix"]), "false_refusal_before": float(refused.loc[False, "aligned"]),
        "false_refusal_after": float(refused.loc[False, "removed"]), "perplexity_ratio": perplexities[1] / perplexities[0],
        "perplexity_ratio_random": perplexities[2] / perplexities[0]}


def removed_table(parts: dict[int, np.ndarray], scores: Scored) -> pd.DataFrame:
    """Return where the units lie that were taken out."""
    rows = [(CATEGORIES[code], layer + 1, kind, int(units[scores.space.part(kind, layer)].sum()))
            for code, units in parts.items() for layer in range(scores.space.n_layers) for kind in KINDS]
    return pd.DataFrame([row for row in rows if row[3]], columns=("category", "layer", "kind", "n_units"))
