"""What the calculator's own instrument must do."""

from core.lab.claims import Claim

CLAIMS = (
    Claim(
        id="moves", kind="self-check", statement="This shift moves RESQUE more than sampling does", source="Self-check", effect="resque",
        effect_words="RESQUE of old and new data", control="resque_clean", control_words="RESQUE of two samples of old data",
        expected="above", margin_date="2026-11-29"),
    Claim(
        id="band", kind="self-check", statement="The band holds stored costs as often as it says", source="Self-check", effect="coverage",
        effect_words="share held, each seed predicted from the others", control_words="what it says", reference=0.8, expected="within",
        margin=0.1, unit="%", margin_reason="a band of 80% that holds 70 to 90% is of use", margin_date="2026-11-29", resolution=1 / 50,
        note="Counted over the same stored cases for every seed: it tells of the guide, not of this seed"),
)
