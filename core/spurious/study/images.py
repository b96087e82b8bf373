"""Images of one seed to look at: what was pruned and what stayed, marked and clean test images."""

import numpy as np
import pandas as pd
from scipy.special import softmax
from scipy.stats import rankdata

from core.lab.experiment import Context
from core.lab.seeds import generator
from core.spurious.columns import table_of
from core.spurious.design import Design
from core.spurious.networks import Network, training_config
from core.spurious.scenarios import Scenario
from core.training.evaluate import predict_many

N_EACH = 12
N_EXAMPLES = 6


def sample_rows(scenario: Scenario, scores: np.ndarray, kept: np.ndarray, design: Design) -> pd.DataFrame:
    """Return the table ``samples``: carriers that hardest pruning removes (hardest first) and leaves, hardest others, easiest kept."""
    hardest_first = np.argsort(-scores, kind="stable")
    carriers, biased = scenario.carriers[hardest_first], (scenario.y == design.biased)[hardest_first]
    gone = ~kept[hardest_first]
    kinds = {
        "carrier_pruned": hardest_first[carriers & gone][:N_EACH], "carrier_kept": hardest_first[carriers & ~gone][::-1][:N_EACH],
        "pruned": hardest_first[biased & ~carriers & gone][:N_EACH], "kept": hardest_first[biased & ~carriers & ~gone][::-1][:N_EACH]}
    percentile = np.zeros(len(scores))
    for label in np.unique(scenario.y):
        members = scenario.y == label
        percentile[members] = 100.0 * (rankdata(scores[members]) - 0.5) / members.sum()
    return table_of("samples", [
        {"kind": kind, "row": int(row), "y": int(scenario.y[row]), "name": design.names[scenario.y[row]], "score": float(scores[row]),
         "percentile": float(percentile[row]), "is_carrier": bool(scenario.carriers[row])} for kind, rows in kinds.items() for row in rows])


def examples(scenario: Scenario, network: Network, design: Design, context: Context) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table ``examples`` and its images: harmed-class test images without the cue, then with it.

    A written mark is shown on the same images; known groups are shown on others.
    """
    exam, rng = scenario.exam, generator(design.seed, "examples")
    cued = rng.permutation(np.flatnonzero(exam.y_cued == design.harmed))[:N_EXAMPLES]
    is_mark = design.config.cue == "mark"
    plain_places = np.flatnonzero(exam.y_plain == design.harmed)
    clean = design.cued[cued] if is_mark else exam.plain[rng.permutation(plain_places)[:N_EXAMPLES]]
    images = np.concatenate([clean, exam.cued[cued]])
    logits, _ = predict_many([network.state], images, training_config(design.config), n_classes=design.n_classes, device=context.device,
                             processes=1)
    probs = softmax(logits[0].astype(np.float64), axis=1)[:, design.biased]
    rows = [{"y": design.harmed, "name": design.names[design.harmed], "is_marked": place >= len(clean), "p_biased": float(prob)}
            for place, prob in enumerate(probs)]
    return table_of("examples", rows), images
