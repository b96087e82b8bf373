"""What the demonstration claims: that stripping has no price of its own. Imports no torch."""

from core.lab.claims import Claim
from core.layernorm.study.claims import ABSORBED

CLAIMS = (
    Claim(
        id="gauge", statement="What stripping a Pre-LN model costs is no property of its function", source=ABSORBED, effect="cost",
        effect_words="accuracy lost", expected="above", reference=0.0, margin=0.05, control="logit_difference",
        control_words="change of the function", control_reference=0.0, control_margin=0.001, published="no paper; ours", unit="pt"),
    Claim(
        id="free", statement="The same function can be stripped at no cost", source=ABSORBED, effect="cost_none",
        effect_words="accuracy lost, folded first", expected="within", reference=0.0, margin=0.005, control="cost",
        control_words="accuracy lost, re-scaled first", control_reference=0.5, control_margin=0.45,
        published="no paper; 0 by construction", unit="pt"),
    Claim(
        id="post-differs", statement="In Post-LN the values cannot be moved out of the way", effect="cost_post_folded",
        source="The residual stream reads the norm too; elementary", effect_words="accuracy lost, folded in Post-LN", expected="above",
        reference=0.0, margin=0.01, control="cost_none", control_words="folded in Pre-LN", control_reference=0.0, control_margin=0.005,
        published="no paper; ours", unit="pt"),
)
