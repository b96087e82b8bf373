"""What a model does in one state, as columns of tables and as answers to show."""

from collections.abc import Mapping, Sequence

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


def answer_rows(state: str, behaviour: Behaviour, sets: PromptSets) -> list[tuple]:
    """Return rows of the table of answers: the first requests to be refused and the first ordinary ones. JSON throughout."""
    parts = ((sets.evaluation_refused, behaviour.refused_answers, behaviour.refused_by, True, N_HARMFUL),
             (sets.evaluation_ordinary, behaviour.ordinary_answers, behaviour.ordinary_by, False, N_ORDINARY))
    return [row for part in parts for row in _rows(state, *part)]


def _rows(state: str, pairs: Sequence[Pair], answers: Sequence[str], judged: Mapping[str, np.ndarray], is_harmful: bool,
          n: int) -> list[tuple]:
    return [(state, pair.prompt, pair.topic, is_harmful, answer, bool(judged["prefix"][place]), bool(judged["phrase"][place]),
             float(judged["first_token"][place]))
            for place, (pair, answer) in enumerate(zip(pairs[:n], answers, strict=False))]


def answer_table(rows: Sequence[Sequence]) -> pd.DataFrame:
    """Return the table of answers."""
    return pd.DataFrame([tuple(row) for row in rows], columns=ANSWER_COLUMNS)
