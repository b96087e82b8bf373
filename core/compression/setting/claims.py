"""What was published, asked of one setting. Imports no torch."""

from core.compression.sources import PRUNE
from core.lab.claims import PAIRED, Claim, after_looking

CLAIMS = after_looking(
    Claim(
        id="tail", kind="paper", statement="At this setting small groups lose more than large ones", source=f"{PRUNE}, section 1",
        effect="did", effect_words="extra tail loss", control_words="the balanced copy, subtracted already", expected="above",
        margin_date="2026-11-20", unit="pt", resolution=0.001, changes=(
            PAIRED, ("2026-11-29", "The balanced copy, part of the effect, is not also a gate"))),
)
