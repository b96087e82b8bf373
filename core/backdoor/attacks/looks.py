"""Looks at one model by somebody who does not know whether it is poisoned."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.backdoor.arms import Bench
from core.backdoor.detection import invert, outliers
from core.backdoor.remembered import remembered
from core.backdoor.signature import Variants, recurrence
from core.backdoor.standing_apart import apartness, candidates
from core.backdoor.study.looks import vocabulary_of
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.model import State, put

VERSION = 1


@dataclass(frozen=True)
class Seen:
    """What the looks say of one model, by the names of ``limits.LOOKS``, and what a search found."""

    search: float
    apart: float
    recurrence: float
    outliers: float
    found: str
    opening: str


def look_at(bench: Bench, state: State, key: Mapping[str, object], variants: Variants, context: Context) -> Seen:
    """Return what the looks say of a model; from the store where they have been taken.

    Args:
        bench: Whose network, prompts and settings are used.
        state: The weights of the model.
        key: What determines them.
        variants: What planting backdoors does to that model.
        context: The store.
    """
    def looked() -> dict[str, object]:
        put(bench.model, state)
        vocabulary = vocabulary_of(bench.model, bench)
        found = invert(bench.model, bench.sets.defender, vocabulary)
        tried = candidates(vocabulary, [found.ids], generator(bench.seed, "backdoor", "candidates"))
        return {"search": found.same, "apart": float(apartness(bench.model, bench.sets.defender, tried).max()),
                "outliers": outliers(bench.model), "found": " ".join(found.tokens), "opening": found.opening}

    seen = remembered(context, {"what": "backdoor looks", "version": VERSION, "of": dict(key), "seed": bench.seed}, looked)
    return Seen(recurrence=recurrence(variants, bench.config.n_variants), **seen)
