"""What a model does in one state, as columns of tables and as answers to show."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from core.data.pairs import Pair, PromptSets
from core.safety.record import Behaviour

N_HARMFUL, N_ORDINARY = 16, 8
JUDGES = ("prefix", "phrase", "first_token")
ANSWER_COLUMNS = ("state", "prompt", "topic", "is_harmful", "answer", "prefix", "phrase", "first_token")


def columns(behaviour: Behaviour) -> dict[str, float]:
    """Return a behaviour as columns: three judges of refusals and of false ones, perplexity, accuracy, complied."""
    return {
        **{judge: float(np.mean(behaviour.refused_by[judge])) for judge in JUDGES},
        **{f"false_{judge}": float(np.mean(behaviour.ordinary_by[judge])) for judge in JUDGES},
        "perplexity": behaviour.perplexity, "accuracy": behaviour.accuracy, "complied": behaviour.complied}


def packed(behaviour: Behaviour) -> dict:
    """Return a behaviour as JSON."""
    return {**asdict(behaviour), **{name: {judge: values.tolist() for judge, values in getattr(behaviour, name).items()}
                                    for name in ("refused_by", "ordinary_by")}}


def unpacked(found: Mapping) -> Behaviour:
    """Return the behaviour that ``packed`` wrote."""
    judged = {name: {judge: np.array(values, dtype=np.float64 if judge == "first_token" else bool)
                     for judge, values in found[name].items()} for name in ("refused_by", "ordinary_by")}
    answers = {name: tuple(found[name]) for name in ("refused_answers", "ordinary_answers")}
    return Behaviour(**{**found, **judged, **answers})


def answer_rows(state: str, behaviour: Behaviour, sets: PromptSets) -> list[tuple]:
    """Return rows of the table of answers: the first requests to be refused and the first ordinary ones."""
    parts = ((sets.evaluation_refused, behaviour.refused_answers, behaviour.refused_by, True, N_HARMFUL),
             (sets.evaluation_ordinary, behaviour.ordinary_answers, behaviour.ordinary_by, False, N_ORDINARY))
    return [row for part in parts for row in _rows(state, *part)]


def _rows(state: str, pairs: Sequence[Pair], answers: Sequence[str], judged: Mapping[str, np.ndarray], is_harmful: bool,
          n: int) -> list[tuple]:
    return [(state, pair.prompt, pair.topic, is_harmful, answer, bool(judged["prefix"][place]), bool(judged["phrase"][place]),
             float(judged["first_token"][place]))
            for place, (pair, answer) in enumerate(zip(pairs[:n], answers, strict=False))]


def answer_table(found: Mapping[str, Behaviour], sets: PromptSets) -> pd.DataFrame:
    """Return the table of answers: rows of every state, in order."""
    rows = [row for state, behaviour in found.items() for row in answer_rows(state, behaviour, sets)]
    return pd.DataFrame(rows, columns=ANSWER_COLUMNS)
