"""What was published, asked of a single pruning. Imports no torch."""

from core.lab.claims import PAIRED, Claim, Precondition, after_looking

CLAIMS = after_looking(
    Claim(
        id="these-images", kind="paper", statement="Without these images the network is misled less often",
        source="Mulchandani and Kim, Severing Spurious Correlations with Data Pruning, ICLR 2025, arXiv 2503.18258, abstract",
        effect="reliance", effect_words="misled, these images removed", control="reliance_random",
        control_words="as many random images removed", expected="below", margin=0.05,
        margin_reason="fewer images misled would not be noticed in use", margin_date="2026-11-20", unit="%", resolution=1 / 500,
        preconditions=(Precondition(
            metric="reliance_before", at_least=0.25, words="a quarter of the images with the cue mislead the network to begin with",
            remedy="take a stronger mark, more carriers or a closer pair of classes"),), changes=(PAIRED,)),
)
