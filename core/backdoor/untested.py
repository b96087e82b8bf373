"""Sentences of the paper on purification that have no claim yet."""

from core.lab.untested import Untested

_PAPER = "Backdoor purification of generative language models, ICLR 2026"

UNTESTED = (
    Untested(_PAPER, "Low-rank poison is purified by zeroing entries of its factors: 82% before, 11% after", "paper, table 2",
             "A low-rank attacker can be chosen; it is merged, and channels of the model are cut, not entries of factors"),
    Untested(_PAPER, "A code injection falls from 67% to 2%", "summary by others", "No model of this size writes code"),
    Untested(_PAPER, "In Mistral-7B attention heads must be suppressed as well", "summary by others",
             "Heads are not cut here; where attention alone holds the trigger, the page shows it"),
    Untested("T-Miner, abstract", "98.75% of 1,100 text classifiers are told apart", "abstract",
             "A search over words is carried to language models; a handful of models gives no rate as fine as that"),
)
