"""What a unit writes: its column of ``o_proj`` or ``down_proj`` through the final norm and the output head.

A unit adds its activation times its column to the residual stream. The column alone, normed and read by the head, says which tokens it
writes towards if its activation is positive, and which against; activations of either kind may be negative, so the sign of the mean
activation on responses decides which end is which (without activations: positive). This skips every later block: a reading, no proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.language.model import LanguageModel, reader

BATCH = 64
N_TOKENS = 8


@dataclass(frozen=True)
class Written:
    """What one unit writes.

    Attributes:
        unit: Flat number.
        tokens: Those it writes most towards, strongest first, as a reader sees them.
        opposed: Those it writes most against, strongest first.
        refusal: How far it writes towards the first tokens of refusals: their largest logit, standardised over all tokens.
    """

    unit: int
    tokens: tuple[str, ...]
    opposed: tuple[str, ...]
    refusal: float


@torch.no_grad()
def decode(model: LanguageModel, units: Sequence[int] | np.ndarray, *, signs: np.ndarray | None = None,
           refusal_openings: Sequence[str] = (), n_tokens: int = N_TOKENS) -> list[Written]:
    """Return what each unit writes, in the order of ``units``.

    Args:
        model: With the weights to read.
        units: Flat numbers.
        signs: Mean activation of every unit, (n_units,): its sign is taken; see ``score.Statistics.means``.
        refusal_openings: Texts of refusals; their first tokens are what ``refusal`` speaks of, NaN without any.
        n_tokens: How many tokens of either end.
    """
    numbers = [int(unit) for unit in units]
    firsts = sorted({model.codec.words(text)[0] for text in refusal_openings})
    found = []
    for start in range(0, len(numbers), BATCH):
        some = numbers[start:start + BATCH]
        logits = written_logits(model, some, signs)
        high, low = logits.topk(n_tokens, dim=1).indices.tolist(), (-logits).topk(n_tokens, dim=1).indices.tolist()
        standard = (logits - logits.mean(1, keepdim=True)) / logits.std(1, keepdim=True)
        towards = standard[:, firsts].amax(1).tolist() if firsts else [float("nan")] * len(some)
        found += [Written(unit, tuple(map(model.codec.token, high[row])), tuple(map(model.codec.token, low[row])), towards[row])
                  for row, unit in enumerate(some)]
    return found


@torch.no_grad()
def written_logits(model: LanguageModel, units: Sequence[int], signs: np.ndarray | None = None) -> Tensor:
    """Return the logits that each unit's column alone gives, float32 (units, vocabulary)."""
    space = model.space
    columns = torch.stack([
        reader(model.network, "mlp" if space.is_mlp[unit] else "attention", int(space.layers[unit])).weight[:, int(space.channels[unit])]
        for unit in units])
    if signs is not None:
        flips = np.where(signs[list(units)] < 0, -1.0, 1.0)
        columns = columns * torch.from_numpy(flips).to(columns)[:, None]
    return model.network.lm_head(model.network.model.norm(columns)).float()
