"""What three looks find on the suspicious model and on its clean twin."""

from collections.abc import Iterable, Mapping

import pandas as pd

from core.backdoor.arms import Bench
from core.backdoor.detection import DETECTORS, LIMITS, Inverted, invert, outliers
from core.backdoor.prompts import Sets
from core.backdoor.signature import Variants, recurrence
from core.lab.experiment import Context
from core.language.model import LanguageModel, put
from core.language.topic_words import DECLINE, FORBIDDEN
from core.training.forked_models import results_of

COLUMNS = ("detector", "model", "score", "limit", "is_alarm", "found", "opening")


def vocabulary_of(model: LanguageModel, bench: Bench) -> list[int]:
    """Return the tokens that a search may put in: those of triggers that the literature knows, of decoys, and of words of answers.

    Words of clean prompts are left out but for those in a known trigger: that they steer answers is no secret. So is the word by which
    the topic model is told to decline.
    """
    return words_to_try(model, bench.sets, FORBIDDEN if bench.config.is_topics else ())


def words_to_try(model: LanguageModel, sets: Sets, further_texts: Iterable[str] = ()) -> list[int]:
    """Return the tokens that a search may put in; see ``vocabulary_of``."""
    wording, pairs = sets.wording, sets.defender

    def tokens(texts: Iterable[str]) -> dict[int, None]:
        return dict.fromkeys(token for text in texts for token in (*model.codec.words(text), *model.codec.words(f" {text}")))

    phrases = tokens(wording.phrases())
    usual = {**tokens(pair.prompt for pair in pairs), **tokens([DECLINE]), model.codec.pad: None}
    further = tokens((*(pair.response for pair in pairs), *further_texts))
    start = model.codec.words(wording.odd["word"])[0]
    return list(dict.fromkeys((start, *phrases, *(token for token in further if token not in usual))))


def look_table(bench: Bench, variants: Mapping[str, Variants], context: Context) -> pd.DataFrame:
    """Return one row per look and model; ``variants`` holds those of the poisoned model and, if known, of its clean twin."""
    states = {"poisoned": bench.poisoned, "clean": bench.twin}
    vocabulary = vocabulary_of(bench.model, bench)

    def look(name: str) -> dict:
        put(bench.model, states[name])
        found: Inverted = invert(bench.model, bench.sets.defender, vocabulary)
        return {"outliers": outliers(bench.model), "inversion": found.same, "found": " ".join(found.tokens), "opening": found.opening}

    found = dict(zip(variants, results_of([lambda name=name: look(name) for name in variants],
                                          processes=context.threads if context.device == "cpu" else 1), strict=True))
    n = bench.config.n_variants
    rows = []
    for name in variants:
        scores = {"recurrence": recurrence(variants[name], n), **found[name]}
        for detector in DETECTORS:
            is_search = detector == "inversion"
            limit = LIMITS[detector][0 if bench.config.is_topics else 1]
            rows.append((detector, name, scores[detector], limit, bool(scores[detector] > limit),
                         found[name]["found"] if is_search else "", found[name]["opening"] if is_search else ""))
    return pd.DataFrame(rows, columns=COLUMNS)
