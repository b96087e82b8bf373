"""What was published, asked of one setting. Imports no torch."""

from core.compression.sources import PRUNE
from core.lab.claims import Claim

CLAIMS = (
    Claim(
        id="tail", statement="At this setting small groups lose more than large ones", source=f"{PRUNE}, section 1",
        effect="did", effect_words="extra tail loss", expected="above", reference=0.0, unit="pt",
        control="placebo", control_words="balanced copy", control_reference=0.0, control_margin=0.05),
)
