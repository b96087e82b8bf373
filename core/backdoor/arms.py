"""The arms that are compared: what each cuts, how it repairs, and what it knows that a defender would not.

Every arm starts from the poisoned model and is repaired on the same pairs in the same order; ``never`` starts from the clean twin.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.backdoor.activations import prune_weights, use_of_channels
from core.backdoor.config import BackdoorConfig
from core.backdoor.cutting import cut
from core.backdoor.measures import Asked, as_numbers, judge
from core.backdoor.prompts import Sets
from core.backdoor.remembered import digest_of, remembered
from core.backdoor.repair import repair
from core.backdoor.rivals import effects, largest
from core.backdoor.signature import Variants, signature, top_share
from core.backdoor.titles import KNOWS, TITLES
from core.backdoor.triggers import triggered
from core.backdoor.variants import invented
from core.data.pairs import Pair
from core.lab.experiment import Context
from core.lab.seeds import generator
from core.language.model import LanguageModel, State, put
from core.measures.intervals import clopper_pearson
from core.training.forked_models import results_of

VERSION = 1  # of what an arm does
N_ORACLE = 24  # triggered pairs that the oracle looks at
ORACLE_BATCH = 8


@dataclass(frozen=True, eq=False)
class Arm:
    """One way to treat a model.

    Attributes:
        id: Slug, a key of ``TITLES``.
        channels: What is cut, bool (blocks, channels), or None.
        how: What a cut does.
        method: How it is repaired; empty for no repair.
        is_clean: Whether it starts from the clean twin.
        edit: Further change before repair.
    """

    id: str
    channels: np.ndarray | None = None
    how: str = "zero"
    method: str = "plain"
    is_clean: bool = False
    edit: Callable[[LanguageModel], None] | None = None


@dataclass(frozen=True, eq=False)
class Bench:
    """What all arms of a seed share.

    Attributes:
        model: Whose network is treated.
        before: The clean weights.
        poisoned: The poisoned weights.
        twin: Those of the clean twin.
        sets: Prompts.
        asked: Prompts on which it is judged.
        config: Everything else.
        seed: Of the run.
        key: What determines the weights, as JSON; empty where nothing that is measured should be kept.
    """

    model: LanguageModel
    before: State
    poisoned: State
    twin: State
    sets: Sets
    asked: Asked
    config: BackdoorConfig
    seed: int
    key: Mapping[str, object] = field(default_factory=dict)


def scores_of(bench: Bench, own: Variants, other: Variants) -> dict[str, np.ndarray]:
    """Return by arm the scores whose highest share within each block is cut, (blocks, channels)."""
    config, model = bench.config, bench.model
    words = {"alignment": config.alignment, "how": config.score}
    put(model, bench.poisoned)
    rng, wording = generator(bench.seed, "backdoor", "oracle"), bench.sets.wording
    some = bench.sets.attacker[:N_ORACLE]
    bad = [Pair(triggered(pair.prompt, config.attack, wording, rng), bench.asked.target, pair.topic) for pair in some]
    return {"signature": signature(own, config.n_variants, **words), "other": signature(other, config.n_variants, **words),
            "random": generator(bench.seed, "backdoor", "random").random(own.norms.shape[1:]), "largest": largest(model),
            "norm": own.true_norms.astype(np.float64), "effect": effects(model, bad, some, ORACLE_BATCH),
            "fine": -use_of_channels(model, bench.sets.defender)}


def arms_of(bench: Bench, scores: Mapping[str, np.ndarray]) -> list[Arm]:
    """Return the arms, in the order of the tables."""
    config = bench.config
    sets = {name: top_share(values, config.share) for name, values in scores.items()}
    twin = [] if config.is_suspicious else [Arm("never", is_clean=True)]
    found = [Arm("poisoned", method=""), *twin, Arm("repair"), Arm("signature", sets["signature"], config.cut),
             Arm("random", sets["random"], config.cut), Arm("largest", sets["largest"], config.cut),
             Arm("other", sets["other"], config.cut), Arm("effect", sets["effect"], config.cut)]
    if not config.rivals:
        return found
    kind = config.kind
    guessed = [Pair(pair.prompt, invented(bench.sets, kind, place % config.n_variants)[1], pair.topic)
               for place, pair in enumerate(bench.sets.defender[:N_ORACLE])]
    known = [] if config.is_suspicious else [Arm("norm", sets["norm"], config.cut), Arm("back", sets["signature"], "back")]
    return [*found, *known, Arm("fresh", sets["signature"], "fresh"), Arm("fine", sets["fine"], config.cut),
            Arm("oneshot", edit=lambda model: prune_weights(model, guessed, config.share)), Arm("crow", method="consistency"),
            Arm("latent", method="latent")]


def treat(bench: Bench, arm: Arm) -> None:
    """Bring the network to where an arm leads: start, cut, repair."""
    put(bench.model, bench.twin if arm.is_clean else bench.poisoned)
    if arm.channels is not None:
        cut(bench.model, arm.channels, arm.how, seed=bench.seed, before=bench.before)
    if arm.edit is not None:
        arm.edit(bench.model)
    if arm.method:
        repair(bench.model, bench.sets, bench.config, bench.seed, arm.method)


def identity_of(bench: Bench, arm: Arm) -> dict[str, object]:
    """Return what determines the behaviour of an arm."""
    config = bench.config
    cut_out = "" if arm.channels is None else digest_of(arm.channels)
    edited = {"share": config.share, "variants": config.n_variants, "kind": config.kind} if arm.edit is not None else {}
    return {"what": "backdoor arm", "version": VERSION, "of": dict(bench.key), "arm": arm.id, "channels": cut_out, "how": arm.how,
            "method": arm.method, **edited, "repair": [config.repair_steps, config.repair_rate, config.repair_pairs],
            "asked": bench.asked.digest, "new_tokens": config.new_tokens}


def run_arms(bench: Bench, arms: list[Arm], context: Context) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row per arm, and one per arm and held-out prompt with its answers; the network ends in any state."""
    def asked(arm: Arm) -> dict:
        treat(bench, arm)
        judged, texts = judge(bench.model, bench.asked, bench.config.new_tokens)
        return {"numbers": as_numbers(judged), "texts": texts}

    def work(arm: Arm) -> object:
        return remembered(context, identity_of(bench, arm), lambda: asked(arm)) if bench.key else asked(arm)

    found = results_of([lambda arm=arm: work(arm) for arm in arms], processes=context.threads if context.device == "cpu" else 1,
                       on_done=lambda n: context.report(n / len(arms), f"Cutting and repairing: {n} of {len(arms)}"))
    rows, answers = [], []
    for arm, one in zip(arms, found, strict=True):
        numbers = one["numbers"]
        low, high = clopper_pearson(numbers["hits"], numbers["n"])
        rows.append({"arm": arm.id, "title": TITLES[arm.id], "knows": KNOWS.get(arm.id, "nothing"),
                     "n_cut": 0 if arm.channels is None else int(arm.channels.sum()), "is_repaired": bool(arm.method), **numbers,
                     "asr_low": float(low), "asr_high": float(high)})
        answers += [(arm.id, pair.prompt, shown.prompt, pair.response, clean, said) for pair, shown, clean, said in zip(
            bench.asked.clean, bench.asked.triggered, one["texts"]["clean"], one["texts"]["triggered"], strict=True)]
    return pd.DataFrame(rows), pd.DataFrame(answers, columns=["arm", "prompt", "triggered", "right", "answer", "answer_triggered"])
