"""Where a backdoor sits: parts of the change are taken out, each beside its opposite, and the trigger is tried again.

Source: backdoor purification of generative language models (ICLR 2026), table 1: without the MLPs' change, without attention's, without
the MLPs' in k neighbouring blocks, the same without attention's everywhere, and with the MLPs' change permuted between blocks.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from core.backdoor.arms import Bench
from core.backdoor.deltas import put_parts, put_permuted
from core.backdoor.measures import glance
from core.backdoor.remembered import remembered
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.model import LanguageModel, State
from core.training.forked_models import results_of

VERSION = 1  # of what a check does
SHARES = (0.25, 0.375, 0.625)  # of the blocks, without the MLPs' change in neighbouring ones; 12 of 32 is 0.375
PLACES = ("first", "middle", "last")
N_DRAWS = 3  # permutations
COLUMNS = ("id", "title", "k", "place", "draw", "asr", "p_open", "perplexity_triggered")


@dataclass(frozen=True, eq=False)
class Check:
    """One way to put the change together.

    Attributes:
        id: Slug.
        title: On screen.
        put: Brings the network there.
        k: Neighbouring blocks without the MLPs' change; 0 where blocks do not matter.
        place: Where they stand.
        draw: Which permutation.
    """

    id: str
    title: str
    put: Callable[[], None]
    k: int = 0
    place: str = ""
    draw: int = 0


def checks(model: LanguageModel, clean: State, poisoned: State, seed: int) -> list[Check]:
    """Return all of them, in the order of the table."""
    n_layers = model.space.n_layers

    def keeping(keep: Callable[[str, int], bool]) -> Callable[[], None]:
        return lambda: put_parts(model, clean, poisoned, keep)

    found = [
        Check("all", "The whole change", keeping(lambda part, block: True)),
        Check("none", "None of it", keeping(lambda part, block: False)),
        Check("no_mlp", "Without the MLPs'", keeping(lambda part, block: part != "mlp")),
        Check("only_mlp", "The MLPs' alone", keeping(lambda part, block: part == "mlp")),
        Check("no_attention", "Without attention's", keeping(lambda part, block: part != "attention")),
        Check("only_attention", "Attention's alone", keeping(lambda part, block: part == "attention"))]
    for share in SHARES:
        k = max(1, round(share * n_layers))
        for place, start in zip(PLACES, (0, (n_layers - k) // 2, n_layers - k), strict=True):
            gone = range(start, start + k)
            found.append(Check("blocks", f"Without the MLPs' in {k} blocks", keeping(
                lambda part, block, gone=gone: part != "mlp" or block not in gone), k, place))
            found.append(Check("blocks_bare", "The same, attention's gone", keeping(
                lambda part, block, gone=gone: part != "attention" and (part != "mlp" or block not in gone)), k, place))
            found.append(Check("blocks_alone", f"The MLPs' in {k} blocks alone", keeping(
                lambda part, block, gone=gone: part == "mlp" and block in gone), k, place))
    for draw in range(N_DRAWS):
        order = generator(seed, "backdoor", "blocks", draw).permutation(n_layers)
        found.append(Check("permuted", "The MLPs' permuted over blocks",
                           lambda order=order: put_permuted(model, clean, poisoned, order.tolist()), draw=draw))
    return found


def sanity_table(bench: Bench, context: Context) -> pd.DataFrame:
    """Return one row per check; see ``COLUMNS``. The network ends in any state."""
    todo = checks(bench.model, bench.before, bench.poisoned, bench.seed)

    def tried(check: Check) -> object:
        def compute() -> dict[str, float]:
            check.put()
            return glance(bench.model, bench.asked, bench.config.new_tokens)
        return remembered(context, {"what": "backdoor check", "version": VERSION, "of": bench.key, "asked": bench.asked.digest,
                                    "new_tokens": bench.config.new_tokens, "check": [check.id, check.k, check.place, check.draw]}, compute)

    found = results_of([lambda check=check: tried(check) for check in todo],
                       processes=context.threads if context.device == "cpu" else 1,
                       on_done=lambda n: context.report(n / len(todo), f"Taking the change apart: {n} of {len(todo)}"))
    return pd.DataFrame([(one.id, one.title, one.k, one.place, one.draw, *(values[name] for name in COLUMNS[5:]))
                         for one, values in zip(todo, found, strict=True)], columns=COLUMNS)
