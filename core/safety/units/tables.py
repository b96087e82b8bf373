"""The tables of a run that describe the model, its prompts and its units."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from core.data.pairs import PromptSets
from core.language.model import put
from core.language.units import KINDS
from core.safety.categories import CATEGORIES, SCU, UCU, compact
from core.safety.config import SafetyConfig
from core.safety.decode import decode
from core.safety.outcomes import columns
from core.safety.record import Behaviour, ModelPair
from core.safety.unit_scores import Scored

TITLES = {
    "base": "Before alignment", "aligned": "Aligned", "unaligned": "Unaligned twin", "attacked": "After fine-tuning",
    "scu": "Without SCU", "ucu": "Without UCU", "ru": "Without RU", "random": "Without random units"}
N_DECODED = {SCU: 60, UCU: 20}
SOURCES = {"topics": "Topic model, trained in the run"}


def state_table(found: Mapping[str, Behaviour], sets: PromptSets) -> pd.DataFrame:
    """Return one row per state of the model, in the order of the titles: what was judged, and on how many prompts.

    Args:
        found: Behaviour by state; states that were left out are not among them.
        sets: The prompts.
    """
    return pd.DataFrame([
        {"state": state, "title": title, **columns(found[state]), "n_prompts": len(sets.evaluation_refused),
         "n_questions": len(sets.questions)}
        for state, title in TITLES.items() if state in found])


def unit_table(scores: Scored, codes: np.ndarray) -> pd.DataFrame:
    """Return one row per unit: raw scores in about three digits, and category."""
    return pd.DataFrame({"safety": compact(scores.safety), "utility": compact(scores.utility), "category": codes})


def model_table(pair: ModelPair, config: SafetyConfig) -> pd.DataFrame:
    """Return the one row that describes the model."""
    space = pair.model.space
    return pd.DataFrame([{
        "name": config.model, "title": pair.model.title, "n_layers": space.n_layers, "width": space.width, "heads": space.heads,
        "key_heads": space.key_heads, "head_size": space.head_size, "neurons": space.neurons, "n_units": space.n_units,
        "n_parameters": sum(parameter.numel() for parameter in pair.model.network.parameters()), "is_downloaded": pair.is_downloaded,
        "licence": pair.licence}])


def layer_table(scores: Scored, codes: np.ndarray, how: str) -> pd.DataFrame:
    """Return one row per layer, kind and category: number of units and mean normalised scores, NaN where there is none."""
    safety, utility = scores.normalised(how)
    frame = pd.DataFrame({"layer": scores.space.layers.astype(np.int64) + 1, "kind": np.where(scores.space.is_mlp, "mlp", "attention"),
                          "category": np.array(CATEGORIES)[codes], "safety": safety, "utility": utility})
    grouped = frame.groupby(["layer", "kind", "category"]).agg(
        n_units=("safety", "size"), safety=("safety", "mean"), utility=("utility", "mean"))
    every = pd.MultiIndex.from_product([range(1, scores.space.n_layers + 1), KINDS, CATEGORIES], names=["layer", "kind", "category"])
    table = grouped.reindex(every).reset_index()
    return table.assign(n_units=table["n_units"].fillna(0).astype(np.int64))


def decoded_table(pair: ModelPair, scores: Scored, codes: np.ndarray, how: str, openings: Sequence[str]) -> pd.DataFrame:
    """Return what the strongest SCU and UCU write: units by the difference of their scores, and tokens at both ends."""
    put(pair.model, pair.aligned)
    safety, utility = scores.normalised(how)
    lean, space = safety - utility, scores.space
    chosen = [unit for code, n in N_DECODED.items() for unit in _strongest(np.flatnonzero(codes == code), np.abs(lean), n)]
    return pd.DataFrame([
        {"unit": one.unit, "layer": int(space.layers[one.unit]) + 1, "kind": "mlp" if space.is_mlp[one.unit] else "attention",
         "channel": int(space.channels[one.unit]), "category": CATEGORIES[codes[one.unit]], "safety": float(safety[one.unit]),
         "utility": float(utility[one.unit]), "tokens": "\n".join(one.tokens), "opposed": "\n".join(one.opposed), "refusal": one.refusal}
        for one in decode(pair.model, chosen, signs=scores.means, refusal_openings=openings)])


def _strongest(units: np.ndarray, strength: np.ndarray, n: int) -> list[int]:
    return units[np.argsort(-strength[units], kind="stable")[:n]].tolist()


def training_table(pair: ModelPair) -> pd.DataFrame:
    """Return one row per stage and logged step of what was trained here or kept from an earlier run."""
    return pd.DataFrame(pair.curves, columns=["stage", "step", "loss"])


def prompt_table(sets: PromptSets) -> pd.DataFrame:
    """Return how many prompts each part has, by topic."""
    parts = {(part, kind): getattr(sets, f"{part}_{kind}") for part in ("alignment", "calibration", "evaluation")
             for kind in ("refused", "ordinary")}
    rows = [(part, kind, pair.topic) for (part, kind), pairs in {**parts, ("attack", "ordinary"): sets.attack_ordinary}.items()
            for pair in pairs]
    table = pd.DataFrame(rows, columns=["part", "kind", "topic"])
    return table.groupby(["part", "kind", "topic"], sort=False).size().rename("n").reset_index()
