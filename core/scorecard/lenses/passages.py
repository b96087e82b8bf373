"""Whether passages were learnt by heart: two tests by likelihood, each against passages like them that were not in training."""

import numpy as np

from core.language.model import put
from core.language.passages import log_probabilities
from core.measures import memorised_text
from core.measures.memorised_text import many
from core.measures.roc import auc_interval
from core.scorecard.material import Material
from core.scorecard.row import Found, Slice
from core.training.forked import one_thread

INTERVAL = "DeLong, log-odds, 95%"


def memorised(material: Material) -> Found:
    """Return how often a suspected passage holds fewer surprises than one that was not in training: Min-K%, the lowest fifth."""
    scores = many(memorised_text.min_k, own(material))
    return _found(material, scores, "holds fewer surprises", "Min-K% Prob over the least likely fifth of the tokens.")


def memorised_ratio(material: Material) -> Found:
    """Return how often a suspected passage has gained more in likelihood, over the model before or over its compressed size."""
    speaker = material.speaker
    if speaker.before is None:
        scores = many(memorised_text.zlib_ratio, own(material), [pair.response for pair in speaker.passages.pairs])
        return _found(material, scores, "is likelier for its compressed size",
                      "Loss over compressed size (zlib): no model from before is known.")
    scores = many(memorised_text.loss_ratio, own(material), before(material))
    return _found(material, scores, "has gained more in likelihood", "Loss over that of the model before it was tuned.")


def own(material: Material) -> list[np.ndarray]:
    """Return the log-probabilities of the passages' tokens by the model."""
    return material.once("passages", lambda: _read(material, material.speaker.state))


def before(material: Material) -> list[np.ndarray]:
    """Return the same by the model before it was tuned."""
    return material.once("passages before", lambda: _read(material, material.speaker.before))


def _read(material: Material, state) -> list[np.ndarray]:
    put(material.speaker.model, state)
    with one_thread():
        return log_probabilities(material.speaker.model, material.speaker.passages.pairs)


def _found(material: Material, scores: np.ndarray, words: str, how: str) -> Found:
    given = material.speaker.passages
    value, low, high = auc_interval(scores, given.suspected)
    n, others = int(given.suspected.sum()), int((~given.suspected).sum())
    sentence = f"Of 100 pairs, one passage suspected and one not in training, the suspected one {words} in {100 * value:.0f}."
    losses = np.array([-values.mean() for values in own(material)])
    means = (Slice("suspected", float(losses[given.suspected].mean()), n, kind="nats a token"),
             Slice("not in training", float(losses[~given.suspected].mean()), others, kind="nats a token"))
    return Found(float(value), float(low), float(high), n + others, f"{n} passages suspected, {others} that were not in training", sentence,
                 INTERVAL, "", means, f"{how} Passages: {given.words}. What differs in style between both kinds counts as well.")
