"""What was published, asked of a single pruning. Imports no torch."""

from core.lab.claims import Claim

CLAIMS = (
    Claim(
        id="these-images", statement="Without these images the network is misled less often",
        source="Mulchandani and Kim, Severing Spurious Correlations with Data Pruning, ICLR 2025, arXiv 2503.18258, abstract",
        effect="drop", effect_words="misled, before minus after", expected="above", reference=0.0, margin=0.05, unit="pt",
        control="drop_random", control_words="as many random images", control_reference=0.0, control_margin=0.2),
)
