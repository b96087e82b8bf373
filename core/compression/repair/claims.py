"""What was published about repairs, each statement with its control. Imports no torch."""

from core.compression.sources import PRUNE, QUANTISE
from core.lab.claims import Claim


def _narrows(id: str, statement: str, source: str, effect: str, words: str, sham: str = "gap_sham") -> Claim:
    """Return the claim that something narrows the gap; its control is as much further training without compression or repair."""
    return Claim(
        id=id, statement=statement, source=source, effect=effect, effect_words=words, expected="below", reference=0.0, unit="pt",
        control=sham, control_words="trained further, not compressed", control_reference=0.0, control_margin=0.03)


CLAIMS = (
    _narrows("sampling", "Balanced sampling narrows the gap at the same size", QUANTISE, "repair_qat", "change of the gap"),
    _narrows("weights", "A weighted loss narrows the gap at the same size", QUANTISE, "repair_weighted", "change of the gap"),
    _narrows("beyond", "Balanced sampling repairs more than the imbalance itself", "Control of this study: the same sampling in float",
             "repair_beyond", "change beyond float"),
    _narrows("mixed", "Mixed precision narrows the gap at the same size", QUANTISE, "repair_mixed", "change of the gap"),
    _narrows("all", "Mixed precision, sampling and weights together narrow it", QUANTISE, "repair_all", "change of the gap"),
    _narrows("constraint", "Holding group losses narrows the gap after pruning", f"{PRUNE}, section 6", "repair_prune",
             "change of the gap", "gap_sham_prune"),
    _narrows("after", "Holding them after pruning beats holding them before", f"{PRUNE}, section 6", "after_before",
             "gap after minus before", "gap_sham_prune"),
)
