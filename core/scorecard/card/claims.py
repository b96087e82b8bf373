"""What the scorecard says of its own instrument. Imports no torch."""

from core.lab.claims import Claim

_SINCE = "2026-11-29"
CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="references", kind="question", statement="An attacker with reference models finds more members than one without",
        source="Asked by the house", effect="leak", effect_words="found with references", control="leak_simple",
        control_words="found without", expected="above", margin=0.0, margin_date=_SINCE, unit="%", resolution=1e-3,
        note="Over networks trained alike on other images; of one network the row itself speaks"),
    Claim(
        id="shuffled", kind="self-check", statement="With membership shuffled the attack finds what a guess finds",
        source="Self-check of the instrument", effect="leak_shuffled", effect_words="found with membership shuffled",
        control_words="a guess", reference=0.01, expected="within", margin=0.01,
        margin_reason="twice what a guess finds would make the rows on leakage doubtful", margin_date=_SINCE, unit="%", resolution=1e-3),
)
