"""What the demonstration claims: that stripping has no price of its own. Imports no torch."""

from core.lab.claims import PAIRED, Claim, Precondition, after_looking
from core.layernorm.study.claims import ABSORBED

SINCE = "2026-11-20"
SAME = Precondition(
    metric="logit_difference", at_most=0.001, words="re-scaling leaves the function as it is",
    remedy="take a smaller strongest re-scaling, which rounding survives")
CLAIMS = after_looking(
    Claim(
        id="gauge", kind="question", statement="What stripping a Pre-LN model costs is no property of its function", source=ABSORBED,
        effect="cost", effect_words="accuracy lost, re-scaled", control="cost_none", control_words="accuracy lost, folded first",
        expected="above", margin=0.05, margin_reason="more than test images vary", margin_date=SINCE, published="no paper; ours", unit="pt",
        resolution=0.001, preconditions=(SAME,), changes=(PAIRED,)),
    Claim(
        id="free", kind="self-check", statement="The same function can be stripped at no cost", source=ABSORBED, effect="cost_none",
        effect_words="accuracy lost, folded first", control_words="no cost", expected="within", margin=0.005,
        margin_reason="what rounding may move", margin_date=SINCE, published="no paper; 0 by construction", unit="pt", resolution=0.001,
        preconditions=(SAME,), changes=(PAIRED,)),
    Claim(
        id="post-differs", kind="question", statement="In Post-LN the values cannot be moved out of the way", effect="cost_post_folded",
        source="The residual stream reads the norm too; elementary", effect_words="accuracy lost, folded in Post-LN",
        control="cost_none", control_words="folded in Pre-LN", expected="above", margin=0.01, margin_reason="more than rounding moves",
        margin_date=SINCE, published="no paper; ours", unit="pt", resolution=0.001, changes=(PAIRED,)),
)
