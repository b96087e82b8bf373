"""What was published about repairs, each statement with its control. Imports no torch."""

from core.compression.sources import PRUNE, QUANTISE
from core.lab.claims import PAIRED, Claim, Precondition, after_looking

SINCE = "2026-11-20"
WIDE = Precondition(
    metric="qat_gap", at_least=0.1, words="the rounded network has a gap of ten points to repair",
    remedy="take fewer bits, a longer tail or fewer images")


def _narrows(id: str, statement: str, source: str, effect: str, rival: str) -> Claim:
    """Return the claim that something narrows the gap; the arm without it, at the same size and after equal training, is subtracted."""
    return Claim(
        id=id, kind="paper", statement=statement, source=source, effect=effect, effect_words="change of the gap",
        control_words=f"{rival}, subtracted already", expected="below", margin_date=SINCE, unit="pt", resolution=0.001,
        preconditions=(WIDE,), changes=(PAIRED, ("2026-11-29", "Further training without compression is no rival here, and no gate")))


CLAIMS = after_looking(
    _narrows("sampling", "Balanced sampling narrows the gap at the same size", QUANTISE, "repair_qat", "plain training at the same bits"),
    _narrows("weights", "A weighted loss narrows the gap at the same size", QUANTISE, "repair_weighted", "plain training at the same bits"),
    Claim(
        id="beyond", kind="question", statement="Balanced sampling repairs more than the imbalance itself",
        source="Control of this study: the same sampling in float", effect="repair_qat", effect_words="change of the gap, rounded",
        control="repair_float", control_words="the same sampling in float", expected="below", margin_date=SINCE, unit="pt",
        resolution=0.001, preconditions=(WIDE,), changes=(PAIRED,)),
    _narrows("mixed", "Mixed precision narrows the gap at the same size", QUANTISE, "repair_mixed", "the same bits everywhere"),
    _narrows("all", "Mixed precision, sampling and weights together narrow it", QUANTISE, "repair_all", "none of them, in as many bytes"),
    _narrows("constraint", "Holding group losses narrows the gap after pruning", f"{PRUNE}, section 5", "repair_prune",
             "plain retraining"),
    _narrows("after", "Holding them after pruning beats holding them before", f"{PRUNE}, section 5", "after_before",
             "holding them before"),
)
